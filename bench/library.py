"""How the library behaves with 100,000 tracks: `make bench-library` prints figures and ends with one JSON line.

A PostgreSQL and a Redis of its own, filled with a varied collection, and the service as a process of its own; clients
and servers share the machine. Latencies are those of one client at a time over HTTP, from the first byte written to the
last byte read, in milliseconds. AIRTIGHT_BENCH_TRACKS (100000) and AIRTIGHT_BENCH_REQUESTS (60, of each kind) shorten a
trial run.

- search: words that many tracks have, and few; begun words, typing errors, codes, filters, pages deep inside;
- lists: everything, or a kind, in an order;
- facets: of everything, of filters, of words;
- export: the whole catalog as a service reads it, and the most memory that the service takes meanwhile;
- edits: 10,000 tracks changed in one act, and taken back.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from api.library.artists.service import Credit, credit
from api.settings import Settings
from desk.settings import ADMIN_TOKENS, STREAM_CONTROL_TOKEN, api_settings, make_folders
from desk.worker import environment as service_environment
from kit import db
from kit.testing import Servers, database, free_port, running_servers
from sqlalchemy import text

from bench.collection import COLUMNS, COMMON, GENRES, tracks
from bench.load import load, message
from bench.report import environment, last_line, percentile

TRACKS = int(os.environ.get("AIRTIGHT_BENCH_TRACKS", "100000"))
REQUESTS = int(os.environ.get("AIRTIGHT_BENCH_REQUESTS", "60"))
EDITED = 10_000
AT_ONCE = 5_000
SERVICE = Path(__file__).parents[1] / "services/api"
STAFF = {"Authorization": f"Bearer {ADMIN_TOKENS[0]}"}
Queries = Mapping[str, list[dict[str, Any]]]


async def fill(url: str) -> list[dict[str, Any]]:
    """The collection, as an import would leave it; returns its rows."""
    rows = list(tracks(TRACKS))
    engine = db.connect(url)
    sessions = db.sessions(engine)
    for start in range(0, TRACKS, AT_ONCE):
        some = rows[start : start + AT_ONCE]
        async with sessions.begin() as tx:
            raw: Any = (await (await tx.connection()).get_raw_connection()).driver_connection
            records = [tuple(row[name] for name in COLUMNS) for row in some]
            await raw.copy_records_to_table("tracks", schema_name="api", records=records, columns=COLUMNS)
            await credit(tx, {row["id"]: Credit(row["artist"], row["composer"]) for row in some})
    async with sessions.begin() as tx:
        names = "SELECT gen_random_uuid(), 'Category ' || generate_series(1, 30)"
        await tx.execute(text(f"INSERT INTO api.categories (id, name) {names}"))
        await tx.execute(text("SELECT setval('api.library_versions', :last)"), {"last": TRACKS})
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        await raw.execute(
            "INSERT INTO api.track_categories SELECT id, (ARRAY(SELECT id FROM api.categories))[1 + size % 30] "
            "FROM api.tracks WHERE kind = 'MUS'",
            timeout=600,
        )
        await raw.execute("VACUUM ANALYZE", timeout=600)
    await engine.dispose()
    return rows


@contextmanager
def serving(servers: Servers, url: str, var: Path) -> Iterator[tuple[Settings, subprocess.Popen[bytes]]]:
    """The service as a process of its own."""
    make_folders(var)
    settings = api_settings(var, url, servers.redis_url, port=free_port())
    told = {**service_environment(settings), "AIRTIGHT_PORT_API": str(settings.port), "AIRTIGHT_LOG_JSON": "true"}
    process = subprocess.Popen([sys.executable, "-m", "api"], env=told, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    try:
        deadline = time.monotonic() + 60
        while not _answers(settings.port):
            if time.monotonic() > deadline or process.poll() is not None:
                raise TimeoutError("the service does not start")
            time.sleep(0.2)
        yield settings, process
    finally:
        process.terminate()
        process.wait(20)


def searches(rows: list[dict[str, Any]], chance: random.Random) -> Queries:
    """Kinds of searches, each with its questions."""

    def some(make: Any) -> list[dict[str, Any]]:
        return [make(chance.choice(rows)) for _ in range(REQUESTS)]

    def title(row: dict[str, Any]) -> str:
        return str(row["title"])

    return {
        "common word": some(lambda _: {"q": chance.choice(COMMON)}),
        "rare word": some(lambda row: {"q": title(row).split()[-1]}),
        "title and artist": some(lambda row: {"q": f"{title(row)} {row['artist']}"[:200]}),
        "begun word": some(lambda row: {"q": title(row)[: max(3, len(title(row)) - 2)]}),
        "typing error": some(lambda row: {"q": _mistyped(title(row), chance)}),
        "code": some(lambda row: {"q": row["isrc"] or "QZAAA0000001"}),
        "word and filters": some(
            lambda row: {"q": chance.choice(COMMON), "genre": row["genre"] or "Rock", "year_from": 1990}
        ),
        "filters": some(
            lambda row: {"genre": row["genre"] or "Rock", "mood": "calm", "tempo_from": 90, "tempo_to": 130}
        ),
    }


def lists(rows: list[dict[str, Any]], chance: random.Random) -> Queries:
    """Whole lists in some order; those without an index are looked through from end to end."""
    return {
        "everything, newest first": [{}] * REQUESTS,
        "everything by title": [{"sort": "title"}] * REQUESTS,
        "a kind by year": [{"kind": chance.choice(rows)["kind"], "sort": "year"} for _ in range(REQUESTS)],
        "a tempo by energy": [{"tempo_from": 100, "tempo_to": 120, "sort": "energy"}] * REQUESTS,
    }


def facets(rows: list[dict[str, Any]], chance: random.Random) -> Queries:
    """Kinds of facets, each with its questions."""
    return {
        "facets of everything": [{}] * REQUESTS,
        "facets of a genre": [{"genre": chance.choice(GENRES)} for _ in range(REQUESTS)],
        "facets of music": [{"kind": "MUS", "year_from": chance.randint(1955, 2020)} for _ in range(REQUESTS)],
        "facets of a common word": [{"q": chance.choice(COMMON)} for _ in range(REQUESTS)],
        "facets of a rare word": [{"q": str(chance.choice(rows)["title"]).split()[-1]} for _ in range(REQUESTS)],
    }


async def ask(port: int, path: str, queries: Queries) -> list[float]:
    """Milliseconds of each answer; prints them by kind."""
    everything: list[float] = []
    for name, asked in queries.items():
        messages = [message("GET", f"{path}?{urlencode(one, doseq=True)}", headers=STAFF) for one in asked]
        done = await load(port, messages.__getitem__, connections=1, most=len(messages))
        if done.refused:
            raise ConnectionError(f"{name}: {done.refused} were refused")
        everything += show(name, [one * 1000 for one in done.latencies])
    return everything


async def deep(client: httpx.AsyncClient) -> list[float]:
    """Pages of a common word, one after the other, as far as they go or two hundred."""
    taken: list[float] = []
    after: dict[str, str] = {}
    for _ in range(200):
        began = time.monotonic()
        body = (await client.get("/library/tracks", params={"q": COMMON[0], **after})).raise_for_status().json()
        taken.append((time.monotonic() - began) * 1000)
        if body["next"] is None:
            break
        after = {"after": body["next"]}
    return show("deep pages", taken)


async def export(client: httpx.AsyncClient, process: subprocess.Popen[bytes]) -> dict[str, float]:
    """The whole catalog."""
    began, count, before = time.monotonic(), 0, peak_mb(process.pid)
    headers = {"Authorization": f"Bearer {STREAM_CONTROL_TOKEN}"}
    async with client.stream("GET", "/internal/library/tracks", headers=headers) as answer:
        async for piece in answer.aiter_bytes():
            count += piece.count(b"\n")
    seconds = time.monotonic() - began
    told = {"rows": count, "per_second": round(count / seconds), "grown_mb": round(peak_mb(process.pid) - before, 1)}
    print(f"{'export':<28}" + "  ".join(f"{name} {value:g}" for name, value in told.items()), flush=True)
    return told


async def edits(client: httpx.AsyncClient, rows: list[dict[str, Any]]) -> dict[str, float]:
    """Many tracks changed at once, looked at first and taken back."""
    which = {"track_ids": [str(row["id"]) for row in rows[:EDITED]]}
    wish = {"which": which, "edit": {"set": {"mood": "bright"}, "add_tags": ["bench"]}}
    told = {"rows": min(EDITED, len(rows))}
    took: dict[str, float] = {}
    for name, path, body in (("preview_s", "preview", wish), ("edit_s", "", wish)):
        began = time.monotonic()
        answer = await client.post(f"/library/edits/{path}".rstrip("/"), json=body)
        took[name] = round(time.monotonic() - began, 2)
        answer.raise_for_status()
    began = time.monotonic()
    (await client.post(f"/library/edits/{answer.json()['edit_id']}/undo")).raise_for_status()
    took["undo_s"] = round(time.monotonic() - began, 2)
    print(f"{'edits':<28}" + "  ".join(f"{name} {value:g}" for name, value in took.items()), flush=True)
    return {**told, **took}


def show(name: str, milliseconds: list[float]) -> list[float]:
    """Print a distribution, and return it."""
    figures = "  ".join(f"p{rank} {percentile(milliseconds, rank):.1f}" for rank in (50, 90, 95, 99))
    print(f"{name:<28}n {len(milliseconds)}  {figures}  max {max(milliseconds):.1f}", flush=True)
    return milliseconds


def peak_mb(pid: int) -> float:
    """The most memory that a process ever had, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def measure(port: int, process: subprocess.Popen[bytes], rows: list[dict[str, Any]]) -> dict[str, object]:
    """Everything, one after the other; returns the figures."""
    chance = random.Random(2)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=STAFF, timeout=120) as client:
        for _ in range(10):  # so that nothing is asked for the first time
            (await client.get("/library/tracks", params={"q": "love"})).raise_for_status()
            (await client.get("/library/facets")).raise_for_status()
        search = await ask(port, "/library/tracks", searches(rows, chance)) + await deep(client)
        listed = await ask(port, "/library/tracks", lists(rows, chance))
        counted = await ask(port, "/library/facets", facets(rows, chance))
        return {
            "tracks": TRACKS,
            "search_ms": _told(show("search in all", search)),
            "lists_ms": _told(show("lists in all", listed)),
            "facets_ms": _told(show("facets in all", counted)),
            "export": await export(client, process),
            "bulk_edit": await edits(client, rows),
        }


def _told(milliseconds: list[float]) -> dict[str, float]:
    return {f"p{rank}": round(percentile(milliseconds, rank), 1) for rank in (50, 95)}


def _mistyped(title: str, chance: random.Random) -> str:
    """Two neighbouring letters of the longest word in the wrong order."""
    word = max(title.split(), key=len)
    at = chance.randint(1, max(1, len(word) - 2))
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :] + "x"


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=1).is_success
    except httpx.HTTPError:
        return False


def main() -> None:
    """Fill, measure, print, and remove everything."""
    print("\n".join(f"{name}: {value}" for name, value in environment().items()), flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="airtight-bench-") as folder,
        running_servers() as servers,
        database(servers, SERVICE, "AIRTIGHT_API_DATABASE_URL") as url,
    ):
        began = time.monotonic()
        rows = asyncio.run(fill(url))
        print(f"filled with {TRACKS} tracks in {time.monotonic() - began:.0f} s", flush=True)
        with serving(servers, url, Path(folder)) as (settings, process):
            results = asyncio.run(measure(settings.port, process, rows))
    last_line("library", json.loads(json.dumps(results)))


if __name__ == "__main__":
    main()
