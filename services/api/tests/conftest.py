"""A database made by the migrations, and the service itself under a real server."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from api.app import create_app
from api.models import Base
from api.settings import Settings
from desk.settings import ADMIN_TOKENS, api_settings, make_folders
from kit import db
from kit.db import Sessions
from kit.testing import Servers, database, free_port, served
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

SERVICE = Path(__file__).parents[1]
TABLES = ", ".join(str(table) for table in Base.metadata.sorted_tables)


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> Iterator[str]:
    """The database of this test run; `sessions` empties it before each test."""
    with database(servers, SERVICE, "AIRTIGHT_API_DATABASE_URL") as url:
        yield url


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    """Sessions on an empty database."""
    engine = db.connect(database_url)
    for tries_left in range(5, -1, -1):
        try:
            await _empty(engine)
            break
        except DBAPIError:
            if not tries_left:
                raise
    yield db.sessions(engine)
    await engine.dispose()


async def _empty(engine: AsyncEngine) -> None:
    """The service reads meanwhile, and the two may lock each other out: mostly it is the service that gives way."""
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL deadlock_timeout = '3s'"))
        await connection.execute(text(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE"))
        await connection.execute(text("TRUNCATE procrastinate_jobs CASCADE"))


@pytest.fixture(scope="session")
def served_settings(servers: Servers, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the service that all tests share."""
    var = tmp_path_factory.mktemp("station")
    make_folders(var)
    return api_settings(var, database_url, servers.redis_url, port=free_port())


@pytest.fixture(scope="session")
def service_url(served_settings: Settings) -> Iterator[str]:
    """The service over HTTP, with its loops; the other services are away."""
    with served(create_app(served_settings), served_settings.port) as url:
        yield url


@pytest.fixture
async def anybody(service_url: str, sessions: Sessions, redis: Redis) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token, on an empty database and an empty Redis."""
    async with httpx.AsyncClient(base_url=service_url, verify=False, timeout=20) as client:
        yield client


@pytest.fixture
async def station_admin(anybody: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the station's own administrator token."""
    headers = {"Authorization": f"Bearer {ADMIN_TOKENS[0]}"}
    async with httpx.AsyncClient(base_url=anybody.base_url, headers=headers, verify=False, timeout=20) as client:
        yield client
