"""Real servers for tests: a private PostgreSQL and Redis on Unix sockets, a migrated database for each service."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.engine import make_url

Command = list[str | Path]
EXTENSIONS = ("pg_trgm", "unaccent")
"""As postgres/bootstrap.sql makes them."""
PASSWORD = "only-for-tests"  # noqa: S105
# PostgreSQL refuses to run as root; any other user will do.
AS_USER: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}


@dataclass(frozen=True)
class Servers:
    """Where the servers of this test run are; sockets and data live in `folder`."""

    folder: Path
    bin: Path

    def url(self, database: str) -> str:
        """Address of a database, for SQLAlchemy."""
        return f"postgresql+asyncpg://postgres:{PASSWORD}@/{database}?host={self.folder}"

    @property
    def redis_url(self) -> str:
        """Address of Redis."""
        return f"unix://{self.folder}/redis.sock"


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Redis of this test run, gone with it."""
    with running_servers() as found:
        yield found


@contextmanager
def running_servers() -> Iterator[Servers]:
    """Start PostgreSQL and Redis in a temporary folder; end and remove them afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="airtight-tests-", dir="/tmp"))  # short: sockets live in it
    servers = Servers(folder, sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1])
    if AS_USER:
        shutil.chown(folder, "nobody", "nogroup")
    try:
        with _postgres(servers), _redis(servers):
            yield servers
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def redis(servers: Servers) -> AsyncIterator[Redis]:
    """An empty Redis."""
    client = Redis.from_url(servers.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


def lay_out(servers: Servers, name: str, schema: str) -> None:
    """Make a database with an empty schema and the extensions, as the bootstrap leaves it."""
    sql(servers, f"CREATE DATABASE {name}")
    made = (f"CREATE EXTENSION {one} SCHEMA extensions" for one in EXTENSIONS)
    sql(servers, "; ".join((f"CREATE SCHEMA {schema}", "CREATE SCHEMA extensions", *made)), database=name)
    # As the service's own role finds its schema first.
    sql(servers, f"ALTER DATABASE {name} SET search_path TO {schema}, extensions")


@contextmanager
def database(servers: Servers, service: Path, variable: str) -> Iterator[str]:
    """A database made by the service's own migrations; `variable` names its address in the environment."""
    name = f"test_{time.monotonic_ns()}"
    lay_out(servers, name, service.name.replace("-", "_"))
    url = servers.url(name)
    command = [sys.executable, "-m", "alembic", "-c", str(service / "alembic.ini"), "upgrade", "head"]
    subprocess.run(command, env={**os.environ, variable: url}, check=True, timeout=60)
    yield url
    sql(servers, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[str]:
    """An application under uvicorn in a thread; yields its address."""
    # Streams would be waited for: only a process that is told to end by a signal ends them itself.
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        _wait(lambda: _require(server.started))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(15)


def free_port() -> int:
    """A loopback port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sql(servers: Servers, statement: str, *, database: str = "postgres") -> str:
    """Run a statement as the superuser; returns what psql prints."""
    command: Command = [
        servers.bin / "psql",
        "-h",
        servers.folder,
        "-U",
        "postgres",
        "-d",
        database,
        "-qAtc",
        statement,
    ]
    environment = {**os.environ, "PGPASSWORD": PASSWORD}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout


def reset_search_path(servers: Servers, url: str) -> None:
    """Before Alembic compares: it looks for tables of the first schema on the path under no schema's name."""
    sql(servers, f"ALTER DATABASE {database_name(url)} RESET search_path")


def database_name(url: str) -> str:
    """The database in an address."""
    return make_url(url).database or ""


@contextmanager
def _postgres(servers: Servers) -> Iterator[None]:
    data = servers.folder / "postgres"
    initdb: Command = [
        servers.bin / "initdb",
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        # As a station's: what a letter is must not depend on the machine.
        "--locale=C.UTF-8",
        "--no-sync",
        "-D",
        data,
    ]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, timeout=60, cwd="/", **AS_USER)
    quick = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    command: Command = [
        servers.bin / "postgres",
        "-D",
        data,
        "-k",
        servers.folder,
        "-c",
        "listen_addresses=",
        *quick,
    ]
    with _running(command):
        _wait(lambda: sql(servers, "SELECT 1"))
        yield


@contextmanager
def _redis(servers: Servers) -> Iterator[None]:
    options: Command = [
        "--port",
        "0",
        "--save",
        "",
        "--unixsocket",
        servers.folder / "redis.sock",
        "--unixsocketperm",
        "777",
    ]
    with _running(["redis-server", *options, "--dir", servers.folder]):
        _wait((servers.folder / "redis.sock").stat)
        yield


@contextmanager
def _running(command: Command) -> Iterator[None]:
    process = subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **AS_USER)
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _require(true: bool) -> None:
    if not true:
        raise OSError("not yet")


def _wait(probe: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            probe()
            return
        except (OSError, subprocess.CalledProcessError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
