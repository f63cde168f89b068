"""A real worker: its jobs outlive it."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api.queue.models import QueueItem
from api.settings import Settings
from desk import people
from desk.asking import ask, bearer, found, have, incoming, upload
from desk.settings import api_settings
from desk.sounds import music, sound_file
from desk.source import Source, source
from desk.worker import running_worker
from kit import jobs
from kit.db import Sessions
from kit.testing import Servers
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from sqlalchemy import select, text


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Source]:
    with source() as made:
        made.files = {"/song.mp3": sound_file(tmp_path / "song.wav", music(6)).read_bytes()}
        yield made


@pytest.fixture
def settings(served_settings: Settings, server: Source, database_url: str, servers: Servers) -> Settings:
    """The served station's, with a server that may be fetched from."""
    return api_settings(served_settings.var, database_url, servers.redis_url, fetch_allow=server.address)


async def reached(sessions: Sessions, item: object, *states: str, seconds: float = 40) -> QueueItem:
    async with asyncio.timeout(seconds):
        while (now := await found(sessions, str(item))).state not in states:
            await asyncio.sleep(0.1)
    return now


async def messages(heard: PubSub) -> list[str]:
    """What was published since the subscription, which is confirmed first."""
    said = []
    while message := await heard.get_message(timeout=0.2):
        if message["type"] == "message":
            said.append(message["data"].decode())
    return said


async def link(sessions: Sessions, settings: Settings, url: str) -> QueueItem:
    """A request whose link only the worker may follow, with its job."""
    item = await have(sessions, state="fetching", url=url)
    async with sessions.begin() as tx:
        await jobs.defer(tx, "fetch_request", queue="requests", item_id=str(item.id))
    return item


async def test_requests_are_prepared_and_told_of_and_leave_nothing_behind(
    anybody: httpx.AsyncClient, sessions: Sessions, settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    _, token = await people.user(sessions, settings)
    song = sound_file(tmp_path / "a.flac", title="A Song").read_bytes()
    async with redis.pubsub() as heard:
        await heard.subscribe("airtight:progress")
        with running_worker(settings):
            good = (await upload(anybody, token, song)).json()["id"]
            bad = (await upload(anybody, token, b"only words")).json()["id"]
            refused = (await ask(anybody, token, url="http://no-such-host.invalid/a.mp3")).json()["id"]
            await reached(sessions, good, "queued")
            await reached(sessions, bad, "failed")
            await reached(sessions, refused, "failed")
            copy = settings.requests_folder / f"{good}.flac"
            assert copy.is_file()
            assert (await anybody.delete(f"/queue/{good}", headers=bearer(token))).status_code == 204
            async with asyncio.timeout(5):
                while copy.exists():
                    await asyncio.sleep(0.05)
        said = await messages(heard)
    assert any(f'"{good}", "state": "queued", "progress": 100' in line for line in said)
    quota = (await anybody.get("/queue/quota", headers=bearer(token))).json()
    assert (quota["waiting"], quota["requests"]) == (0, 1)
    assert incoming(settings) == []
    async with sessions() as tx:
        assert (await tx.scalars(text("SELECT id FROM procrastinate_jobs"))).all() == []


async def test_a_worker_that_is_killed_in_the_middle_of_a_download_is_continued_by_the_next(
    anybody: httpx.AsyncClient, sessions: Sessions, settings: Settings, server: Source
) -> None:
    server.pause = 0.05
    item = await link(sessions, settings, server.url("/song.mp3"))
    part = settings.incoming_folder / str(item.id) / "song.part"
    with running_worker(settings) as worker:
        async with asyncio.timeout(30):
            while not (part.exists() and part.stat().st_size > 100_000):
                await asyncio.sleep(0.05)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    server.pause = 0
    server.asked.clear()
    with running_worker(settings):
        now = await reached(sessions, item.id, "queued", "failed")
        await asyncio.sleep(1)
    assert (now.state, now.attempts) == ("queued", 2), now.problem
    assert any(asked not in (None, "bytes=0-") for _, asked in server.asked), "it was continued"
    assert [path.name for path in settings.requests_folder.glob("*.flac")] == [f"{item.id}.flac"]
    assert incoming(settings) == []
    async with sessions() as tx:
        assert len((await tx.scalars(select(QueueItem.id))).all()) == 1
