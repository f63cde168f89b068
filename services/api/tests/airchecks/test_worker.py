"""A real worker finishes recordings, and what one leaves that is killed the next one goes on with."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from api.airchecks import files
from api.airchecks.models import Aircheck
from api.settings import Settings
from desk.airchecks import BEGIN, recorded, session
from desk.settings import api_settings, make_folders
from desk.worker import running_worker
from kit.db import Sessions
from kit.testing import Servers
from listening import decode_file, join, tone
from sqlalchemy import select

SECONDS = 240
"""Long enough for the worker to be found in the middle of it."""


@pytest.fixture
def settings(tmp_path: Path, database_url: str, servers: Servers) -> Settings:
    make_folders(tmp_path)
    return api_settings(tmp_path, database_url, servers.redis_url)


async def until(true: Callable[[], object], *, seconds: float = 90) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


async def only(sessions: Sessions) -> Aircheck:
    async with sessions() as tx:
        return (await tx.scalars(select(Aircheck))).one()


async def test_a_worker_that_is_killed_in_the_middle_is_followed_by_one_that_goes_on(
    sessions: Sessions, settings: Settings
) -> None:
    sound = join(tone("live", SECONDS / 2, -26.0), tone("live_b", SECONDS / 2, -26.0))
    folder = recorded(settings, await session(sessions, [(SECONDS / 2, "Second")]), (0, sound))

    def making() -> list[Path]:
        """The copy while it is being made: the original is there by then."""
        return list(settings.airchecks_folder.glob("*/.*.mp3.*.part"))

    with running_worker(settings) as worker:
        await until(making)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    aircheck = await only(sessions)
    original = files.folder_of(settings, aircheck.id) / files.ORIGINAL
    assert (aircheck.state, folder.exists()) == ("finishing", True)
    joined = original.stat()
    with running_worker(settings):
        await until(lambda: not folder.exists())
    aircheck = await only(sessions)
    assert (aircheck.state, aircheck.began_at) == ("ready", BEGIN)
    assert original.stat().st_ino == joined.st_ino, "what was done was not done again"
    assert aircheck.length_seconds == pytest.approx(SECONDS, abs=1)
    assert [one["title"] for one in aircheck.chapters] == ["Second"]
    assert aircheck.copy
    assert len(decode_file(str(original.with_name(aircheck.copy)))) / 48_000 == pytest.approx(SECONDS, abs=1)
