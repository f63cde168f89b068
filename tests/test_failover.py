"""Whatever dies, the next tier is heard. Figures are the issue's, doubled; the benches print the distributions."""

import asyncio
import re
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from listening import (
    crossfade_length,
    describe,
    first_heard,
    join,
    largest_click,
    longest_silence,
    record,
    record_hls,
    silence,
    spans,
    stalls,
    tone,
    write,
)
from station import Station

# Twice what a listener may notice, in seconds.
NEXT_TIER = 1.0
SILENCE = 0.1
PAUSE = 2.0
STALL = 1.6
PROGRAMME_BACK = 10.0
ICECAST_BACK = 16.0


async def test_a_request_crossfades_over_the_programme_in_two_seconds(station: Station, request_song: Path) -> None:
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_hears("programme")
        asked = station.play_request(request_song)
        await ear.until_hears("user", after=asked)
        await asyncio.sleep(4)
    sound = ear.heard().between(asked, time.monotonic())
    assert longest_silence(sound) == 0, describe(ear)
    # Of the two seconds, the tones are both above -40 dB for this long: the fades are raised cosines.
    assert crossfade_length(sound, "programme", "user") == pytest.approx(1.4, abs=0.2), describe(ear)
    click = largest_click(sound)
    assert click is not None
    assert click.ratio < 1.5, describe(ear)


async def test_the_programme_is_heard_when_the_requests_player_is_killed(station: Station, request_song: Path) -> None:
    async with record(f"{station.icecast}/radio") as ear:
        asked = station.play_request(request_song)
        await ear.until_hears("user", after=asked)
        await asyncio.sleep(3)
        killed = station.kill("mpd-user")
        await asyncio.sleep(3)
    sound = ear.heard()
    back = first_heard(sound.between(killed, killed + 3), "programme", killed)
    assert back is not None, describe(ear)
    assert back - killed < NEXT_TIER, describe(ear)
    assert longest_silence(sound, (killed - 1, killed + 3)) <= SILENCE, describe(ear)
    await station.until_tier("user", seconds=10)
    assert station.as_run(tier="user", limit=2)[1]["ended_reason"] == "interrupted"


async def test_noise_is_heard_when_the_programmes_player_is_killed_and_the_programme_returns(station: Station) -> None:
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_hears("programme")
        await asyncio.sleep(0.5)
        killed = station.kill("mpd-fallback")
        noise = await ear.until_hears("noise", after=killed)
        await ear.until_hears("programme", after=noise + 0.2, timeout=PROGRAMME_BACK)
        await asyncio.sleep(3)
    assert noise - killed < NEXT_TIER, describe(ear)
    assert longest_silence(ear.heard(), (killed - 0.4, time.monotonic())) <= SILENCE, describe(ear)
    assert spans(ear.heard())[-1].name == "programme", describe(ear)
    await station.until(lambda: station.now_playing()["title"] == "programme")
    rows = station.as_run(tier="fallback", limit=2)
    assert [row["ended_reason"] for row in rows] == [None, "interrupted"], rows


async def test_a_song_asked_for_twice_airs_twice(station: Station, request_song: Path) -> None:
    for _ in range(2):
        station.play_request(request_song)
        await station.until(lambda: station.now_playing()["tier"] == "user")
        await asyncio.sleep(3)
        station.clear_requests()
        await station.until_tier("fallback")
    await asyncio.sleep(2)
    rows = station.as_run(tier="user", limit=2)
    assert [row["title"] for row in rows] == ["request-1", "request-1"]
    assert len({row["item_id"] for row in rows}) == 2
    assert all(1 < row["heard_seconds"] < 6 for row in rows), rows


@pytest.mark.parametrize(
    ("playlist", "own", "following"), [("user", "user", "programme"), ("fallback", "programme", "noise")]
)
async def test_a_paused_playlist_falls_through_and_plays_on_where_it_was(
    station: Station, request_song: Path, playlist: str, own: str, following: str
) -> None:
    async with record(f"{station.icecast}/radio") as ear:
        if playlist == "user":
            station.play_request(request_song)
        await ear.until_hears(own, timeout=15)
        await asyncio.sleep(3)
        paused = time.monotonic()
        assert station.ask("POST", f"/admin/pause?playlist={playlist}").status_code == 200
        heard = await ear.until_hears(following, after=paused)
        await asyncio.sleep(5)
        with station.player(playlist) as mpd:
            held_at = float(mpd.status()["elapsed"])
        await asyncio.sleep(4)
        with station.player(playlist) as mpd:
            assert float(mpd.status()["elapsed"]) == held_at
        resumed = time.monotonic()
        assert station.ask("POST", f"/admin/play?playlist={playlist}").status_code == 200
        await ear.until_hears(own, after=resumed)
        await asyncio.sleep(3)
    assert heard - paused < PAUSE, describe(ear)
    assert longest_silence(ear.heard()) <= SILENCE, describe(ear)
    assert spans(ear.heard())[-1].name == own, describe(ear)


async def test_a_hung_player_stalls_the_output_once_and_briefly(station: Station) -> None:
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_hears("programme")
        await asyncio.sleep(1)
        station.kill("mpd-user", signal.SIGSTOP)
        hung = station.kill("mpd-fallback", signal.SIGSTOP)
        await ear.until_hears("noise", after=hung, timeout=5)
        await asyncio.sleep(5)
        for player in ("mpd-user", "mpd-fallback"):
            station.kill(player, signal.SIGCONT)
        await ear.until_hears("programme", after=time.monotonic(), timeout=10)
        # What it owed came in a burst: it may play late from now on, which the other tests must not inherit.
        for player in ("mpd-user", "mpd-fallback"):
            station.kill(player)
    found = [stall for stall in stalls(ear.heard()) if stall.at > hung]
    assert len(found) <= 1, describe(ear)
    assert all(stall.seconds <= STALL for stall in found), describe(ear)


async def test_a_song_that_falls_silent_gives_way_after_eight_seconds(station: Station, tmp_path: Path) -> None:
    silent = write(tmp_path / "silent.flac", join(tone("user", 1), silence(40), tone("user", 1)))
    async with record(f"{station.icecast}/radio") as ear:
        asked = station.play_request(silent)
        await station.until_tier("user")
        await station.until_tier("fallback", seconds=20)
        left = time.monotonic()
        await ear.until_hears("programme", after=left - 1)
    assert 8 < left - asked < 14, describe(ear)


async def test_a_listener_stays_connected_and_hears_standby_while_liquidsoap_restarts(station: Station) -> None:
    async with record(f"{station.icecast}/radio") as ear, record(f"{station.icecast}/radio.mp3") as other:
        await ear.until_hears("programme")
        await asyncio.sleep(0.5)
        killed = station.kill("liquidsoap")
        await ear.until_hears("standby", after=killed, timeout=5)
        back = await ear.until_hears("programme", after=killed + 1, timeout=PROGRAMME_BACK)
        await other.until_hears("programme", after=killed + 1, timeout=PROGRAMME_BACK)
        await asyncio.sleep(2)
    assert back - killed < PROGRAMME_BACK, describe(ear)
    assert ear.closed_at is None, describe(ear)
    assert other.closed_at is None, describe(other)
    assert len(ear.connections) == 1, describe(ear)


def _hls_numbers(station: Station) -> set[int]:
    return {int(number) for number in re.findall(r"aac_(\d+)\.ts", httpx.get(f"{station.front}/hls/aac.m3u8").text)}


async def test_hls_players_find_growing_numbers_after_liquidsoap_was_killed(station: Station) -> None:
    for _ in range(2):
        seen = _hls_numbers(station)
        station.kill("liquidsoap")

        def is_new(seen: set[int] = seen) -> bool:
            return _hls_numbers(station).isdisjoint(seen)

        await station.until(is_new, seconds=20)
        assert min(_hls_numbers(station)) > max(seen)
    assert "#EXT-X-DISCONTINUITY" in httpx.get(f"{station.front}/hls/aac.m3u8").text
    heard = await record_hls(f"{station.front}/hls/live.m3u8", 6)
    assert "programme" in {span.name for span in spans(heard.heard())}


async def test_the_mount_is_back_soon_after_icecast_was_killed(station: Station) -> None:
    async with record(f"{station.icecast}/radio", reconnect=True) as ear:
        await ear.until_hears("programme")
        killed = station.kill("icecast")
        await ear.until_hears("programme", after=killed + 0.5, timeout=ICECAST_BACK)
    assert ear.outages, describe(ear)
    away = ear.outages[0].seconds
    assert away is not None
    assert away < ICECAST_BACK, describe(ear)


async def test_the_air_goes_on_without_any_service_and_as_run_is_whole_afterwards(
    station: Station, tmp_path: Path
) -> None:
    above = ["api", "api-worker", "stream-control", "ai-brain", "postgres", "redis", "caddy"]
    first, second = (write(tmp_path / f"{name}.flac", tone(name, 12), {"title": name}) for name in ("user", "user_b"))
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_hears("programme")
        before = time.time()
        asked = station.play_request(first)
        station.play_request(second)
        await ear.until_hears("user", after=asked)
        await station.until(lambda: len(_requests(station)) == 2)
        for program in above:
            station.kill(program)
        station.supervise("stop", *above)
        quiet_from = time.monotonic()
        following = await ear.until_hears("user_b", after=asked, timeout=20)
        await ear.until_hears("programme", after=following, timeout=20)
        await asyncio.sleep(2)
        quiet_until = time.monotonic()
        station.supervise("start", *above)
        await station.until(lambda: station.ready()["ready"], seconds=60, every=0.5)
        await station.until(lambda: not station.call("GET", "/queue").json()["playing"], seconds=20)
    assert longest_silence(ear.heard(), (quiet_from, quiet_until)) <= SILENCE, describe(ear)
    assert stalls(ear.heard().between(quiet_from, quiet_until), at_least=1.0) == [], describe(ear)
    since = datetime.fromtimestamp(before, UTC).isoformat()
    rows = station.as_run(tier="user", since=since)
    assert [(row["title"], row["ended_reason"]) for row in rows] == [("user_b", "finished"), ("user", "finished")]
    assert all(row["heard_seconds"] == pytest.approx(12, abs=1.5) for row in rows), rows


def _requests(station: Station) -> list[str]:
    with station.player("user") as mpd:
        return [song["file"] for song in mpd.playlistinfo()]
