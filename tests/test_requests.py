"""A listener's song, from the upload to the ear."""

import asyncio
import itertools
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import httpx
import pytest
from listening import chirp, chirp_position, describe, join, longest_silence, record, spans, tone, write
from station import Station

# Twice what is promised, in seconds.
AUDIBLE = 2.4
GAP = 0.1
SONGS = ("user", "user_b", "live", "live_b", "jingle")
"""Five tones for five songs."""
LENGTH = 4.0
BEFORE_CHIRP = 5.0
"""Seconds of the walk's song before its chirp, which tells to the millisecond when the song began."""
CHIRP = chirp(0.3, -14, low=6000, high=500)
LOST = 0.1
"""Seconds of a song's opening that may go unheard: the fade-in reaches -40 dB within 60 ms."""


def _songs(folder: Path) -> list[Path]:
    tags = {"artist": "Listener"}
    return [write(folder / f"{name}.flac", tone(name, LENGTH), {"title": name, **tags}) for name in SONGS]


def _is(station: Station, item: str, *states: str) -> bool:
    return station.request(item)["state"] in states


async def test_somebody_registers_uploads_a_song_and_hears_it_whole(station: Station, tmp_path: Path) -> None:
    song = write(
        tmp_path / "song.flac",
        join(tone("user", BEFORE_CHIRP), CHIRP, tone("user", 0.5)),
        {"title": "My Song", "artist": "Me"},
    )
    async with record(f"{station.front}/radio") as ear:
        await ear.until_hears("programme")
        token = station.register("listener")
        item = station.submit(song, token=token)
        await ear.until_hears("user", timeout=20)
        await station.until(partial(_is, station, item, "playing"), seconds=5)
        refused = station.call("DELETE", f"/queue/{item}", token=token)
        assert (refused.status_code, refused.json()["error_code"]) == (409, "already_playing")
        told = station.call("GET", "/queue").json()["playing"]
        assert (told["title"], told["artist"]) == ("My Song", "Me")
        await station.until(partial(_is, station, item, "played"), seconds=20)
        await asyncio.sleep(2.5)
    sound = ear.heard()
    began = chirp_position(sound.pcm, CHIRP).at - BEFORE_CHIRP
    opening = next(span for span in spans(sound) if "user" in (span.name, *span.sources))
    assert -0.03 < opening.audio_start - began < LOST, describe(ear)
    assert longest_silence(sound) <= GAP, describe(ear)
    assert not (station.var / "media/requests" / f"{item}.flac").exists()
    assert station.call("GET", "/queue/quota", token=token).json()["waiting"] == 0
    [aired] = station.call("GET", "/played", params={"tier": "user", "limit": 1}).json()["items"]
    assert (aired["item_id"], aired["title"]) == (item, "My Song")
    assert aired["heard_seconds"] == pytest.approx(station.request(item)["length_seconds"], abs=1)


async def test_a_ready_song_is_soon_heard_and_the_next_follows_without_a_gap(station: Station, tmp_path: Path) -> None:
    first, second = _songs(tmp_path)[:2]
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_hears("programme")
        queued = station.play_request(first)
        heard = await ear.until_hears("user", after=queued)
        station.submit(second)
        joined = await ear.until_hears("user_b", after=queued, timeout=20)
        await ear.until_hears("programme", after=joined, timeout=20)
    assert heard - queued < AUDIBLE, describe(ear)
    around = (joined - 1, joined + 1)
    assert longest_silence(ear.heard(), around) <= GAP, describe(ear)
    assert [span.name for span in spans(ear.heard().between(*around)) if span.seconds > GAP] == ["user", "user_b"]


async def test_listeners_take_turns_and_staff_may_order_and_remove(station: Station, tmp_path: Path) -> None:
    songs = _songs(tmp_path)
    one, other = station.guest(), station.guest()
    assert station.ask("POST", "/admin/pause?playlist=user").status_code == 200
    mine = [station.submit(song, token=one) for song in songs[:3]]
    for item in mine:
        await station.until(partial(_is, station, item, "queued"))
    theirs = station.submit(songs[3], token=other)
    await station.until(partial(_is, station, theirs, "queued"))
    assert [item["id"] for item in station.call("GET", "/queue").json()["items"]] == [mine[0], theirs, *mine[1:]]
    full = station.call("POST", "/queue", token=one, files={"file": songs[4].read_bytes()})
    assert full.status_code == 429
    assert station.call("DELETE", f"/queue/{theirs}", token=one).json()["error_code"] == "not_yours"
    assert station.call("DELETE", f"/queue/{mine[1]}", token=one).status_code in (200, 204)
    order = [mine[2], theirs, mine[0]]
    assert station.call("PUT", "/admin/queue/order", json={"ids": order}).status_code == 200
    await station.until(lambda: [order.index(item) for item in _in_player(station)] == [0, 1, 2])
    assert station.ask("POST", "/admin/play?playlist=user").status_code == 200
    await station.until(partial(_is, station, mine[2], "playing"))


def _in_player(station: Station) -> list[str]:
    with station.player("user") as mpd:
        return [Path(song["file"]).stem for song in mpd.playlistinfo()]


KILLED = ("mpd-user", "mpd-fallback", "stream-control", "api", "api-worker", "redis", "postgres", "liquidsoap")


@pytest.mark.parametrize("program", KILLED)
async def test_no_request_is_lost_or_played_twice_when_something_dies(
    station: Station, tmp_path: Path, program: str
) -> None:
    one, other = station.guest(), station.guest()
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_hears("programme")
        began = time.time()
        owners = [one, other, one, other, one]
        items = [station.submit(song, token=owner) for song, owner in zip(_songs(tmp_path), owners, strict=True)]
        await station.until(partial(_is, station, items[0], "playing", "played"))
        await asyncio.sleep(1)
        station.kill(program)
        with suppress(AssertionError):
            await station.until(lambda: all(_is(station, item, "played") for item in items), seconds=60, every=0.5)
        assert [station.request(item)["state"] for item in items] == ["played"] * len(items), describe(ear)
        await ear.until_hears("programme", after=time.monotonic() - 1, timeout=10)
    heard = dict.fromkeys(items, 0.0)
    for row in station.as_run(
        tier="user", limit=20, since=f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(began))}"
    ):
        heard[row["item_id"]] += row["heard_seconds"]
    assert heard.keys() == set(items)
    assert all(LENGTH - 0.8 < seconds < LENGTH + 2.5 for seconds in heard.values()), heard
    order = [name for name, _ in itertools.groupby(span.name for span in spans(ear.heard()) if span.name in SONGS)]
    assert sorted(set(order)) == sorted(SONGS), describe(ear)
    for token in (one, other):
        assert station.call("GET", "/queue/quota", token=token).json()["waiting"] == 0
    assert not list((station.var / "media/requests").glob("*.flac"))


async def test_events_tell_of_a_song_as_it_happens(station: Station, tmp_path: Path) -> None:
    seen: list[str] = []

    async def follow() -> None:
        async with httpx.AsyncClient() as client, client.stream("GET", f"{station.front}/api/events") as answer:
            async for line in answer.aiter_lines():
                if line.startswith("event:"):
                    seen.append(line.removeprefix("event:").strip())

    following = asyncio.create_task(follow())
    await station.until(lambda: seen[:1] == ["state"])
    item = station.submit(_songs(tmp_path)[0])
    await station.until(partial(_is, station, item, "playing"))
    await station.until(lambda: {"queue", "now_playing"} <= set(seen))
    following.cancel()
