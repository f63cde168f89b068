"""What died on the way is taken up again, and no file stays behind."""

import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from api.queue.models import QueueItem
from api.queue.service import QUEUE, TASK
from api.queue.sweep import GRACE, sweep
from api.settings import Settings
from desk.asking import found, have
from desk.settings import api_settings, make_folders
from kit import jobs
from kit.db import Sessions
from kit.testing import Servers
from redis.asyncio import Redis
from sqlalchemy import text

Sweep = Callable[[], Awaitable[None]]


@pytest.fixture
def settings(tmp_path: Path, database_url: str, servers: Servers) -> Settings:
    make_folders(tmp_path)
    return api_settings(tmp_path, database_url, servers.redis_url)


@pytest.fixture
def swept(sessions: Sessions, settings: Settings, redis: Redis) -> Sweep:
    return lambda: sweep(sessions, settings, redis)


def old(path: Path) -> Path:
    for one in (*path.rglob("*"), path):
        os.utime(one, (time.time() - GRACE - 5,) * 2)
    return path


def folder_of(settings: Settings, item: UUID) -> Path:
    folder = settings.incoming_folder / str(item)
    folder.mkdir()
    (folder / "song").write_bytes(b"sound")
    return folder


async def waiting_jobs(sessions: Sessions) -> list[str]:
    async with sessions() as tx:
        return list(await tx.scalars(text("SELECT args->>'item_id' FROM procrastinate_jobs ORDER BY id")))


async def test_a_request_without_a_job_gets_one(sessions: Sessions, swept: Sweep) -> None:
    forgotten = [str((await have(sessions, state=state)).id) for state in ("fetching", "ready")]
    with_job = await have(sessions, state="fetching")
    async with sessions.begin() as tx:
        await jobs.defer(tx, TASK, queue=QUEUE, item_id=str(with_job.id))
    await swept()
    await swept()
    assert sorted(await waiting_jobs(sessions)) == sorted([*forgotten, str(with_job.id)])


async def test_a_queued_request_whose_copy_is_gone_has_failed(
    sessions: Sessions, settings: Settings, swept: Sweep
) -> None:
    lost, kept = await have(sessions), await have(sessions, copies=settings.requests_folder)
    await swept()
    now = await found(sessions, lost.id)
    assert (now.state, now.reason) == ("failed", "lost")
    assert (await found(sessions, kept.id)).state == "queued"


async def test_nothing_is_failed_because_the_volume_is_away(
    sessions: Sessions, settings: Settings, swept: Sweep
) -> None:
    item = await have(sessions)
    settings.requests_folder.rmdir()
    with pytest.raises(FileNotFoundError):
        await swept()
    assert (await found(sessions, item.id)).state == "queued"


@pytest.mark.parametrize(
    ("state", "stays"),
    [("fetching", True), ("ready", True), ("queued", True), ("playing", True),
     ("played", False), ("failed", False), ("removed", False)],
)  # fmt: skip
async def test_a_copy_stays_as_long_as_it_is_needed(
    sessions: Sessions, settings: Settings, swept: Sweep, state: str, stays: bool
) -> None:
    item = await have(sessions, state=state, copies=settings.requests_folder)
    part = settings.requests_folder / f".{item.id}.flac.part"
    part.write_bytes(b"half")
    await swept()
    assert part.exists() == (settings.requests_folder / f"{item.id}.flac").exists() == stays


@pytest.mark.parametrize(
    ("state", "stays"), [("fetching", True), ("ready", True), ("queued", False), ("removed", False)]
)
async def test_what_came_in_stays_until_the_copy_is_made(
    sessions: Sessions, settings: Settings, swept: Sweep, state: str, stays: bool
) -> None:
    item = await have(sessions, state=state, copies=settings.requests_folder)
    folder = folder_of(settings, item.id)
    await swept()
    assert folder.exists() == stays


async def test_what_belongs_to_nobody_is_left_alone_for_a_while(
    sessions: Sessions, settings: Settings, swept: Sweep
) -> None:
    new, forgotten = folder_of(settings, uuid4()), old(folder_of(settings, uuid4()))
    growing = old(folder_of(settings, uuid4()))
    (growing / "song").write_bytes(b"more")
    stray = settings.requests_folder / "notes.txt"
    stray.write_text("from long ago")
    old(stray)
    await swept()
    assert (new.exists(), growing.exists(), forgotten.exists(), stray.exists()) == (True, True, False, False)


async def test_requests_are_forgotten_after_a_year(sessions: Sessions, settings: Settings, swept: Sweep) -> None:
    settings.artwork_folder.mkdir(parents=True)
    long_ago = datetime.now(UTC) - timedelta(days=366)
    forgotten = await have(sessions, state="played", ended_at=long_ago)
    kept = await have(sessions, state="played", ended_at=long_ago + timedelta(days=2))
    covers = [settings.artwork_folder / f"{item.id}.jpg" for item in (forgotten, kept)]
    for cover in covers:
        cover.write_bytes(b"picture")
    await swept()
    async with sessions() as tx:
        assert await tx.get(QueueItem, forgotten.id) is None
        assert await tx.get(QueueItem, kept.id)
    assert [cover.exists() for cover in covers] == [False, True]
