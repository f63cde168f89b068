"""A request on its way through the worker: to its place in the queue, or to its failure, and never both."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api.media.probe import probe
from api.queue.models import QueueItem
from api.queue.preparing import Preparer
from api.queue.submission import SONG
from api.settings import Settings
from desk import people
from desk.asking import found, have, incoming, track
from desk.settings import api_settings, make_folders
from desk.sounds import music, sound_file, told
from desk.source import Source, source
from kit.db import Sessions
from kit.testing import Servers
from redis.asyncio import Redis

LIMITS = {"max_song_seconds": 10, "max_song_mb": 1, "fetch_seconds": 20}


@pytest.fixture
def settings(tmp_path: Path, database_url: str, servers: Servers) -> Settings:
    make_folders(tmp_path)
    return api_settings(tmp_path, database_url, servers.redis_url, **LIMITS)


@pytest.fixture(scope="module")
def flac(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound_file(tmp_path_factory.mktemp("songs") / "song.flac", title="A Song", artist="Anna")


@pytest.fixture
def server(flac: Path) -> Iterator[Source]:
    with source() as made:
        made.files = {"/song.mp3": flac.read_bytes(), "/lying.mp3": b"only words " * 500}
        yield made


async def uploaded(sessions: Sessions, settings: Settings, content: bytes, **given: Any) -> QueueItem:
    """A request whose upload has been received."""
    known = {"source": "upload", "url": None, "file_name": "My File.mp3", "state": "fetching"}
    item = await have(sessions, **{**known, **given})
    folder = settings.incoming_folder / str(item.id)
    folder.mkdir()
    (folder / SONG).write_bytes(content)
    return item


async def prepared(sessions: Sessions, settings: Settings, redis: Redis, item: QueueItem) -> QueueItem:
    await Preparer(sessions, settings, redis).prepare(item.id)
    return await found(sessions, item.id)


def copy_of(settings: Settings, item: QueueItem) -> Path:
    return settings.requests_folder / f"{item.id}.flac"


def nothing_left(settings: Settings) -> bool:
    return incoming(settings) == [] and list(settings.requests_folder.iterdir()) == []


async def test_an_upload_becomes_a_copy_at_the_stations_loudness_with_its_id_as_title(
    sessions: Sessions, settings: Settings, redis: Redis, flac: Path
) -> None:
    item = await uploaded(sessions, settings, flac.read_bytes())
    now = await prepared(sessions, settings, redis, item)
    assert (now.state, now.position, now.progress) == ("queued", 1, 100)
    assert (now.title, now.artist) == ("A Song", "Anna")
    assert now.length_seconds == pytest.approx(1.5, abs=0.2)
    assert told(copy_of(settings, item))["format"]["tags"]["title"] == str(item.id)
    sound = await probe(copy_of(settings, item), shortest_seconds=0.5, longest_seconds=10)
    assert sound.loudness_lufs == pytest.approx(-16, abs=1)
    assert sound.true_peak_dbtp <= -1
    assert incoming(settings) == []


async def test_an_upload_without_tags_is_called_as_its_file(
    sessions: Sessions, settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    plain = sound_file(tmp_path / "plain.flac")
    now = await prepared(sessions, settings, redis, await uploaded(sessions, settings, plain.read_bytes()))
    assert (now.title, now.artist) == ("My File", None)


async def test_a_link_is_fetched_and_queued(
    sessions: Sessions, settings: Settings, redis: Redis, server: Source
) -> None:
    allowing = settings.model_copy(update={"fetch_allow": server.address})
    item = await have(sessions, state="fetching", url=server.url("/page"))
    now = await prepared(sessions, allowing, redis, item)
    assert (now.state, now.title, now.artist) == ("queued", "A Song", "Anna"), now.problem
    assert copy_of(settings, item).is_file()
    assert incoming(settings) == []


@pytest.mark.parametrize(("path", "reason"), [("/lying.mp3", "not_audio"), ("/missing.mp3", "not_found")])
async def test_a_link_to_nothing_playable_fails_and_leaves_nothing(
    sessions: Sessions, settings: Settings, redis: Redis, server: Source, path: str, reason: str
) -> None:
    allowing = settings.model_copy(update={"fetch_allow": server.address})
    item = await have(sessions, state="fetching", url=server.url(path))
    now = await prepared(sessions, allowing, redis, item)
    assert (now.state, now.reason) == ("failed", reason)
    assert now.problem
    assert nothing_left(settings)


async def test_without_the_setting_a_private_address_is_out_of_reach(
    sessions: Sessions, settings: Settings, redis: Redis, server: Source
) -> None:
    item = await have(sessions, state="fetching", url=server.url("/song.mp3"))
    now = await prepared(sessions, settings, redis, item)
    assert (now.state, now.reason) == ("failed", "forbidden_address")
    assert server.asked == []


async def test_a_slow_server_is_given_up_when_time_is_up(
    sessions: Sessions, settings: Settings, redis: Redis, server: Source
) -> None:
    hasty = settings.model_copy(update={"fetch_allow": server.address, "fetch_seconds": 2})
    item = await have(sessions, state="fetching", url=server.url("/silent"))
    now = await prepared(sessions, hasty, redis, item)
    assert (now.state, now.reason) == ("failed", "timed_out")
    assert nothing_left(settings)


def bad_uploads(folder: Path) -> dict[str, bytes]:
    whole = sound_file(folder / "whole.wav", music(3)).read_bytes()
    return {
        "not_audio": b"These are words, whatever the name says.",
        "broken": whole[: len(whole) // 2],
        "silent": sound_file(folder / "silent.flac", music(2) * 0).read_bytes(),
        "too_long": sound_file(folder / "long.flac", music(12)).read_bytes(),
        "too_short": sound_file(folder / "short.flac", music(0.7)).read_bytes(),
    }


async def test_files_that_cannot_be_played_fail_with_their_reason_and_leave_nothing(
    sessions: Sessions, settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    for reason, content in bad_uploads(tmp_path / "bad").items():
        now = await prepared(sessions, settings, redis, await uploaded(sessions, settings, content))
        assert (now.state, now.reason) == ("failed", reason), now.problem
        assert now.problem
        assert nothing_left(settings)


async def test_a_track_of_the_library_airs_under_the_requests_id(
    sessions: Sessions, settings: Settings, redis: Redis, flac: Path
) -> None:
    known = await track(sessions)
    original = settings.programme_folder / f"{known.id}.flac"
    original.write_bytes(flac.read_bytes())
    item = await have(
        sessions, state="fetching", source="library", url=None, track_id=known.id, title="Track", length_seconds=1.5
    )
    now = await prepared(sessions, settings, redis, item)
    assert (now.state, now.title) == ("queued", "Track"), now.problem
    assert told(copy_of(settings, item))["format"]["tags"]["title"] == str(item.id)
    assert original.is_file()


async def test_the_same_song_among_the_next_ones_is_refused(
    sessions: Sessions, settings: Settings, redis: Redis, flac: Path
) -> None:
    await have(sessions, state="playing", title="a song", artist="ANNA")
    now = await prepared(sessions, settings, redis, await uploaded(sessions, settings, flac.read_bytes()))
    assert (now.state, now.reason) == ("failed", "duplicate")


async def test_first_come_first_served_when_turns_are_off(sessions: Sessions, settings: Settings, redis: Redis) -> None:
    ahead = [await have(sessions, position=number) for number in (1, 2)]
    item = await have(sessions, state="ready")
    await prepared(sessions, settings.model_copy(update={"fair_order": False}), redis, item)
    assert [(await found(sessions, one.id)).position for one in (*ahead, item)] == [1, 2, 3]


async def test_a_newcomer_goes_before_anothers_second_request(
    sessions: Sessions, settings: Settings, redis: Redis
) -> None:
    guest, _ = await people.guest(sessions, settings)
    first, second = [await have(sessions, position=number) for number in (1, 2)]
    item = await have(sessions, state="ready", guest_id=guest)
    await prepared(sessions, settings, redis, item)
    assert [(await found(sessions, one.id)).position for one in (first, item, second)] == [1, 2, 3]


async def test_a_request_that_is_taken_out_is_given_up_within_a_moment(
    sessions: Sessions, settings: Settings, redis: Redis, server: Source
) -> None:
    allowing = settings.model_copy(update={"fetch_allow": server.address})
    item = await have(sessions, state="fetching", url=server.url("/silent"))
    going = asyncio.create_task(Preparer(sessions, allowing, redis).prepare(item.id))
    while not server.asked:
        await asyncio.sleep(0.05)
    async with sessions.begin() as tx:
        row = await tx.get(QueueItem, item.id)
        assert row
        row.state = "removed"
    async with asyncio.timeout(10):
        await going
    assert (await found(sessions, item.id)).state == "removed"
    assert nothing_left(settings)


async def test_two_workers_never_work_on_the_same_request(
    sessions: Sessions, settings: Settings, redis: Redis, flac: Path
) -> None:
    item = await uploaded(sessions, settings, flac.read_bytes())
    preparer = Preparer(sessions, settings, redis)
    await asyncio.gather(preparer.prepare(item.id), preparer.prepare(item.id))
    now = await found(sessions, item.id)
    assert (now.state, now.attempts) == ("queued", 1)


async def test_after_three_attempts_it_is_given_up(
    sessions: Sessions, settings: Settings, redis: Redis, flac: Path
) -> None:
    item = await uploaded(sessions, settings, flac.read_bytes(), attempts=3)
    now = await prepared(sessions, settings, redis, item)
    assert (now.state, now.reason) == ("failed", "source_failed")
    assert nothing_left(settings)


async def test_a_full_disk_is_told(sessions: Sessions, settings: Settings, redis: Redis, flac: Path) -> None:
    full = settings.model_copy(update={"disk_reserve_mb": 1_000_000_000})
    now = await prepared(sessions, full, redis, await uploaded(sessions, settings, flac.read_bytes()))
    assert (now.state, now.reason) == ("failed", "disk_full")
    assert nothing_left(settings)
