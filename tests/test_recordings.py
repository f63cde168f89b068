"""What is recorded of a show and of the air, by ear: all of it, once, and nothing else."""

import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from encoder import encoder
from listening import RATE, Pcm, decode_file, heard, largest_phase_step, spans, tone_levels
from station import Station
from streamer import Streamer, journalled, live_now

# A missing sample turns the phase of the tones by 0.19 at least.
ONE_PIECE = 0.1
EDGES = 1.5
"""Seconds, twice, that the beginning and the end of a session may differ from the sound of it."""
OUTAGE = 12.0
"""Seconds at most that Icecast's death costs a show's recording on a busy machine."""


@dataclass(frozen=True)
class Part:
    """A file of a session: when its first sample was (Unix time), and its sound."""

    began: float
    pcm: Pcm

    @property
    def seconds(self) -> float:
        return len(self.pcm) / RATE

    @property
    def ended(self) -> float:
        return self.began + self.seconds

    def tones(self) -> set[str]:
        """What is heard in it, besides silence."""
        return {span.name for span in spans(heard(self.pcm)) if span.seconds > 0.05} - {"silence"}

    def seconds_of(self, tone: str) -> float:
        return sum(span.seconds for span in spans(heard(self.pcm)) if span.name == tone)


def recording(station: Station, session: str) -> Path:
    return station.var / "media" / "recordings" / "live" / session


def parts(station: Station, session: str) -> list[Part]:
    """The parts of a closed recording; fails when anything else is there."""
    folder = recording(station, session)
    names = sorted(path.name for path in folder.iterdir())
    count = (len(names) - 1) // 2
    numbers = [f"{number:04}" for number in range(1, count + 1)]
    assert names == [*(name + suffix for name in numbers for suffix in (".json", ".oga")), "closed"]
    began = [json.loads((folder / f"{name}.json").read_text())["began_at"] for name in numbers]
    sound = [decode_file(str(folder / f"{name}.oga")) for name in numbers]
    return [Part(datetime.fromisoformat(at).timestamp(), pcm) for at, pcm in zip(began, sound, strict=True)]


def recorder(station: Station) -> dict[str, Any]:
    """What the recorder says of itself."""
    return dict(json.loads((station.run / "recorder.json").read_text()))


@pytest.fixture
def untouched(station: Station) -> Iterator[None]:
    """Nobody makes airchecks of recordings meanwhile, and takes them away."""
    station.supervise("stop", "api-worker")
    yield
    station.supervise("start", "api-worker")


async def until_it_records(station: Station, session: str, *, after: float) -> None:
    """Wait until the recorder says so, in a word younger than a moment (`time.time()`)."""

    def records() -> bool:
        state = recorder(station)
        fresh = datetime.fromisoformat(state["at"]).timestamp() > after
        return fresh and session in (state["live"]["file"] or "")

    await station.until(records, seconds=30)


async def session_of(station: Station) -> str:
    """Who is live, as soon as somebody is."""
    await station.until(lambda: live_now(station)["session"])
    return str(live_now(station)["session"])


async def test_a_show_is_recorded_whole_whatever_dies_and_the_next_one_is_not_in_it(
    station: Station, streamer: Streamer, untouched: None, tmp_path: Path
) -> None:
    other, began = Streamer(station, "other"), time.time()
    async with encoder(station, streamer.token, folder=tmp_path):
        first = await session_of(station)
        for _ in range(2):
            await asyncio.sleep(2)
            await asyncio.to_thread(station.kill, "recorder")
            await until_it_records(station, first, after=time.time())
        await asyncio.sleep(1)
    await station.until(lambda: station.call("GET", "/livestream/now").json()["state"] == "off", every=0.02)
    async with encoder(station, other.token, "live_b", folder=tmp_path):
        second = await session_of(station)
        await until_it_records(station, second, after=0)
        await asyncio.sleep(2)
        await asyncio.to_thread(station.kill, "icecast")
        await asyncio.sleep(2)
        await until_it_records(station, second, after=time.time())
        await asyncio.sleep(2)
    for session in (first, second):
        await station.until((recording(station, session) / "closed").exists)
    _is_the_first_show(parts(station, first), *_times(station, first, began))
    _is_the_second_show(parts(station, second), *_times(station, second, began))


def _times(station: Station, session: str, since: float) -> tuple[float, float]:
    """When the session's encoder connected and left (Unix time)."""
    connected, left = [
        float(line["at"]) for line in journalled(station, "live", since=since) if line["session"] == session
    ]
    return connected, left


def _is_the_first_show(found: list[Part], connected: float, left: float) -> None:
    [part] = found
    assert part.tones() == {"live"}
    assert part.began == pytest.approx(connected, abs=EDGES)
    assert part.ended == pytest.approx(left, abs=2 * EDGES)
    assert part.seconds_of("live") == pytest.approx(left - connected, abs=2 * EDGES)
    assert largest_phase_step(part.pcm, "live") < ONE_PIECE
    # Before the limiter and the fades: as loud as it was sent, from the first moment on.
    level = tone_levels(part.pcm).tones["live"]
    assert float(np.median(level[level > -40])) == pytest.approx(-20, abs=0.5)


def _is_the_second_show(found: list[Part], connected: float, left: float) -> None:
    before, after = found
    assert before.tones() == after.tones() == {"live_b"}
    assert before.began == pytest.approx(connected, abs=EDGES)
    assert after.ended == pytest.approx(left, abs=2 * EDGES)
    assert 0 < after.began - before.ended < OUTAGE
    for part in found:
        assert largest_phase_step(part.pcm, "live_b") < ONE_PIECE


async def test_the_logger_has_what_listeners_heard_in_a_file_of_the_hour(station: Station) -> None:
    await station.until(lambda: recorder(station)["air"]["file"])
    file = station.var / "media" / "recordings" / recorder(station)["air"]["file"]
    began = file.stat().st_size
    await station.until(lambda: file.stat().st_size > began + 24_000)
    sound = decode_file(str(file))
    assert spans(heard(sound))[-1].name == "programme"
    assert len(sound) / RATE == pytest.approx(file.stat().st_size / 8_500, rel=0.1)
    hour = datetime.strptime(f"{file.parent.name} {file.name[:2]} +0000", "%Y-%m-%d %H %z")
    assert 0 <= time.time() - hour.timestamp() < 3600 + 10
    assert "recorder" in station.ready()["checks"]
    await station.until(lambda: station.ready()["checks"]["recorder"]["ok"])


@pytest.mark.parametrize("mount", ["live", "air"])
def test_the_recorders_mounts_are_closed_to_listeners(started_station: Station, mount: str) -> None:
    inside = partial(httpx.get, f"{started_station.icecast}/recorder/{mount}", timeout=5)
    assert inside().status_code == 401
    assert inside(auth=("recorder", "wrong")).status_code == 401
    assert inside(auth=("source", started_station.settings["AIRTIGHT_ICECAST_SOURCE_PASSWORD"])).status_code == 401
    for path in itertools.product(("/recorder", "/Recorder", "/%72ecorder", "//recorder"), (f"/{mount}", "", "/")):
        answer = httpx.get(f"{started_station.front}{''.join(path)}", timeout=5)
        assert answer.status_code == 404, path
    assert "recorder" not in httpx.get(f"{started_station.icecast}/status-json.xsl", timeout=5).text
