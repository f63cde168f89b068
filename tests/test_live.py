"""A streamer's show, from the encoder to the ear."""

import asyncio
import base64
import itertools
import json
import os
import signal
import subprocess
import time
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from encoder import encoder, source_of
from listening import describe, encoded, first_heard, last_heard, longest_silence, record, spans, tone
from station import Station
from streamer import Streamer, journalled, live_now, send_title
from websockets.asyncio.client import connect

# Twice what is promised, in seconds.
AUDIBLE = {"opus": 3.0, "opus_pages": 5.0, "mp3": 5.0, "aac": 5.0}
OFF = 3.0
CUT_WITHIN = 2.0
LET_GO = 6.0
TITLE_SHOWN = 2.0


def limit(station: Station, seconds: float) -> float:
    """Let who is live go on for so long from now; returns the moment of the limit."""
    headers = {"Authorization": f"Bearer {station.settings['AIRTIGHT_API_TOKEN']}"}
    order = {"session": live_now(station)["session"], "seconds_left": seconds}
    moment = time.monotonic()
    answer = httpx.post(f"{station.control}/internal/live/limit", json=order, headers=headers, timeout=5)
    assert answer.status_code == 200, answer.text
    return moment + seconds


@pytest.mark.parametrize("codec", AUDIBLE)
async def test_a_streamer_is_soon_heard_and_the_programme_soon_after_the_end(
    station: Station, streamer: Streamer, tmp_path: Path, codec: str
) -> None:
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_hears("programme")
        async with encoder(station, streamer.token, codec=codec, folder=tmp_path) as show:
            heard = await ear.until_hears("live", after=show.began, timeout=15)
            await asyncio.sleep(4)
            ended = show.kill()
        await ear.until_hears("programme", after=ended + 0.2, timeout=10)
        await asyncio.sleep(3)
    assert heard - show.began < AUDIBLE[codec], describe(ear)
    last = last_heard(ear.heard(), "live")
    assert last is not None
    assert last - ended < OFF, describe(ear)
    assert longest_silence(ear.heard(), (show.began, ended)) < 0.02, describe(ear)
    assert [span.name for span in spans(ear.heard().between(ended + OFF, ended + 10))] == ["programme"]


async def test_a_plain_http_put_is_an_encoder_too(station: Station, streamer: Streamer, tmp_path: Path) -> None:
    async with (
        record(f"{station.icecast}/radio") as ear,
        encoder(station, streamer.token, codec="mp3", put=True, folder=tmp_path) as show,
    ):
        await ear.until_hears("live", after=show.began, timeout=15)


async def test_a_second_encoder_is_refused_and_the_air_is_undisturbed(
    station: Station, streamer: Streamer, tmp_path: Path
) -> None:
    other = Streamer(station, "other")
    async with record(f"{station.icecast}/radio") as ear, encoder(station, streamer.token, folder=tmp_path) as show:
        await ear.until_hears("live", after=show.began, timeout=15)
        await asyncio.sleep(2.5)
        since = time.monotonic()
        for token in (other.token, streamer.token, "nonsense"):
            async with encoder(station, token, "live_b", folder=tmp_path) as late:
                await late.until_gone(8)
            assert "401" in late.said
        # ffmpeg takes no token as long as this one.
        oversized = httpx.BasicAuth("source", "x" * 20_000)
        headers = {"Content-Type": "audio/mpeg"}
        address = f"http://127.0.0.1:{8003 + station.offset}/live"
        answer = httpx.put(address, auth=oversized, headers=headers, content=b"", timeout=8)
        assert answer.status_code == 401
        assert show.process.poll() is None
        await asyncio.sleep(1)
        until = time.monotonic()
    air = ear.heard().between(since, until)
    assert [span.name for span in spans(air)] == ["live"], describe(ear)
    assert longest_silence(air) < 0.02


async def test_a_show_ends_at_its_limit_with_a_crossfade(station: Station, streamer: Streamer, tmp_path: Path) -> None:
    async with record(f"{station.icecast}/radio") as ear, encoder(station, streamer.token, folder=tmp_path) as show:
        await ear.until_hears("live", after=show.began, timeout=15)
        ends = await asyncio.to_thread(limit, station, 5)
        gone = await show.until_gone(10)
        await asyncio.sleep(2)
    last = last_heard(ear.heard(), "live")
    assert last is not None
    assert abs(last - ends) < CUT_WITHIN, describe(ear)
    assert abs(gone - ends) < CUT_WITHIN
    assert longest_silence(ear.heard(), (ends - 3, ends + 3)) < 0.02, describe(ear)


SERVICES = ("api", "api-worker", "stream-control", "redis", "postgres", "caddy", "ai-brain")


async def test_a_show_goes_on_and_ends_at_its_limit_with_every_service_dead(
    station: Station, streamer: Streamer, tmp_path: Path
) -> None:
    began = time.time()
    async with record(f"{station.icecast}/radio") as ear, encoder(station, streamer.token, folder=tmp_path) as show:
        await ear.until_hears("live", after=show.began, timeout=15)
        session = live_now(station)["session"]
        ends = await asyncio.to_thread(limit, station, 12)
        pids = [station.pid(name) for name in SERVICES]
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(max(0.0, ends - 3 - time.monotonic()))
            before = time.monotonic()
            gone = await show.until_gone(20)
            await asyncio.sleep(2)
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
    last = last_heard(ear.heard(), "live")
    assert last is not None
    assert abs(last - ends) < CUT_WITHIN, describe(ear)
    assert abs(gone - ends) < CUT_WITHIN
    assert [span.name for span in spans(ear.heard().between(before - 2, before))] == ["live"]
    await station.until(lambda: bool(_ended(station, session)), seconds=30)
    [end] = _ended(station, session)
    lines = journalled(station, "tier", since=began)
    on_air = [float(line["at"]) for line in lines if "live" in (line["tier"], line["previous"])]
    assert end["reason"] == "cut"
    assert end["heard_seconds"] == pytest.approx(on_air[1] - on_air[0], abs=0.1)


def _ended(station: Station, session: str) -> list[dict[str, Any]]:
    """The facts of a session's end."""
    headers = {"Authorization": f"Bearer {station.settings['AIRTIGHT_API_TOKEN']}"}
    found, after = [], 0
    while page := httpx.get(
        f"{station.control}/internal/facts", params={"after": after, "limit": 1000}, headers=headers, timeout=5
    ).json():
        after = page[-1]["seq"]
        found += [one["fact"] for one in page if one["fact"]["type"] == "live_ended"]
    return [fact for fact in found if fact["session_id"] == session]


async def test_a_frozen_encoder_is_let_go(station: Station, streamer: Streamer, tmp_path: Path) -> None:
    other = Streamer(station, "other")
    async with record(f"{station.icecast}/radio") as ear, encoder(station, streamer.token, folder=tmp_path) as show:
        await ear.until_hears("live", after=show.began, timeout=15)
        frozen = show.freeze()
        await ear.until_hears("programme", after=frozen + 0.2, timeout=10)
        free = await station.until(lambda: live_now(station)["session"] is None, seconds=15)
        assert free - frozen < LET_GO
        await station.until(lambda: station.call("GET", "/livestream/now").json()["state"] == "off", seconds=5)
        async with encoder(station, other.token, "live_b", folder=tmp_path) as following:
            await ear.until_hears("live_b", after=following.began, timeout=10)


async def test_nothing_of_one_session_is_heard_in_the_next(
    station: Station, streamer: Streamer, tmp_path: Path
) -> None:
    other = Streamer(station, "other")
    turns = [(streamer.token, "live", "mp3"), (other.token, "live_b", "opus"), (streamer.token, "live", "opus_pages")]
    begun: list[float] = []
    async with record(f"{station.icecast}/radio") as ear:
        for token, name, codec in [*turns, (other.token, "live_b", "aac")]:
            async with encoder(station, token, name, codec=codec, folder=tmp_path) as show:
                begun.append(show.began)
                await ear.until_hears(name, after=show.began, timeout=15)
                await asyncio.sleep(3)
            # As soon as the slot is free: what waits in the buffer has not run out by then.
            await station.until(lambda: station.call("GET", "/livestream/now").json()["state"] == "off", every=0.02)
        await asyncio.sleep(2)
    sound = ear.heard()
    heard = [span.name for span in spans(sound) if span.name in ("live", "live_b") and span.seconds > 0.05]
    assert [name for name, _ in itertools.groupby(heard)] == ["live", "live_b", "live", "live_b"], describe(ear)
    for began, name in zip(begun[1:], ("live", "live_b", "live"), strict=True):
        own = first_heard(sound, "live_b" if name == "live" else "live", began)
        foreign = last_heard(sound.between(0, own or 0), name)
        assert own is not None
        assert foreign is None or foreign <= own, describe(ear)


async def test_silence_falls_to_the_programme_and_sound_comes_back(
    station: Station, streamer: Streamer, tmp_path: Path
) -> None:
    source = source_of("live", silent_from=5, silent_for=15)
    async with (
        record(f"{station.icecast}/radio") as ear,
        encoder(station, streamer.token, source=source, folder=tmp_path) as show,
    ):
        heard = await ear.until_hears("live", after=show.began, timeout=10)
        back = await ear.until_hears("programme", after=heard + 4, timeout=20)
        assert back - heard == pytest.approx(5 + 10, abs=2.5)
        again = await ear.until_hears("live", after=back + 1, timeout=15)
        assert again - heard == pytest.approx(5 + 15, abs=2)
        assert show.process.poll() is None


async def test_a_request_is_held_during_a_show_and_goes_on_where_it_was(
    station: Station, streamer: Streamer, tmp_path: Path, request_song: Path
) -> None:
    async with record(f"{station.icecast}/radio") as ear:
        queued = await asyncio.to_thread(station.play_request, request_song)
        await ear.until_hears("user", after=queued, timeout=15)
        await asyncio.sleep(3)
        async with encoder(station, streamer.token, folder=tmp_path) as show:
            await ear.until_hears("live", after=show.began, timeout=15)
            await asyncio.sleep(4)
            with station.player("user") as mpd:
                before = float(mpd.status()["elapsed"])
            await asyncio.sleep(3)
            with station.player("user") as mpd:
                after = float(mpd.status()["elapsed"])
            assert after - before < 0.5
            ended = show.kill()
        await ear.until_hears("user", after=ended + 0.2, timeout=10)
        with station.player("user") as mpd:
            assert float(mpd.status()["elapsed"]) == pytest.approx(before, abs=6)


async def test_the_encoders_titles_are_shown_and_the_streamers_name_without_one(
    station: Station, streamer: Streamer, tmp_path: Path
) -> None:
    async with encoder(station, streamer.token, codec="mp3", folder=tmp_path):
        await station.until_tier("live")
        await station.until(partial(_shows, station, "streamer"), seconds=2)
        for title in ("Zwei <b>& \u540d</b>", "x" * 20_000, "a\x07b\nc"):
            sent = time.monotonic()
            answer = await asyncio.to_thread(send_title, station, streamer.token, title)
            assert answer.status_code == 200, answer.text
            wanted = " ".join(title.replace("\x07", " ").split())[:200]
            shown = await station.until(partial(_shows, station, wanted), every=0.02)
            assert shown - sent < TITLE_SHOWN
        assert send_title(station, "somebody-else", "Evil").status_code == 401
        await asyncio.sleep(1)
        assert station.now_playing()["title"] == "a b c"
    await station.until(lambda: station.now_playing()["title"] == "programme")


def _shows(station: Station, title: str) -> bool:
    return bool(station.now_playing()["title"] == title)


async def test_a_browser_streams_through_the_front_door(station: Station, streamer: Streamer) -> None:
    sound = encoded(tone("live", 20), ".mp3")
    pieces = [sound[at : at + 4000] for at in range(0, len(sound), 4000)]
    hello = {"mime": "audio/mpeg", "user": "source", "password": streamer.token}
    address = f"{station.front.replace('http', 'ws', 1)}/live-ws"
    async with record(f"{station.icecast}/radio") as ear, connect(address, subprotocols=["webcast"]) as socket:  # type: ignore[list-item]
        began = time.monotonic()
        await socket.send(json.dumps({"type": "hello", "data": hello}))
        await socket.send(json.dumps({"type": "metadata", "data": {"title": "From a browser", "artist": ""}}))
        sending = asyncio.create_task(_send_paced(socket, pieces, seconds=20))
        await ear.until_hears("live", after=began, timeout=15)
        await station.until(lambda: station.now_playing()["title"] == "From a browser", seconds=5)
        sending.cancel()
        await socket.close()
        await ear.until_hears("programme", after=time.monotonic() + 0.2, timeout=10)


async def _send_paced(socket: Any, pieces: list[bytes], *, seconds: float) -> None:
    for piece in pieces:
        await socket.send(piece)
        await asyncio.sleep(seconds / len(pieces))


async def test_a_browser_with_a_wrong_token_is_sent_away(station: Station) -> None:
    address = f"{station.front.replace('http', 'ws', 1)}/live-ws"
    async with connect(address, subprotocols=["webcast"]) as socket:  # type: ignore[list-item]
        hello = {"mime": "audio/mpeg", "user": "source", "password": "nonsense"}
        await socket.send(json.dumps({"type": "hello", "data": hello}))
        await asyncio.wait_for(socket.wait_closed(), 8)
    assert station.now_playing()["tier"] != "live"


async def test_no_token_is_written_to_a_log(station: Station, streamer: Streamer, tmp_path: Path) -> None:
    async with encoder(station, streamer.token, folder=tmp_path):
        await station.until_tier("live")
    command = f"grep -rlF {streamer.token} {station.var}/log {station.var}/journal"
    basic = base64.b64encode(f"source:{streamer.token}".encode()).decode()
    assert subprocess.run(["bash", "-c", command], capture_output=True, check=False).stdout == b""
    command = f"grep -rlF {basic} {station.var}/log {station.var}/journal"
    assert subprocess.run(["bash", "-c", command], capture_output=True, check=False).stdout == b""
    secret = station.settings["LIQUIDSOAP_TOKEN"]
    command = f"grep -rlF {secret} {station.var}/log {station.var}/journal"
    assert subprocess.run(["bash", "-c", command], capture_output=True, check=False).stdout == b""
