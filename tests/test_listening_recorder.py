"""The ears time a stream against a server that knows when it sent each page."""

import asyncio
import time

import pytest
from listening import describe, encoded, first_heard, join, record, record_hls, silence, spans, stalls, tone
from listening.ffmpeg import Pcm, raw_input, run
from listening.opus import Chain, chains
from listening.paced import Paced, paced, page_script

MARGIN = 0.02
DECODER_DELAY = 0.047
"""Seconds which LAME and a decoder put before the sound, at 48 kHz."""


def chain_of(pcm: Pcm) -> Chain:
    return chains([(0.0, encoded(pcm, ".opus"))])[0]


def sent_at(server: Paced, chain: Chain, second: float) -> float:
    """When the page that completes this second of the chain's audio left the server."""
    samples = 0
    for audio in chain.audio:
        samples += audio.samples
        if samples - chain.pre_skip > second * 48_000:
            return next(at for at, data in server.sent if data == audio.page.raw)
    raise ValueError(second)


async def test_a_change_is_heard_when_its_page_arrives_and_the_burst_is_not_heard() -> None:
    chain = chain_of(join(tone("live", 1), tone("programme", 1.5), tone("user", 0.8)))
    async with paced(page_script(chain, burst=2.0)) as server, record(server.url) as recording:
        await recording.until_closed()
    sound = recording.heard()
    assert [span.name for span in spans(sound)] == ["programme", "user"], describe(recording)
    at = first_heard(sound, "user", recording.started_at)
    assert at == pytest.approx(sent_at(server, chain, 2.5), abs=MARGIN)
    assert stalls(sound) == []
    assert recording.closed_at == pytest.approx(server.sent[-1][0], abs=MARGIN)
    assert recording.wall(time.monotonic()) == pytest.approx(time.time(), abs=MARGIN)
    assert "programme" in describe(recording)


async def test_a_stall_of_800_ms_is_measured_and_the_loop_may_be_busy() -> None:
    chain = chain_of(tone("programme", 1.2))
    script = [(at + 0.8 * (at > 0.75), data) for at, data in page_script(chain)]
    async with paced(script) as server, record(server.url) as recording:
        await asyncio.sleep(0.5)
        time.sleep(0.09)  # a test that blocks the loop must not look like a late stream
        await recording.until_closed()
    (stall,) = stalls(recording.heard())
    assert stall.seconds == pytest.approx(0.8, abs=MARGIN)
    assert stall.at == pytest.approx(server.connected[0] + 0.8, abs=MARGIN)


async def test_chains_joined_by_a_fallback_are_heard_as_one() -> None:
    first, second, third = chain_of(tone("programme", 0.7)), chain_of(tone("live", 1.5)), chain_of(tone("user", 0.4))
    second.audio = second.audio[10:]
    script = [*page_script(first), *page_script(second, start=0.7), *page_script(third, start=1.2)]
    async with paced(script) as server, record(server.url) as recording:
        await recording.until_closed()
    sound = recording.heard()
    assert [span.name for span in spans(sound)] == ["programme", "live", "user"], describe(recording)
    change = first_heard(sound, "live", recording.started_at)
    assert change == pytest.approx(next(at for at, data in server.sent if data == second.audio[0].page.raw), abs=MARGIN)


async def test_a_dropped_listener_reconnects_and_knows_how_long_it_heard_nothing() -> None:
    before, after = page_script(chain_of(tone("programme", 0.6))), page_script(chain_of(tone("user", 0.6)))
    async with paced(before) as server, record(server.url, reconnect=True) as recording:
        dropped = await recording.until_closed()
        last_sent = server.sent[-1][0]
        await asyncio.sleep(0.5)
        server.scripts.append(after)
        await recording.until_hears("user", after=dropped)
        resumed = server.sent[len(before)][0]
    (outage,) = recording.outages
    assert outage.closed_at == pytest.approx(last_sent, abs=MARGIN)
    assert outage.seconds == pytest.approx(resumed - last_sent, abs=MARGIN)
    assert 5 <= len([at for at in recording.failed_attempts if at < resumed]) <= 11
    assert [span.name for span in spans(recording.heard())] == ["programme", "user"]
    assert "s without audio" in describe(recording)


async def test_a_stream_that_is_not_there_is_an_error_at_once_and_a_reconnecting_listener_waits_for_it() -> None:
    async with paced() as server:
        with pytest.raises(ConnectionRefusedError, match="404"):
            async with record(server.url):
                pass
        asyncio.get_running_loop().call_later(0.3, server.scripts.append, page_script(chain_of(tone("live", 0.5))))
        async with record(server.url, reconnect=True) as recording:
            await recording.until_closed()
    assert recording.connections[0].opened_at > recording.started_at + 0.25


async def test_mp3_is_timed_by_its_bytes_and_its_titles_are_read() -> None:
    interval, per_second = 4000, 192_000 // 8
    data = encoded(join(tone("programme", 1), tone("user", 0.6)), ".mp3")[3000:]
    script = []
    for index, start in enumerate(range(0, len(data) - interval, interval)):
        block = b"StreamTitle='A song';".ljust(32, b"\0") if index == 5 else b""
        audio = data[start : start + interval]
        script.append(((start + interval) / per_second, audio + bytes([len(block) // 16]) + block))
    headers = f"Content-Type: audio/mpeg\r\nicy-metaint: {interval}"
    async with paced(script, headers=headers) as server, record(server.url, icy=True) as recording:
        await recording.until_closed()
    (title,) = recording.titles
    assert title.text == "A song"
    assert title.at == pytest.approx(server.sent[5][0], abs=MARGIN)
    sound = recording.heard()
    assert [span.name for span in spans(sound)] == ["programme", "user"], describe(recording)
    change = (1 + DECODER_DELAY) * per_second - 3000
    at = first_heard(sound, "user", recording.started_at)
    assert at == pytest.approx(server.sent[int(change // interval)][0], abs=MARGIN)
    assert stalls(sound) == []


async def test_a_recording_can_be_heard_while_it_goes_on_and_from_any_moment() -> None:
    chain = chain_of(join(tone("programme", 0.7), silence(0.2), tone("user", 0.6)))
    async with paced(page_script(chain)) as server, record(server.url) as recording:
        early = await recording.until_hears("programme")
        at = await recording.until_hears("user", after=early)
        with pytest.raises(TimeoutError, match="live"):
            await recording.until_hears("live", timeout=0.1)
        await recording.until_closed()
    assert at == pytest.approx(sent_at(server, chain, 0.9), abs=MARGIN)
    whole, late = recording.heard(), recording.heard(since=at)
    assert late.seconds == pytest.approx(whole.seconds - 0.7, abs=0.15)
    assert [span.name for span in spans(late)][-1] == "user"
    assert late.arrivals[-1] == whole.arrivals[-1]


async def test_hls_is_heard_segment_by_segment() -> None:
    pcm = join(tone("programme", 2), tone("user", 2))
    stream, _ = run(*raw_input(pcm), "-c:a", "aac", "-b:a", "128k", "-f", "mpegts", "pipe:1", data=pcm.tobytes())
    half = len(stream) // 188 // 2 * 188
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\none.ts\n#EXTINF:2.0,\ntwo.ts\n"
    master = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=128000\nlist.m3u8\n"
    answers = [[(0.0, body)] for body in (master, playlist, stream[:half], stream[half:])]
    async with paced(*answers) as server:
        recording = await record_hls(server.url, 0.3)
    assert [segment.url.rpartition("/")[2] for segment in recording.segments] == ["one.ts", "two.ts"]
    assert [span.name for span in spans(recording.heard()) if span.seconds > 0.1] == ["programme", "user"]
