"""Events go on while Redis is away, come back by themselves, and never hold up a server that stops."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from api.app import create_app
from api.queue.models import QueueItem
from desk.settings import (
    ADMIN_TOKENS,
    API_TOKEN,
    LIQUIDSOAP_TOKEN,
    NOWHERE,
    PRIVATE_KEY,
    SECRETS_KEY,
    STREAM_CONTROL_TOKEN,
    api_settings,
    make_folders,
)
from desk.stream import listening, now_playing
from kit.db import Sessions
from kit.testing import free_port, served
from kit.tokens import public_key_of

from redis import Redis


@contextmanager
def redis_at(socket: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A Redis that may be killed."""
    options = ["--port", "0", "--save", "", "--unixsocket", str(socket), "--dir", str(socket.parent)]
    process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            time.sleep(0.01)
        yield process
    finally:
        process.kill()
        process.wait()
        socket.unlink(missing_ok=True)


async def test_events_outlive_redis_and_begin_anew_when_it_is_back(
    tmp_path: Path, database_url: str, sessions: Sessions
) -> None:
    socket = tmp_path / "redis.sock"
    make_folders(tmp_path)
    settings = api_settings(tmp_path, database_url, f"unix://{socket}", port=free_port())
    with served(create_app(settings), settings.port) as url:
        async with listening(url) as stream:
            assert (await stream.next()).body["now_playing"] is None
            settings.now_playing_file.write_text(now_playing(title="Without Redis").model_dump_json())
            assert (await stream.next("now_playing")).body["title"] == "Without Redis"
            async with sessions.begin() as tx:
                tx.add(QueueItem(source="link", state="queued", title="Nobody rings", length_seconds=9, position=1))
            assert (await stream.next("queue", seconds=8)).body["items"][0]["title"] == "Nobody rings"
            with redis_at(socket):
                async with asyncio.timeout(5):
                    with Redis(unix_socket_path=str(socket)) as client:
                        while client.publish("airtight:now_playing", now_playing(title="Heard").model_dump_json()) == 0:
                            await asyncio.sleep(0.05)
                assert (await stream.next("now_playing")).body["title"] == "Heard"
            with redis_at(socket):
                assert (await stream.next("state")).body["now_playing"]["title"] == "Heard"


async def test_a_full_house_is_said_with_when_to_come_back(
    tmp_path: Path, database_url: str, sessions: Sessions
) -> None:
    make_folders(tmp_path)
    settings = api_settings(tmp_path, database_url, "unix:///nowhere", port=free_port(), max_event_clients=1)
    with served(create_app(settings), settings.port) as url:
        async with listening(url), httpx.AsyncClient(base_url=url) as second:
            answer = await second.get("/events")
            assert (answer.status_code, answer.json()["error_code"]) == (503, "too_many_event_streams")
            assert int(answer.headers["retry-after"]) > 0


@pytest.fixture
def process(tmp_path: Path, database_url: str) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """The service as it is run, with its address."""
    make_folders(tmp_path)
    port = free_port()
    environment = {
        **os.environ,
        "ADMIN_API_TOKEN": ADMIN_TOKENS[0],
        "AIRTIGHT_AI_BRAIN_ADDRESS": NOWHERE,
        "AIRTIGHT_API_DATABASE_URL": database_url,
        "AIRTIGHT_API_REDIS_URL": "unix:///nowhere",
        "AIRTIGHT_API_TOKEN": API_TOKEN,
        "AIRTIGHT_PORT_API": str(port),
        "AIRTIGHT_STREAM_CONTROL_ADDRESS": NOWHERE,
        "AIRTIGHT_STREAM_CONTROL_TOKEN": STREAM_CONTROL_TOKEN,
        "LIQUIDSOAP_TOKEN": LIQUIDSOAP_TOKEN,
        "AIRTIGHT_SECRETS_KEY": SECRETS_KEY,
        "AIRTIGHT_TOKEN_PRIVATE_KEY": PRIVATE_KEY,
        "AIRTIGHT_TOKEN_PUBLIC_KEY": public_key_of(PRIVATE_KEY),
        "AIRTIGHT_VAR": str(tmp_path),
    }
    with subprocess.Popen([sys.executable, "-m", "api"], env=environment, stderr=subprocess.DEVNULL) as running:
        try:
            yield running, f"http://127.0.0.1:{port}"
        finally:
            running.kill()


async def test_a_server_that_stops_does_not_wait_for_those_who_listen(
    process: tuple["subprocess.Popen[bytes]", str], sessions: Sessions
) -> None:
    running, url = process
    async with asyncio.timeout(30), httpx.AsyncClient(base_url=url) as client:
        while True:
            try:
                await client.get("/health")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    async with listening(url) as stream:
        await stream.next("state")
        running.send_signal(signal.SIGTERM)
        stopped = time.monotonic()
        with pytest.raises(EOFError):
            await stream.next("never", seconds=4)
    assert await asyncio.to_thread(running.wait, 5) is not None
    assert time.monotonic() - stopped < 3
