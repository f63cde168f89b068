"""The imports' folder is followed: what comes is taken in once, what changes stays its track, what is away returns."""

import os
import shutil
import time
from pathlib import Path

import pytest
from api.analysis.models import Analysis
from api.importing import looking, walking
from api.library.models import Track
from api.settings import Settings
from desk.bad_files import BAD
from desk.programme import copies_of
from desk.sounds import music, sound_file
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import select, update

from .conftest import Imports


async def test_a_collection_is_taken_in_once(imports: Imports, folder: Path, settings: Settings) -> None:
    sound_file(folder / "Rock/album/01 song.flac", music(1), title="Song", artist="Singer", album="Al", date="1999")
    sound_file(folder / "ADV/spot.mp3", music(1, -25))
    (folder / ".hidden.mp3").write_bytes(b"x")
    run = await imports.run()
    assert (run.state, run.found, run.new) == ("done", 2, 2)
    tracks = await imports.tracks()
    song, spot = tracks["Rock/album/01 song.flac"], tracks["ADV/spot.mp3"]
    assert (song.title, song.artist, song.album, song.year) == ("Song", "Singer", "Al", 1999)
    assert (song.source, song.state, song.kind, song.requestable) == ("import", "ready", "MUS", True)
    assert (spot.title, spot.kind, spot.requestable) == ("spot", "ADV", False)
    before = {path.name: path.stat().st_mtime_ns for path in settings.programme_folder.iterdir()}
    run = await imports.run()
    assert (run.found, run.new, run.changed, run.missing) == (2, 0, 0, 0)
    assert {path.name: path.stat().st_mtime_ns for path in settings.programme_folder.iterdir()} == before


async def test_bad_files_and_what_leads_out_of_the_folder_are_refused_for_a_reason(
    imports: Imports, folder: Path, tmp_path: Path, settings: Settings
) -> None:
    good = sound_file(tmp_path / "elsewhere/secret.mp3", music(1))
    for name, make in BAD.items():
        make(folder / f"{name}.mp3", good)
    for left in folder.glob("*.wav"):
        left.unlink()
    (folder / "link.mp3").symlink_to(good)
    (folder / "linked").symlink_to(good.parent)
    (folder / "device.mp3").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.mp3")
    os.rename(sound_file(folder / "a.mp3", music(1)), os.fsencode(folder) + b"/caf\xe9.mp3")
    deep = folder / ("x" * 250) / ("y" * 250)
    for part in "abcdefg":
        deep /= part * 250
    deep.mkdir(parents=True)
    shutil.copy(good, deep / "deep.mp3")
    bringer = imports.bringer
    hours = settings.model_copy(update={"programme_max_hours": 1 / 60})
    imports.bringer = type(bringer)(bringer.sessions, hours, bringer.redis, bringer.following)
    await imports.run()
    files = await imports.files()
    assert {path: one.state for path, one in files.items() if one.state != "refused"} == {}
    assert len(files) == len(BAD) + 6
    problems = {path: str(one.problem) for path, one in files.items()}
    assert [problems[name] for name in ("link.mp3", "linked", "device.mp3")] == [walking.LINK] * 3
    assert problems["pipe.mp3"] == walking.NO_FILE
    assert problems["caf?.mp3"] == walking.NO_TEXT
    assert walking.TOO_LONG in problems.values()
    assert await imports.tracks() == {}
    assert copies_of(settings) == []


async def test_a_file_that_becomes_a_link_meanwhile_is_not_followed(
    imports: Imports, folder: Path, tmp_path: Path
) -> None:
    secret = sound_file(tmp_path / "elsewhere/a.mp3", music(1))
    shutil.copytree(secret.parent, folder / "album")
    await imports.look()
    shutil.rmtree(folder / "album")
    (folder / "album").symlink_to(secret.parent)
    await imports.bringer.bring("album/a.mp3")
    file = (await imports.files())["album/a.mp3"]
    assert (file.state, file.problem) == ("refused", walking.LINK)


async def test_the_same_content_is_taken_in_once_and_takes_over_when_the_other_goes(
    imports: Imports, folder: Path, settings: Settings
) -> None:
    first = sound_file(folder / "a.mp3", music(1), title="Song")
    shutil.copy(first, folder / "b.mp3")
    await imports.run()
    states = await imports.states()
    assert sorted(states.values()) == ["imported", "refused"]
    taken = next(path for path, state in states.items() if state == "imported")
    (other,) = states.keys() - {taken}
    refused = (await imports.files())[other]
    (track,) = (await imports.tracks()).values()
    assert refused.same_as == track.id
    assert "same file as “Song”" in (refused.problem or "")
    (folder / taken).unlink()
    await imports.run()
    await imports.work()
    (now,) = (await imports.tracks()).values()
    assert (now.id, now.path, now.missing_since) == (track.id, other, None)
    assert copies_of(settings) == [str(track.id)]


async def test_a_file_that_moves_is_the_same_track(imports: Imports, folder: Path, sessions: Sessions) -> None:
    path = sound_file(folder / "a.mp3", music(1), title="Song")
    await imports.run()
    (before,) = (await imports.tracks()).values()
    async with sessions.begin() as tx:
        await tx.execute(update(Track).values(mood="calm", edited=["mood"]))
    (folder / "new").mkdir()
    path.rename(folder / "new/b.mp3")
    await imports.run()
    (now,) = (await imports.tracks()).values()
    assert (now.id, now.path, now.mood, now.missing_since) == (before.id, "new/b.mp3", "calm", None)
    assert await imports.states() == {"new/b.mp3": "imported"}


async def test_another_version_is_the_same_track_with_what_a_person_set(
    imports: Imports, folder: Path, sessions: Sessions, settings: Settings
) -> None:
    path = sound_file(folder / "a.mp3", music(1), title="Old", artist="A")
    await imports.run()
    (before,) = (await imports.tracks()).values()
    async with sessions.begin() as tx:
        mine = {"title": "Mine", "cue_in": 0.3, "intro_end": 0.5, "edited": ["title", "cue_in"]}
        await tx.execute(update(Track).values(mine))
    sound_file(path, music(2), title="New", artist="B", genre="Jazz")
    run = await imports.run()
    assert (run.new, run.changed) == (0, 1)
    (now,) = (await imports.tracks()).values()
    assert (now.id, now.title, now.artist, now.genre) == (before.id, "Mine", "B", "Jazz")
    assert now.length_seconds == pytest.approx(2, abs=0.1)
    assert now.content_sha256 != before.content_sha256
    assert (now.cue_in, now.intro_end) == (0.3, None), "what was measured is measured anew"
    async with sessions() as tx:
        assert [one.state for one in await tx.scalars(select(Analysis))] == ["waiting"]
    assert copies_of(settings) == [str(now.id)]


async def test_a_broken_version_is_refused_and_the_last_good_one_plays_on(
    imports: Imports, folder: Path, settings: Settings
) -> None:
    path = sound_file(folder / "a.mp3", music(1))
    await imports.run()
    (before,) = (await imports.tracks()).values()
    whole = path.read_bytes()
    path.write_bytes(b"half")
    await imports.run()
    assert await imports.states() == {"a.mp3": "refused"}
    (now,) = (await imports.tracks()).values()
    assert (now.id, now.state, now.length_seconds) == (before.id, "ready", before.length_seconds)
    assert copies_of(settings) == [str(now.id)]
    path.write_bytes(whole)
    await imports.run()
    assert await imports.states() == {"a.mp3": "imported"}


async def test_a_touched_file_is_no_work(imports: Imports, folder: Path, settings: Settings) -> None:
    path = sound_file(folder / "a.mp3", music(1))
    await imports.run()
    (copy,) = settings.programme_folder.iterdir()
    before = copy.stat().st_mtime_ns
    os.utime(path)
    run = await imports.run()
    assert run.changed == 1
    assert await imports.states() == {"a.mp3": "imported"}
    assert copy.stat().st_mtime_ns == before


async def test_a_file_that_is_away_is_missing_plays_on_and_comes_back(
    imports: Imports, folder: Path, tmp_path: Path, settings: Settings
) -> None:
    path = sound_file(folder / "a.mp3", music(1), title="Song")
    (folder / "b.txt").write_text("no sound")
    await imports.run()
    assert await imports.states() == {"a.mp3": "imported", "b.txt": "refused"}
    path.rename(tmp_path / "a.mp3")
    (folder / "b.txt").unlink()
    sound_file(folder / "other.mp3", music(1, -25))
    run = await imports.run()
    assert run.missing == 1
    assert await imports.states() == {"a.mp3": "missing", "other.mp3": "imported"}
    track = (await imports.tracks())["a.mp3"]
    assert (track.state, track.missing_since is not None) == ("ready", True)
    assert str(track.id) in copies_of(settings)
    shutil.move(tmp_path / "a.mp3", path)
    run = await imports.run()
    assert (run.returned, run.new) == (1, 0)
    now = (await imports.tracks())["a.mp3"]
    assert (now.id, now.missing_since) == (track.id, None)


async def test_a_disk_that_is_not_there_makes_nothing_missing(imports: Imports, folder: Path, tmp_path: Path) -> None:
    sound_file(folder / "a.mp3", music(1))
    await imports.run()
    folder.rename(tmp_path / "unmounted")
    run = await imports.run()
    assert (run.state, "not there" in (run.problem or "")) == ("failed", True)
    folder.mkdir()
    run = await imports.run()
    assert (run.state, "mounted" in (run.problem or "")) == ("failed", True)
    assert await imports.states() == {"a.mp3": "imported"}
    assert (await imports.tracks())["a.mp3"].missing_since is None


async def test_a_file_that_is_still_being_written_is_taken_when_it_is_whole(
    imports: Imports, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "SETTLED_AFTER", 60.0)
    sound_file(folder / "a.mp3", music(1))
    run = await imports.run()
    assert (run.state, run.found) == ("looking", 0)
    monkeypatch.setattr(walking, "SETTLED_AFTER", -1.0)
    again = await imports.run()
    assert (again.id, again.state, again.found) == (run.id, "done", 1)
    assert await imports.states() == {"a.mp3": "imported"}


async def test_a_refused_file_that_somebody_touched_is_tried_again(imports: Imports, folder: Path) -> None:
    path = folder / "a.mp3"
    path.write_bytes(b"no sound")
    await imports.run()
    refused = (await imports.files())["a.mp3"]
    await imports.run()
    assert (await imports.files())["a.mp3"].checked_at == refused.checked_at
    time.sleep(0.02)
    path.chmod(0o600)
    await imports.run()
    assert (await imports.files())["a.mp3"].checked_at > refused.checked_at


async def test_a_track_that_was_deleted_is_not_taken_in_again_but_another_in_its_place_is(
    imports: Imports, folder: Path, sessions: Sessions
) -> None:
    path = sound_file(folder / "a.mp3", music(1), title="Old")
    await imports.run()
    (old,) = (await imports.tracks()).values()
    async with sessions.begin() as tx:
        await tx.execute(update(Track).values(state="removed", deleted_at=old.created_at))
    os.utime(path)
    await imports.run()
    assert [one.state for one in (await imports.tracks()).values()] == ["removed"]
    sound_file(path, music(2), title="New")
    await imports.run()
    async with sessions() as tx:
        found = [(one.title, one.state) for one in await tx.scalars(select(Track).order_by(Track.created_at))]
    assert found == [("Old", "removed"), ("New", "ready")]


async def test_a_copy_that_is_lost_is_made_again(imports: Imports, folder: Path, settings: Settings) -> None:
    sound_file(folder / "a.mp3", music(1))
    await imports.run()
    (track,) = (await imports.tracks()).values()
    (settings.programme_folder / f"{track.id}.flac").unlink()
    await imports.run()
    assert copies_of(settings) == [str(track.id)]
    assert (await imports.tracks())["a.mp3"].state == "ready"


async def test_a_full_disk_keeps_files_waiting(
    imports: Imports, folder: Path, sessions: Sessions, redis: Redis
) -> None:
    sound_file(folder / "a.mp3", music(1))
    await imports.look()
    bringer = imports.bringer
    full = imports.settings.model_copy(update={"disk_reserve_mb": 10**9})
    await type(bringer)(sessions, full, redis, bringer.following).bring("a.mp3")
    assert await imports.states() == {"a.mp3": "waiting"}
    await imports.work()
    assert await imports.states() == {"a.mp3": "imported"}


async def test_many_files_are_known_in_bounded_steps(
    imports: Imports, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "BATCH", 7)
    for number in range(40):
        (folder / f"{number % 3}").mkdir(exist_ok=True)
        (folder / f"{number % 3}/{number}.mp3").write_bytes(b"no sound")
    assert (await imports.look()).new == 40
    for path in (folder / "1").iterdir():
        path.unlink()
    run = await imports.look()
    assert (run.found, run.new) == (27, 0)
    assert len(await imports.files()) == 27
