"""A database made by the migrations, the folders of a station, and the service itself under a real server."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from kit import db
from kit.db import Sessions
from kit.testing import Servers, database, database_name, sql
from rig.icecast import real_icecast
from rig.running import Service, running_service
from rig.station import make_folders, station_settings
from sqlalchemy import text
from stream_control.settings import Settings
from stream_control.tables import Base

SERVICE = Path(__file__).parents[1]
TABLES = ", ".join(str(table) for table in Base.metadata.sorted_tables)
VARIABLE = "AIRTIGHT_STREAM_CONTROL_DATABASE_URL"


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> Iterator[str]:
    """A database of this test run; `sessions` empties it before each test."""
    with database(servers, SERVICE, VARIABLE) as url:
        yield url


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    """Sessions on an empty database."""
    engine = db.connect(database_url)
    async with engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE {TABLES} RESTART IDENTITY"))
    yield db.sessions(engine)
    await engine.dispose()


@pytest.fixture
def settings(servers: Servers, database_url: str, tmp_path: Path) -> Settings:
    """A station of its own in `tmp_path`, on the database of `sessions`; its engines are away."""
    make_folders(tmp_path)
    return station_settings(tmp_path, database_url, servers.redis_url)


@pytest.fixture(scope="session")
def icecast_address() -> Iterator[str]:
    """A real Icecast to which nobody is connected."""
    with real_icecast() as address:
        yield address


@pytest.fixture(scope="session")
def service(servers: Servers, database_url: str) -> Iterator[Service]:
    """The service with its loops, served over HTTP: a real player for requests, every other engine away."""
    name = database_name(database_url)
    sql(servers, f"CREATE DATABASE {name}_served TEMPLATE {name}")  # quicker than the migrations
    sql(servers, f"TRUNCATE {TABLES}", database=f"{name}_served")
    with running_service(servers, servers.url(f"{name}_served")) as running:
        yield running
