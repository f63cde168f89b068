"""Two processes of the service with an audio engine, streamers with tokens."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from api.app import create_app
from api.settings import Settings
from desk import people
from desk.engine import MakeStreamer, StreamControl, Streamer, stream_control
from desk.settings import ADMIN_TOKENS, api_settings, make_folders
from kit.db import Sessions
from kit.testing import Servers, free_port, served
from redis.asyncio import Redis


@pytest.fixture(scope="module")
def engine_of_module() -> Iterator[StreamControl]:
    with stream_control() as made:
        yield made


@pytest.fixture
def engine(engine_of_module: StreamControl) -> StreamControl:
    """Nobody is connected, and no fact was told."""
    engine_of_module.reset()
    return engine_of_module


@pytest.fixture(scope="module")
def settings(
    engine_of_module: StreamControl, servers: Servers, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    var = tmp_path_factory.mktemp("live")
    make_folders(var)
    return api_settings(
        var, database_url, servers.redis_url, port=free_port(), stream_control_address=engine_of_module.address
    )


@pytest.fixture(scope="module")
def urls(settings: Settings) -> Iterator[list[str]]:
    """Two processes of the service, as far as a database can tell."""
    with ExitStack() as stack:
        apps = [(settings, settings.port), (settings, free_port())]
        yield [stack.enter_context(served(create_app(chosen), port)) for chosen, port in apps]


@pytest.fixture
async def clients(
    urls: list[str], engine: StreamControl, sessions: Sessions, redis: Redis
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A client of each process, with the station's own token; the database is empty."""
    headers = {"Authorization": f"Bearer {ADMIN_TOKENS[0]}"}
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers, verify=False, timeout=20))
            for url in urls
        ]


@pytest.fixture
def client(clients: list[httpx.AsyncClient]) -> httpx.AsyncClient:
    return clients[0]


@pytest.fixture
def streamer(client: httpx.AsyncClient, sessions: Sessions, settings: Settings) -> MakeStreamer:
    """Make a streamer with a livestream token."""

    async def make(*, role: str = "streamer", seconds: int = 3600, **wish: Any) -> Streamer:
        user, access = await people.user(sessions, settings, role, display_name=f"DJ {uuid4().hex[:6]}")  # type: ignore[arg-type]
        body = {"max_streaming_seconds": seconds, "user_id": str(user), **wish}
        answer = await client.post("/admin/livestream/token", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Streamer(user, access, made["token"], UUID(made["id"]))

    return make
