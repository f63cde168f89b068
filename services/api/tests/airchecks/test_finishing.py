"""From the recorder's files to an aircheck that is heard, named and kept, whatever happens on the way."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from api.accounts.models import User
from api.airchecks import files, finishing
from api.airchecks.finishing import Finisher
from api.airchecks.models import Aircheck
from api.settings import Settings
from api.shows.models import Show
from desk import people
from desk.airchecks import BEGIN, SHOW_SOUND, finished, found, have, recorded, session, show
from desk.settings import api_settings
from kit.db import Sessions
from kit.testing import Servers
from listening import Pcm, decode_file, join, loudness, silence, tone, tone_levels
from sqlalchemy import delete, select, update


@pytest.fixture
def settings(tmp_path: Path, database_url: str, servers: Servers) -> Settings:
    return api_settings(
        tmp_path, database_url, servers.redis_url, aircheck_min_seconds=1, station_timezone="Europe/Berlin"
    )


def copy_of(settings: Settings, aircheck: Aircheck) -> Path:
    assert aircheck.copy
    return files.folder_of(settings, aircheck.id) / aircheck.copy


def original_of(settings: Settings, aircheck: Aircheck) -> Path:
    return files.folder_of(settings, aircheck.id) / files.ORIGINAL


def told(path: Path) -> Any:
    """Tags and chapters as ffprobe reads them."""
    command = ["ffprobe", "-v", "error", "-show_format", "-show_chapters", "-of", "json", str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)


def samples(*paths: Path) -> str:
    """What the samples of these files one after another are, in short."""
    digest = hashlib.sha256()
    for path in paths:
        command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-"]
        digest.update(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    return digest.hexdigest()


def heard_tones(pcm: Pcm) -> set[str]:
    """The tones that are there for half a second at least."""
    return {name for name, levels in tone_levels(pcm).tones.items() if (levels > -30).sum() > 50}


async def test_a_recording_becomes_an_aircheck_that_is_lossless_levelled_trimmed_and_named(
    sessions: Sessions, settings: Settings, tmp_path: Path
) -> None:
    streamer, _ = await people.user(sessions, settings, "streamer", display_name="Anna")
    night = await show(sessions, name="Night = 'Day'; #1", host="Anna & Bo")
    titles = [(-3.0, "Too Early"), (0.5, "Fi\\rst; = #1\\"), (13.0, "Zweites – Stück")]
    live = await session(sessions, titles, user_id=streamer, show_id=night.id)
    # Two seconds, ten that are missing, two more.
    folder = recorded(settings, live, (0, SHOW_SOUND), (14.1, SHOW_SOUND))
    kept = shutil.copytree(folder, tmp_path / "kept")
    [aircheck] = await finished(settings, sessions)
    assert (aircheck.state, aircheck.problem) == ("ready", None)
    assert (aircheck.session_id, aircheck.show_id, aircheck.streamer_id) == (live, night.id, streamer)
    day = BEGIN.astimezone(settings.zone)
    title = f"Night = 'Day'; #1, {day.day} {day:%B %Y}"
    assert (aircheck.title, aircheck.host) == (title, "Anna & Bo")
    assert aircheck.began_at == BEGIN
    assert aircheck.ended_at == BEGIN + timedelta(seconds=14.1 + 4.1)
    original, copy = original_of(settings, aircheck), copy_of(settings, aircheck)
    assert samples(original) == samples(kept / "0001.oga", kept / "0002.oga")
    assert aircheck.original_bytes == original.stat().st_size
    assert aircheck.copy_bytes == copy.stat().st_size
    # Silence is left out at the ends, and only there.
    pcm = decode_file(str(copy))
    assert aircheck.length_seconds == pytest.approx(8.2 - 0.9, abs=0.05)
    assert len(pcm) / 48_000 == pytest.approx(aircheck.length_seconds, abs=0.1)
    assert heard_tones(pcm) == {"live", "live_b"}
    assert loudness(decode_file(str(copy), channels=2)).integrated == pytest.approx(-16, abs=1)
    assert aircheck.loudness_lufs is not None
    assert aircheck.loudness_lufs < -20
    # What is missing, and the chapters, are where the copy has them.
    assert aircheck.gaps == [{"at": pytest.approx(3.6, abs=0.01), "seconds": pytest.approx(10, abs=0.001)}]
    assert aircheck.chapters == [
        {"starts": 0, "title": "Fi\\rst; = #1\\"},
        {"starts": pytest.approx(3.6, abs=0.01), "title": "Zweites – Stück"},
    ]
    said = told(copy)
    assert {name: said["format"]["tags"][name] for name in ("title", "artist", "album", "date")} == {
        "title": title,
        "artist": "Anna & Bo",
        "album": "Night = 'Day'; #1",
        "date": f"{day:%Y-%m-%d}",
    }
    assert [one["tags"]["title"] for one in said["chapters"]] == ["Fi\\rst; = #1", "Zweites – Stück"]
    assert float(said["chapters"][1]["start_time"]) == pytest.approx(3.6, abs=0.01)
    assert not folder.exists(), "what was recorded is in the original now"
    assert sorted(path.name for path in original.parent.iterdir()) == sorted([files.ORIGINAL, copy.name])
    # A worker was killed right after it had saved: the recording is still there, and nothing is made twice.
    shutil.copytree(kept, folder)
    [again] = await finished(settings, sessions)
    assert (again.id, again.copy, folder.exists()) == (aircheck.id, aircheck.copy, False)


async def test_loud_shows_keep_the_ceiling_when_they_are_heard(sessions: Sessions, settings: Settings) -> None:
    # Quiet talk with loud crackling: only a limiter brings it to the station's loudness.
    crackling = tone("live", 4, -30.0)
    crackling[::9600] = 0.9
    recorded(settings, await session(sessions), (0, crackling))
    [aircheck] = await finished(settings, sessions)
    heard = loudness(decode_file(str(copy_of(settings, aircheck)), channels=2))
    assert heard.integrated == pytest.approx(-16, abs=1)
    assert heard.true_peak <= -1


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([(0, tone("live", 0.8))], "It is shorter than 1 seconds."),
        ([(0, tone("live", 0.4)), (5, tone("live", 0.4))], "It is shorter than 1 seconds."),
        ([(0, join(silence(2), tone("live", 0.3)))], "It is shorter than 1 seconds."),
        ([(0, silence(3))], "It is silent."),
        ([], "Nothing was recorded."),
    ],
)
async def test_what_is_not_worth_keeping_is_discarded_with_its_reason(
    sessions: Sessions, settings: Settings, parts: list[tuple[float, Pcm]], problem: str
) -> None:
    folder = recorded(settings, await session(sessions), *parts)
    [aircheck] = await finished(settings, sessions)
    assert (aircheck.state, aircheck.problem, aircheck.copy) == ("discarded", problem, None)
    assert not folder.exists()
    assert not files.folder_of(settings, aircheck.id).exists()
    assert len(await finished(settings, sessions)) == 1


async def test_a_recorder_that_died_leaves_a_recording_all_the_same(sessions: Sessions, settings: Settings) -> None:
    now = datetime.now(UTC)
    live = await session(sessions, ended_at=now - timedelta(seconds=61))
    folder = recorded(settings, live, (0, SHOW_SOUND), (None, SHOW_SOUND), (8.2, SHOW_SOUND), closed=False)
    # The machine died while it wrote: one part ends in the middle, one holds nothing, one holds nonsense.
    whole = (folder / "0003.oga").read_bytes()
    (folder / "0003.oga").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "0004.oga").write_bytes(whole[:60])
    (folder / "0005.oga").write_bytes(b"nonsense" * 1000)
    (folder / "0003.json").write_text('{"began_at": ')
    assert await finished(settings, sessions) == [], "somebody may still be writing"
    long_ago = time.time() - 31
    for path in (*folder.iterdir(), folder):
        os.utime(path, (long_ago, long_ago))
    [aircheck] = await finished(settings, sessions)
    assert (aircheck.state, aircheck.gaps) == ("ready", [])
    assert aircheck.length_seconds is not None
    assert 2 * 4.1 + 1 < aircheck.length_seconds < 3 * 4.1 - 0.5
    assert not folder.exists()


async def test_recordings_of_sessions_that_go_on_or_are_unknown_are_left_alone(
    sessions: Sessions, settings: Settings
) -> None:
    live = await session(sessions, ended_at=None, ended_because=None)
    recorded(settings, live, (0, SHOW_SOUND), closed=False)
    strange = recorded(settings, uuid4(), (0, SHOW_SOUND))
    (settings.live_recordings_folder / "lost+found").mkdir()
    assert await finished(settings, sessions) == []
    assert strange.exists()


async def test_a_full_disk_lets_a_recording_wait(sessions: Sessions, settings: Settings) -> None:
    folder = recorded(settings, await session(sessions), (0, SHOW_SOUND))
    full = settings.model_copy(update={"disk_reserve_mb": 10**9})
    [waiting] = await finished(full, sessions)
    assert waiting.state == "finishing"
    assert waiting.problem is not None
    assert waiting.problem.startswith("The disk is nearly full")
    assert folder.exists()
    [aircheck] = await finished(settings, sessions)
    assert (aircheck.state, aircheck.problem) == ("ready", None)


async def test_what_fails_is_kept_and_tried_again_by_the_next_worker(
    sessions: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recorded(settings, await session(sessions), (0, SHOW_SOUND))
    monkeypatch.setattr(finishing, "LONGEST_SECONDS", 2)
    finisher = Finisher(settings, sessions)
    await finisher.step()
    [failed] = await finished(settings, sessions)
    assert (failed.state, failed.problem) == ("failed", "It is longer than 2 seconds.")
    monkeypatch.undo()
    await finisher.step()
    [still] = [await found(sessions, failed.id)]
    assert still is not None
    assert still.state == "failed", "the same worker does not try it again and again"
    assert folder.exists()
    assert [one.state for one in await finished(settings, sessions)] == ["ready"]


async def test_one_that_cannot_be_finished_does_not_keep_others_waiting(sessions: Sessions, settings: Settings) -> None:
    broken, good = sorted([uuid4(), uuid4()], key=str)
    for live in (broken, good):
        await session(sessions, id=live)
        recorded(settings, live, (0, SHOW_SOUND))
    row = await have(sessions, session_id=broken, state="finishing", copy=None, copy_bytes=None)
    settings.airchecks_folder.mkdir(parents=True)
    files.folder_of(settings, row.id).write_text("a file where a folder has to be")
    with pytest.raises(FileExistsError):
        await finished(settings, sessions)
    async with sessions() as tx:
        states = {one.session_id: one.state for one in await tx.scalars(select(Aircheck))}
    assert states == {broken: "finishing", good: "ready"}


async def test_a_copy_says_what_it_should_also_when_names_change_and_people_are_forgotten(
    sessions: Sessions, settings: Settings
) -> None:
    streamer, _ = await people.user(sessions, settings, "streamer", display_name="Anna")
    night = await show(sessions, name="Night")
    recorded(settings, await session(sessions, [(1.5, "A Song")], user_id=streamer, show_id=night.id), (0, SHOW_SOUND))
    [first] = await finished(settings, sessions)
    before = copy_of(settings, first)
    assert told(before)["format"]["tags"]["artist"] == "Anna"
    assert b"Anna" in before.read_bytes()
    async with sessions.begin() as tx:
        await tx.execute(update(Show).values(name="Late Night"))
        await tx.execute(update(Aircheck).values(title="The First One"))
        await tx.execute(delete(User))
    [after] = await finished(settings, sessions)
    assert (after.show_name, after.streamer_id) == ("Late Night", None)
    copy = copy_of(settings, after)
    said = told(copy)
    assert said["format"]["tags"]["title"] == "The First One"
    assert said["format"]["tags"]["album"] == said["format"]["tags"]["artist"] == "Late Night"
    assert [one["tags"]["title"] for one in said["chapters"]] == ["A Song"]
    assert b"Anna" not in copy.read_bytes()
    assert samples(copy) == samples(before), "its sound is as it was"
    assert (after.copy_bytes, after.length_seconds) == (copy.stat().st_size, first.length_seconds)
    [same] = await finished(settings, sessions)
    assert same.copy == after.copy
