"""`make bench-air`: what a listener notices when something dies, and what the station costs.

Each figure is measured on the recorded stream of a real station; the limits are the issue's. AIRTIGHT_BENCH_ROUNDS
(20), AIRTIGHT_BENCH_SECONDS (300, of watching CPU and memory) and AIRTIGHT_BENCH_ONLY (scenarios, comma list) shorten a
trial run.
"""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from listening import Recording, encoded, longest_silence, record, stalls, tone, write
from station import Station, running_station

from bench.processes import watch
from bench.report import environment, last_line, show

ROUNDS = int(os.environ.get("AIRTIGHT_BENCH_ROUNDS", "20"))
SECONDS = float(os.environ.get("AIRTIGHT_BENCH_SECONDS", "300"))
ONLY = [name for name in os.environ.get("AIRTIGHT_BENCH_ONLY", "").split(",") if name]
PROGRAMS = [
    "liquidsoap",
    "mpd-user",
    "mpd-fallback",
    "icecast",
    "standby",
    "stream-control",
    "api",
    "api-worker",
    "ai-brain",
    "postgres",
    "redis",
    "caddy",
]
Round = Callable[[Station, Path, Recording], Awaitable[dict[str, float]]]


async def request(station: Station, song: Path, ear: Recording) -> dict[str, float]:
    """A song enters the idle requests' player; its crossfade begins."""
    asked = station.play_request(song)
    heard = await ear.until_hears("user", after=asked)
    await asyncio.sleep(2.5)
    return {"heard": heard - asked, "silence": longest_silence(ear.heard(), (asked, time.monotonic()))}


async def kill_user(station: Station, song: Path, ear: Recording) -> dict[str, float]:
    """The requests' player dies in the middle of a song."""
    await ear.until_hears("user", after=station.play_request(song))
    await asyncio.sleep(2.5)
    killed = station.kill("mpd-user")
    await asyncio.sleep(2)
    sound = ear.heard()
    heard = await ear.until_hears("programme", after=killed)
    return {"heard": heard - killed, "silence": longest_silence(sound, (killed - 1, killed + 2))}


async def kill_fallback(station: Station, _: Path, ear: Recording) -> dict[str, float]:
    """The programme's player dies; noise, then the programme again."""
    killed = station.kill("mpd-fallback")
    heard = await ear.until_hears("noise", after=killed)
    await asyncio.sleep(0.4)
    back = await ear.until_hears("programme", after=heard + 0.3)
    return {
        "heard": heard - killed,
        "silence": longest_silence(ear.heard(), (killed - 1, time.monotonic())),
        "programme back": back - killed,
    }


async def pause_user(station: Station, song: Path, ear: Recording) -> dict[str, float]:
    """An administrator pauses the requests."""
    await ear.until_hears("user", after=station.play_request(song))
    await asyncio.sleep(2.5)
    paused = time.monotonic()
    station.ask("POST", "/admin/pause?playlist=user")
    heard = await ear.until_hears("programme", after=paused)
    await asyncio.sleep(3)
    return {"heard": heard - paused, "silence": longest_silence(ear.heard(), (paused, time.monotonic()))}


async def pause_fallback(station: Station, _: Path, ear: Recording) -> dict[str, float]:
    """An administrator pauses the programme."""
    paused = time.monotonic()
    station.ask("POST", "/admin/pause?playlist=fallback")
    heard = await ear.until_hears("noise", after=paused)
    await asyncio.sleep(3)
    return {"heard": heard - paused, "silence": longest_silence(ear.heard(), (paused, time.monotonic()))}


async def hang_fallback(station: Station, _: Path, ear: Recording) -> dict[str, float]:
    """The programme's player hangs: the output stalls once."""
    hung = station.kill("mpd-fallback", signal.SIGSTOP)
    await ear.until_hears("noise", after=hung)
    await asyncio.sleep(2)
    # Killed, not continued: a player that hung sends what it owes in a burst, and may be late in every later round.
    station.kill("mpd-fallback")
    found = [stall.seconds for stall in stalls(ear.heard(), at_least=0.15) if stall.at > hung - 0.2]
    return {"stall": max(found, default=0.0), "stalls": float(len(found))}


async def kill_liquidsoap(station: Station, _: Path, ear: Recording) -> dict[str, float]:
    """The engine dies; the listener stays connected and hears standby."""
    killed = station.kill("liquidsoap")
    standby = await ear.until_hears("standby", after=killed)
    back = await ear.until_hears("programme", after=standby + 0.3, timeout=20)
    await asyncio.sleep(1)
    return {"standby": standby - killed, "programme back": back - killed, "dropped": float(ear.closed_at is not None)}


async def kill_icecast(station: Station, _: Path, ear: Recording) -> dict[str, float]:
    """Icecast dies; a listener who reconnects at once has the mount again."""
    killed = station.kill("icecast")
    back = await ear.until_hears("programme", after=killed + 0.5, timeout=20)
    return {"mount back": back - killed}


ROUNDS_OF: dict[str, tuple[Round, dict[str, float]]] = {
    "request": (request, {"heard": 1.2, "silence": 0.05}),
    "kill requests player": (kill_user, {"heard": 0.5, "silence": 0.05}),
    "kill programme player": (kill_fallback, {"heard": 0.5, "silence": 0.05}),
    "pause requests": (pause_user, {"heard": 1.0, "silence": 0.05}),
    "pause programme": (pause_fallback, {"heard": 1.0, "silence": 0.05}),
    "hang programme player": (hang_fallback, {"stall": 0.8, "stalls": 1}),
    "kill liquidsoap": (kill_liquidsoap, {"programme back": 5.0, "dropped": 0}),
    "kill icecast": (kill_icecast, {"mount back": 8.0}),
}


async def rounds(station: Station, song: Path, name: str) -> dict[str, object]:
    """Play one scenario again and again; returns the distribution of each of its figures."""
    play, limits = ROUNDS_OF[name]
    figures: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        await station.until_settled("fallback")
        async with record(f"{station.icecast}/radio", reconnect=name == "kill icecast") as ear:
            await ear.until_hears("programme")
            await asyncio.sleep(0.5)
            for figure, value in (await play(station, song, ear)).items():
                figures.setdefault(figure, []).append(value)
        await station.until(station.is_reset)
    return {figure: show(f"{name}: {figure}", values, limit=limits.get(figure)) for figure, values in figures.items()}


def starts(station: Station) -> dict[str, float]:
    """Start-up times of an installed station, from off air to music."""
    taken = []
    for _ in range(max(3, ROUNDS // 4)):
        station.make("down")
        station.up()
        taken.append(station.started_in)
    return show("make up, installed, to music on air", taken)


def main() -> None:
    """Measure, print, and remove the station."""
    print("\n".join(f"{name}: {value}" for name, value in environment().items()), flush=True)
    folder = Path(tempfile.mkdtemp(prefix="airtight-bench-", dir="/var/tmp"))  # as large as its music
    folder.chmod(0o755)
    results: dict[str, object] = {}
    with running_station(folder, {"programme.flac": encoded(tone("programme", 1800), ".flac")}) as station:
        song = write(folder / "request.flac", tone("user", 60), {"title": "request-1"})
        results["first start"] = show("make up, with its Python packages", [station.started_in])
        for name in ONLY or ROUNDS_OF:
            results[name] = asyncio.run(rounds(station, song, name))
        costs = watch(station, PROGRAMS, seconds=SECONDS)
        for program, cost in costs.items():
            print(f"{program:<44}cpu {cost['cpu_percent']:g} % of a core  memory {cost['memory_mb']:g} MB")
        results["processes"] = costs
        results["start"] = starts(station)
    last_line("air", results)


if __name__ == "__main__":
    main()
