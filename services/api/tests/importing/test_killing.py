"""A whole collection is imported by real workers, two of which are killed in the middle."""

import asyncio
import time
from collections import Counter

import pytest
from api.importing.models import ImportFile, ImportRun
from api.library.models import Track
from api.programme import tidying
from api.settings import Settings
from desk.collection import collection
from desk.programme import copies_of
from desk.worker import running_worker
from kit.db import Sessions
from sqlalchemy import func, select

FILES = 200


async def counts(sessions: Sessions) -> Counter[str]:
    async with sessions() as tx:
        rows = await tx.execute(select(ImportFile.state, func.count().label("files")).group_by(ImportFile.state))
        return Counter({row.state: row.files for row in rows})


async def until_imported(sessions: Sessions, enough: int) -> None:
    async with asyncio.timeout(200):
        while (await counts(sessions))["imported"] < enough:
            await asyncio.sleep(0.05)


async def until_done(sessions: Sessions) -> None:
    async with asyncio.timeout(200):
        while True:
            async with sessions() as tx:
                run = await tx.scalar(select(ImportRun))
            if run and run.state == "done" and (await counts(sessions))["waiting"] == 0:
                return
            await asyncio.sleep(0.1)


async def test_a_collection_is_imported_once_whatever_is_killed_in_the_middle(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = await asyncio.to_thread(collection, settings.imports_folder, FILES)
    begun = time.monotonic()
    for enough in (FILES // 8, FILES // 2):
        with running_worker(settings) as worker:
            await until_imported(sessions, enough)
            worker.kill()
    with running_worker(settings):
        await until_done(sessions)
    print(f"{FILES} files in {time.monotonic() - begun:.1f} s, two kills and all")
    async with sessions() as tx:
        files = {one.path: one for one in await tx.scalars(select(ImportFile))}
        tracks = {one.path: one for one in await tx.scalars(select(Track).where(Track.source == "import"))}
    assert len(files) == FILES
    assert {path for path, one in files.items() if one.state == "imported"} == good
    assert {one.state for path, one in files.items() if path not in good} == {"refused"}
    assert all(one.problem for path, one in files.items() if path not in good)
    assert tracks.keys() == good
    assert {(one.state, one.missing_since) for one in tracks.values()} == {("ready", None)}
    assert len({one.content_sha256 for one in tracks.values()}) == len(good)
    assert all(one.title and one.length_seconds for one in tracks.values())
    titles = {one.title for one in tracks.values()}
    assert any("שלום עולם" in str(title) for title in titles)
    assert any("🎶" in str(title) for title in titles)
    assert {one.artist for one in tracks.values()} == {None, "Zoë", "Somebody feat. Else"}
    monkeypatch.setattr(tidying, "ORPHAN_AFTER", -1.0)
    await tidying.tidy(settings, sessions, everything=True)
    assert copies_of(settings) == sorted(str(one.id) for one in tracks.values())
    assert [path.suffix for path in settings.programme_folder.iterdir()] == [".flac"] * len(good)
