"""What staff brings and takes out, what is cleared away, and what becomes of it all when a worker dies."""

import asyncio
import json
import os
import subprocess
import sys
from uuid import uuid4

from api.programme import service
from api.settings import Settings
from desk.intake import Intake
from desk.programme import Playing, Rows, copies_of, upload
from desk.sounds import music, sound_file
from kit.db import Sessions
from redis.asyncio import Redis


async def test_an_upload_becomes_part_of_the_programme(
    programme: Intake, settings: Settings, sessions: Sessions, playing: Playing
) -> None:
    track = await upload(settings, sessions)
    await programme.step()
    assert await playing() == ["Sent"]
    assert copies_of(settings) == [str(track.id)]


async def test_an_upload_whose_inode_changed_is_the_same(
    programme: Intake, settings: Settings, sessions: Sessions, rows: Rows
) -> None:
    """A backup that was played back must not make new tracks of all uploads."""
    track = await upload(settings, sessions)
    await programme.step()
    (settings.library_folder / track.path).chmod(0o600)
    await programme.step()
    assert [row.state for row in (await rows()).values()] == ["ready"]


async def test_an_upload_whose_file_is_lost_is_gone(
    programme: Intake, settings: Settings, sessions: Sessions, playing: Playing
) -> None:
    track = await upload(settings, sessions)
    await programme.step()
    (settings.library_folder / track.path).unlink()
    await programme.step()
    assert await playing() == []
    assert copies_of(settings) == []


async def test_a_removed_track_loses_its_copy_and_not_its_file_and_comes_back_when_restored(
    programme: Intake, settings: Settings, sessions: Sessions, rows: Rows, playing: Playing
) -> None:
    path = sound_file(settings.fallback_folder / "a.flac")
    await programme.step()
    item = (await rows())["a.flac"].id
    async with sessions.begin() as tx:
        await service.remove(tx, item, by=None)
    await programme.step()
    assert (await playing(), copies_of(settings), path.exists()) == ([], [], True)
    assert (await rows())["a.flac"].state == "removed"
    async with sessions.begin() as tx:
        await service.restore(tx, item)
    await programme.step()
    assert (await playing(), copies_of(settings)) == (["a"], [str(item)])


async def test_a_track_that_is_removed_while_its_copy_is_made_stays_out(
    programme: Intake, settings: Settings, sessions: Sessions, rows: Rows, playing: Playing
) -> None:
    sound_file(settings.fallback_folder / "a.flac", music(60))
    working = asyncio.create_task(programme.step())
    async with asyncio.timeout(10):
        while "a.flac" not in await rows():
            await asyncio.sleep(0.01)
    async with sessions.begin() as tx:
        await service.remove(tx, (await rows())["a.flac"].id, by=None)
    await working
    assert (await rows())["a.flac"].state == "removed"
    assert (await playing(), copies_of(settings)) == ([], [])


async def test_a_copy_that_is_lost_is_made_again_and_keeps_its_place(
    programme: Intake, settings: Settings, rows: Rows, playing: Playing
) -> None:
    for name in ("a", "b"):
        sound_file(settings.fallback_folder / f"{name}.flac")
    await programme.step()
    (settings.programme_folder / f"{(await rows())['a.flac'].id}.flac").unlink()
    await programme.step()
    assert await playing() == ["a", "b"]
    assert len(copies_of(settings)) == 2


async def test_what_lies_between_the_copies_is_cleared_away_but_no_original_is(
    programme: Intake, settings: Settings
) -> None:
    left = [settings.programme_folder / name for name in (f"{uuid4()}.flac", f".{uuid4()}.flac.part", "x.flac")]
    originals = [settings.library_folder / f"{uuid4()}.mp3", settings.artwork_folder / f"{uuid4()}.jpg"]
    for path in (*left, *originals):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    await programme.step()
    assert [path.exists() for path in (*left, *originals)] == [False] * 3 + [True] * 2


async def test_an_upload_that_died_with_its_process_is_cleared_away_in_time(
    programme: Intake, settings: Settings
) -> None:
    old, young = (settings.library_folder / f".incoming-{name}" for name in ("old", "young"))
    for folder in (old, young):
        folder.mkdir()
        (folder / "1.mp3").write_bytes(b"x")
    os.utime(old, (0, 0))
    await programme.step()
    assert [old.exists(), young.exists()] == [False, True]


async def test_only_one_worker_prepares_the_programme(
    settings: Settings, sessions: Sessions, redis: Redis, rows: Rows
) -> None:
    for name in "abc":
        sound_file(settings.fallback_folder / f"{name}.flac")
    first, second = Intake(settings, sessions, redis), Intake(settings, sessions, redis)
    await asyncio.gather(first.step(), second.step())
    assert sorted([first.looked_through, second.looked_through]) == [False, True]
    assert {row.state for row in (await rows()).values()} == {"ready"}
    await asyncio.gather(first.step(), second.step())
    await (first if second.looked_through else second).step()
    assert first.looked_through, "when the other is done"


WORKER = """
import asyncio, json, sys
from pathlib import Path
from api.programme import scan
from desk.intake import Intake
from desk.settings import api_settings
from kit import db
from redis.asyncio import Redis

async def run(var, database_url, redis_url):
    settings = api_settings(Path(var), database_url, redis_url)
    await Intake(settings, db.sessions(db.connect(database_url)), Redis.from_url(redis_url)).step()

scan.SETTLED_AFTER = -1.0
asyncio.run(run(*json.loads(sys.argv[1])))
"""


async def test_a_worker_that_is_killed_in_the_middle_loses_nothing(
    programme: Intake, settings: Settings, rows: Rows, playing: Playing
) -> None:
    for name in "abc":
        sound_file(settings.fallback_folder / f"{name}.flac", music(20))
    told = json.dumps([str(settings.var), settings.database_url.get_secret_value(), settings.redis_url])
    paths = os.pathsep.join(sys.path)
    worker = subprocess.Popen([sys.executable, "-c", WORKER, told], env={**os.environ, "PYTHONPATH": paths})
    async with asyncio.timeout(20):
        while not list(settings.programme_folder.glob("*.flac")):
            await asyncio.sleep(0.01)
    worker.kill()
    worker.wait()
    async with asyncio.timeout(20):
        while not programme.looked_through:
            await programme.step()
    assert await playing() == ["a", "b", "c"]
    assert copies_of(settings) == sorted(str(row.id) for row in (await rows()).values())
