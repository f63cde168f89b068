"""`make bench-api`: what the front door answers, and how fast a change of track reaches a thousand browsers.

On a real station, through Caddy, with the generator on the same machine: the processors are shared with it, so a figure
is what this machine does in all, and a station with the generator elsewhere does better. Latencies are from the first
byte written to the last byte read. AIRTIGHT_BENCH_SECONDS (10, for each kind of request) and AIRTIGHT_BENCH_CLIENTS
(1000) shorten a trial run.

- now playing: the static file, 32 connections;
- queue: the public list with songs in it, 16 connections;
- submit: uploads of one second of sound by the station's own token, 8 connections, while the worker prepares them;
- login: passwords hashed with bcrypt as in operation, 4 connections;
- fan-out: now playing published in Redis until each, and the last, of the clients has the event.
"""

import asyncio
import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from listening import encoded, tone
from redis.asyncio import Redis
from station import Station, running_station

from bench.fan_out import all_heard, listeners
from bench.load import Load, load, message, upload
from bench.report import environment, last_line, show

SECONDS = float(os.environ.get("AIRTIGHT_BENCH_SECONDS", "10"))
CLIENTS = int(os.environ.get("AIRTIGHT_BENCH_CLIENTS", "1000"))
SUBMISSIONS = 200
WAITING = 50
"""Songs in the queue that is listed."""
ROUNDS = 20
PASSWORD = "correct horse battery"
# One person signs in from one address again and again, and asks for more songs than anybody could.
LIMITS = {
    "AIRTIGHT_API_LOGIN_ATTEMPTS_PER_ADDRESS": "1000000",
    "AIRTIGHT_API_MAX_QUEUE_LENGTH": "500",
}


def tell(name: str, done: Load) -> dict[str, float]:
    """Print what came of a load, and return it."""
    figures = done.figures()
    print(f"{name:<44}" + "  ".join(f"{key} {value:g}" for key, value in figures.items()), flush=True)
    return figures


async def now_playing(port: int) -> Load:
    """The static file."""
    asking = message("GET", "/api/now-playing")
    return await load(port, lambda _: asking, connections=32, seconds=SECONDS)


async def queue(port: int) -> Load:
    """The public list."""
    asking = message("GET", "/api/queue")
    return await load(port, lambda _: asking, connections=16, seconds=SECONDS)


async def submit(station: Station, port: int, *, number: int) -> Load:
    """Uploads, each of another song."""
    song = encoded(tone("user", 1), ".flac")

    def make(count: int) -> bytes:
        return upload("/api/queue", name=f"song {count} {time.monotonic_ns()}.flac", file=song, headers=station.admin)

    return await load(port, make, connections=8, most=number)


async def login(station: Station, port: int) -> Load:
    """One person signs in."""
    email = f"bench-{time.time_ns()}@example.org"
    answer = station.call("POST", "/auth/register", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    body = json.dumps({"email": email, "password": PASSWORD}).encode()
    asking = message("POST", "/api/auth/login", headers={"Content-Type": "application/json"}, body=body)
    return await load(port, lambda _: asking, connections=4, seconds=SECONDS)


async def fan_out(station: Station, port: int) -> dict[str, list[float]]:
    """Seconds from a change until a client, and until the last client, has it."""
    figures: dict[str, list[float]] = {"each client": [], "last client": []}
    async with Redis.from_url(f"unix://{station.run}/redis.sock") as redis, listeners(port, CLIENTS) as clients:
        for number in range(ROUNDS):
            mark = f"fan-out {number} {time.time_ns()}"
            told = {**station.now_playing(), "title": mark, "updated_at": datetime.now(UTC).isoformat()}
            for client in clients:
                client.expect(mark.encode())
            published = time.monotonic()
            await redis.publish("airtight:now_playing", json.dumps(told))
            heard = [moment - published for moment in await all_heard(clients)]
            figures["each client"] += heard
            figures["last client"].append(max(heard))
            await asyncio.sleep(0.5)
    return figures


async def measure(station: Station) -> dict[str, object]:
    """Everything, one after the other; returns the figures."""
    port = 8080 + station.offset
    results: dict[str, object] = {"now playing": tell("now playing", await now_playing(port))}
    await submit(station, port, number=WAITING)
    results["queue"] = tell(f"queue, {WAITING} songs", await queue(port))
    station.clear_requests()
    results["submit"] = tell("submit", await submit(station, port, number=SUBMISSIONS))
    station.clear_requests()
    results["login"] = tell("login", await login(station, port))
    for name, seconds in (await fan_out(station, port)).items():
        shown = show(f"event to {CLIENTS} clients: {name}, s", seconds)
        results[f"event, {name}"] = {"clients": CLIENTS, **shown}
    return results


def main() -> None:
    """Measure, print, and remove the station."""
    print("\n".join(f"{name}: {value}" for name, value in environment().items()), flush=True)
    os.environ.update(LIMITS)
    folder = Path(tempfile.mkdtemp(prefix="airtight-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    with running_station(folder, {"programme.flac": encoded(tone("programme", 600), ".flac")}) as station:
        asyncio.run(station.until_tier("fallback", seconds=120))
        results = asyncio.run(measure(station))
    last_line("api", results)


if __name__ == "__main__":
    main()
