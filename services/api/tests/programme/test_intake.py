"""The programme follows its folders: what comes is copied, what goes is forgotten, what is wrong is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from api import tables
from api.library.models import Track
from api.programme import scan, service
from api.settings import Settings
from desk import library
from desk.intake import Intake
from desk.programme import Playing, Rows, copies_of
from desk.sounds import ffmpeg, music, sound_file
from kit import facts
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import select


async def test_a_new_file_becomes_part_of_the_programme(programme: Intake, settings: Settings, rows: Rows) -> None:
    sound_file(settings.fallback_folder / "album/01 song.flac", title="Song", artist="Singer")
    await programme.step()
    row = (await rows())["album/01 song.flac"]
    assert (row.state, row.problem, row.title, row.artist) == ("ready", None, "Song", "Singer")
    assert row.length_seconds == pytest.approx(1.5, abs=0.05)
    assert copies_of(settings) == [str(row.id)]


async def test_a_file_without_a_title_is_called_by_its_name(programme: Intake, settings: Settings, rows: Rows) -> None:
    sound_file(settings.fallback_folder / "名前 🎶.wav")
    await programme.step()
    (row,) = (await rows()).values()
    assert (row.title, row.artist) == ("名前 🎶", None)


async def test_nothing_is_done_twice(programme: Intake, settings: Settings, rows: Rows) -> None:
    sound_file(settings.fallback_folder / "a.flac")
    await programme.step()
    (copy,) = settings.programme_folder.iterdir()
    before = copy.stat().st_mtime_ns
    await programme.step()
    assert copy.stat().st_mtime_ns == before


async def test_a_broken_file_is_refused_in_words_and_the_others_play(
    programme: Intake, settings: Settings, rows: Rows
) -> None:
    (settings.fallback_folder / "broken.mp3").write_bytes(b"nothing to hear" * 99)
    (settings.fallback_folder / "empty.mp3").touch()
    sound_file(settings.fallback_folder / "good.flac")
    await programme.step()
    known = await rows()
    assert {path: row.state for path, row in known.items()} == {
        "broken.mp3": "refused",
        "empty.mp3": "refused",
        "good.flac": "ready",
    }
    assert "sound" in (known["broken.mp3"].problem or "")
    assert "empty" in (known["empty.mp3"].problem or "")
    assert copies_of(settings) == [str(known["good.flac"].id)]


async def test_a_removed_file_is_gone_with_its_copy_and_keeps_its_name(
    programme: Intake, settings: Settings, sessions: Sessions
) -> None:
    path = sound_file(settings.fallback_folder / "a.flac", title="Kept")
    await programme.step()
    path.unlink()
    await programme.step()
    async with sessions() as tx:
        (row,) = await tx.scalars(select(Track))
    assert (row.state, row.title) == ("gone", "Kept")
    assert copies_of(settings) == []


async def test_a_removed_file_that_was_refused_is_no_problem_any_more(
    programme: Intake, settings: Settings, rows: Rows
) -> None:
    path = settings.fallback_folder / "a.mp3"
    path.touch()
    await programme.step()
    path.unlink()
    await programme.step()
    assert await rows() == {}


async def test_a_changed_file_is_a_new_item(programme: Intake, settings: Settings, rows: Rows) -> None:
    path = sound_file(settings.fallback_folder / "a.flac", title="Old")
    await programme.step()
    old = (await rows())["a.flac"].id
    sound_file(path, music(2), title="New")
    await programme.step()
    row = (await rows())["a.flac"]
    assert row.id != old
    assert row.title == "New"
    assert copies_of(settings) == [str(row.id)]


async def test_a_repaired_file_plays(programme: Intake, settings: Settings, rows: Rows) -> None:
    path = settings.fallback_folder / "a.flac"
    path.write_bytes(b"half of")
    await programme.step()
    sound_file(path)
    await programme.step()
    assert (await rows())["a.flac"].state == "ready"


async def test_a_file_whose_name_is_no_text_is_refused_in_words(
    programme: Intake, settings: Settings, rows: Rows
) -> None:
    good = sound_file(settings.fallback_folder / "a.flac")
    os.rename(good, os.fsencode(settings.fallback_folder) + b"/caf\xe9.flac")
    await programme.step()
    assert "rename" in ((await rows())["caf?.flac"].problem or "")


async def test_a_file_for_which_there_is_no_room_waits_and_plays_when_there_is(
    settings: Settings, sessions: Sessions, redis: Redis, rows: Rows
) -> None:
    sound_file(settings.fallback_folder / "a.flac")
    full = settings.model_copy(update={"disk_reserve_mb": 10**9})
    await Intake(full, sessions, redis).step()
    assert (await rows())["a.flac"].state == "waiting"
    async with sessions() as tx:
        assert "MB free" in (await service.show(tx, state=None, offset=0, limit=10)).waiting["a.flac"]
    await Intake(settings, sessions, redis).step()
    assert (await rows())["a.flac"].state == "ready"
    async with sessions() as tx:
        assert (await service.show(tx, state=None, offset=0, limit=10)).waiting == {}


async def test_a_refused_file_is_tried_once_more_by_the_next_process_and_not_by_the_same_one(
    programme: Intake, settings: Settings, sessions: Sessions, redis: Redis, rows: Rows
) -> None:
    (settings.fallback_folder / "a.mp3").write_bytes(b"x")
    await programme.step()
    first = (await rows())["a.mp3"]
    await programme.step()
    assert (await rows())["a.mp3"].checked_at == first.checked_at
    await Intake(settings, sessions, redis).step()
    again = (await rows())["a.mp3"]
    assert again.id == first.id
    assert again.checked_at > first.checked_at


async def test_a_cover_is_served_beside_the_song(
    programme: Intake, settings: Settings, sessions: Sessions, rows: Rows, tmp_path: Path
) -> None:
    picture = tmp_path / "a.png"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=90x90", "-frames:v", "1", picture)
    form = ["-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"]
    sound = sound_file(tmp_path / "a.wav")
    ffmpeg("-i", sound, "-i", picture, *form, settings.fallback_folder / "a.mp3")
    await programme.step()
    row = (await rows())["a.mp3"]
    assert row.artwork
    assert (settings.artwork_folder / f"{row.id}.jpg").stat().st_size > 100
    async with sessions() as tx:
        (item,) = (await service.wanted(tx, library.now())).items
    assert item.artwork == f"/artwork/{row.id}.jpg"


async def test_starters_give_way_to_the_stations_own_files(
    programme: Intake, settings: Settings, sessions: Sessions, playing: Playing
) -> None:
    sound_file(settings.starter_folder / "starter-1.mp3")
    await programme.step()
    assert await playing() == ["starter-1"]
    async with sessions() as tx:
        assert [item.may_be_cut for item in (await service.wanted(tx, library.now())).items] == [True]
    own = sound_file(settings.fallback_folder / "own.flac")
    await programme.step()
    assert await playing() == ["own"]
    own.unlink()
    await programme.step()
    assert await playing() == ["starter-1"]


async def test_whoever_follows_is_told_of_each_file(programme: Intake, settings: Settings, sessions: Sessions) -> None:
    for name in ("a.flac", "b.flac"):
        sound_file(settings.fallback_folder / name)
    await programme.step()
    (settings.fallback_folder / "a.flac").unlink()
    await programme.step()
    async with sessions() as tx:
        told = await facts.read(tx, tables.facts, after=0, limit=100)
    assert [one.fact.type for one in told] == [
        "track_added", "track_added",
        "queue_changed", "track_changed",
        "queue_changed", "track_changed",
        "track_removed", "queue_changed",
    ]  # fmt: skip


async def test_files_are_appended_to_the_playlist_as_they_come(
    programme: Intake, settings: Settings, playing: Playing
) -> None:
    for name in ("c", "a"):
        sound_file(settings.fallback_folder / f"{name}.flac")
        await programme.step()
    sound_file(settings.fallback_folder / "b.flac")
    await programme.step()
    assert await playing() == ["c", "a", "b"]


READ_AS_SOMEBODY = """
import os, sys
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
print(os.access(sys.argv[1], os.R_OK))
"""


async def test_a_file_that_may_not_be_read_is_refused_in_words(
    programme: Intake, settings: Settings, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read everything, so the question goes to a process of an ordinary user."""
    path = sound_file(settings.fallback_folder / "a.flac")
    path.chmod(0)

    def as_somebody(asked: Path, _: int) -> bool:
        command = [sys.executable, "-c", READ_AS_SOMEBODY, str(asked)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "True"

    monkeypatch.setattr("api.arriving.making.os.access", as_somebody)
    await programme.step()
    assert "read permission" in ((await rows())["a.flac"].problem or "")
    monkeypatch.undo()
    monkeypatch.setattr(scan, "SETTLED_AFTER", -1.0)
    path.chmod(0o644)
    await programme.step()
    assert (await rows())["a.flac"].state == "ready"
