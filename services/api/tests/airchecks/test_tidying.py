"""What is over goes, and nothing else does."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from api.airchecks import files
from api.airchecks.tidying import GRACE, tidy
from api.live.models import SessionTitle
from api.settings import Settings
from desk.airchecks import found, have, recorded, session
from desk.settings import api_settings
from kit.db import Sessions
from kit.testing import Servers
from listening import tone
from sqlalchemy import select


@pytest.fixture
def settings(tmp_path: Path, database_url: str, servers: Servers) -> Settings:
    return api_settings(tmp_path, database_url, servers.redis_url, aircheck_trash_days=14)


def aged(path: Path, seconds: float) -> Path:
    """A file or folder that has not changed for so long."""
    then = time.time() - seconds
    for one in (*path.rglob("*"), path) if path.is_dir() else (path,):
        os.utime(one, (then, then))
    return path


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


async def test_the_trash_is_emptied_after_its_time_with_all_files(sessions: Sessions, settings: Settings) -> None:
    fresh = await have(sessions, settings, deleted_at=ago(13.9), deleted_because="staff")
    kept = await have(sessions, settings, began_at=ago(900), ended_at=ago(900))
    live = await session(sessions)
    failed = await have(
        sessions,
        settings,
        session_id=live,
        state="failed",
        problem="Broken",
        deleted_at=ago(14.1),
        deleted_because="staff",
    )
    raw = recorded(settings, live, (0, tone("live", 1)))
    discarded = await have(
        sessions, settings, state="discarded", problem="Short", changed_at=ago(14.1), copy=None, original_bytes=None
    )
    await tidy(sessions, settings)
    for one, there in ((fresh, True), (kept, True), (failed, False), (discarded, False)):
        assert (await found(sessions, one.id) is not None) is there
        assert files.folder_of(settings, one.id).exists() is there
    assert not raw.exists(), "or another aircheck would be made of it"


async def test_files_that_belong_to_nothing_are_swept_away_when_they_are_old(
    sessions: Sessions, settings: Settings
) -> None:
    aircheck = await have(sessions, settings)
    folder = files.folder_of(settings, aircheck.id)
    unfinished = await have(sessions, settings, state="finishing", copy=None)
    part = aged(Path(files.folder_of(settings, unfinished.id) / files.ORIGINAL), GRACE + 10)
    for name in ("before.mp3", ".half.mp3.part"):
        (folder / name).write_bytes(b"x")
        aged(folder / name, GRACE + 10)
    (folder / "heard-to-its-end.mp3").write_bytes(b"x")
    orphan, new = (settings.airchecks_folder / str(uuid4()) for _ in range(2))
    for path in (orphan, new):
        path.mkdir()
    aged(orphan, GRACE + 10)
    (settings.airchecks_folder / "README").write_text("somebody's")
    half = settings.airchecks_folder / f"{files.GONE}{uuid4()}"
    (half / "folder").mkdir(parents=True)
    await tidy(sessions, settings)
    assert {path.name for path in folder.iterdir()} == {"copy.mp3", files.ORIGINAL, "heard-to-its-end.mp3"}
    assert (orphan.exists(), half.exists(), new.exists(), part.exists()) == (False, False, True, True)
    assert (settings.airchecks_folder / "README").exists()


async def test_an_original_that_is_not_kept_is_swept_away(sessions: Sessions, settings: Settings) -> None:
    aircheck = await have(sessions, settings, original_bytes=None)
    original = aged(files.folder_of(settings, aircheck.id) / files.ORIGINAL, GRACE + 10)
    await tidy(sessions, settings)
    assert not original.exists()


async def test_recordings_of_nobody_and_old_titles_go_in_the_end(sessions: Sessions, settings: Settings) -> None:
    old = await session(sessions, [(0, "Old")], granted_at=ago(91), connected_at=ago(91))
    known = recorded(settings, old, (0, tone("live", 1)))
    strange, lately = (recorded(settings, uuid4(), (0, tone("live", 1))) for _ in range(2))
    for path, days in ((known, 8), (strange, 8), (lately, 6)):
        aged(path, days * 86_400)
    await session(sessions, [(0, "New")], granted_at=ago(1), connected_at=ago(1))
    await tidy(sessions, settings)
    assert (known.exists(), strange.exists(), lately.exists()) == (True, False, True)
    async with sessions() as tx:
        left = (await tx.scalars(select(SessionTitle.title))).all()
    assert left == ["New"]
