"""The service with two receivers that webhooks may go to, and a courier that delivers."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from api.app import create_app
from api.settings import Settings
from api.webhooks.courier import Courier
from api.webhooks.sending import Sender
from desk.hooks import Hooks
from desk.receiver import Receiver, receiver
from desk.settings import ADMIN_TOKENS, api_settings, make_folders
from kit.db import Sessions
from kit.testing import Servers, free_port, served
from redis.asyncio import Redis


@pytest.fixture(scope="session")
def started_receivers() -> Iterator[tuple[Receiver, Receiver]]:
    with receiver() as one, receiver() as other:
        yield one, other


@pytest.fixture
def receivers(started_receivers: tuple[Receiver, Receiver]) -> tuple[Receiver, Receiver]:
    """Two, that were sent nothing and say 204."""
    for one in started_receivers:
        one.reset()
    return started_receivers


@pytest.fixture
def to(receivers: tuple[Receiver, Receiver]) -> Receiver:
    """The first of them."""
    return receivers[0]


@pytest.fixture(scope="session")
def settings(
    started_receivers: tuple[Receiver, Receiver],
    servers: Servers,
    database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """Settings of a station whose receivers are on the loopback."""
    var = tmp_path_factory.mktemp("webhooks")
    make_folders(var)
    allowed = ",".join(one.address for one in started_receivers)
    return api_settings(var, database_url, servers.redis_url, port=free_port(), webhook_allow=allowed)


@pytest.fixture(scope="session")
def url(settings: Settings) -> Iterator[str]:
    with served(create_app(settings), settings.port) as found:
        yield found


@pytest.fixture
async def client(url: str, sessions: Sessions, redis: Redis) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator, on an empty database."""
    headers = {"Authorization": f"Bearer {ADMIN_TOKENS[0]}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, verify=False, timeout=20) as made:
        yield made


@pytest.fixture
def hooks(client: httpx.AsyncClient, sessions: Sessions) -> Hooks:
    """Webhooks, made and looked at."""
    return Hooks(client, sessions)


@pytest.fixture
async def courier(sessions: Sessions, settings: Settings, receivers: tuple[Receiver, Receiver]) -> AsyncIterator[None]:
    """Deliver what is due, while the test lasts."""
    exceptions = [("127.0.0.1", int(one.address.rpartition(":")[2])) for one in receivers]
    made = Courier(sessions, Sender(exceptions, timeout=2), settings.vault)
    work = asyncio.create_task(made.run(every=0.1))
    yield
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
