"""Migrations run once, however many services start at once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.testing import Servers, lay_out, sql

SERVICES = Path(__file__).parents[2]


@pytest.fixture(params=["stream-control", "api"])
def service(request: pytest.FixtureRequest) -> str:
    """A service that has migrations."""
    return str(request.param)


@pytest.fixture
def empty(servers: Servers, service: str) -> Iterator[str]:
    """A database with nothing but the service's schema, as the bootstrap leaves it."""
    lay_out(servers, "migrations", service.replace("-", "_"))
    yield servers.url("migrations")
    sql(servers, "DROP DATABASE migrations WITH (FORCE)")


def alembic(service: str, url: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, f"AIRTIGHT_{service.replace('-', '_').upper()}_DATABASE_URL": url}
    command = [sys.executable, "-m", "alembic", "-c", str(SERVICES / service / "alembic.ini"), *arguments]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def tables(servers: Servers, schema: str) -> set[str]:
    query = f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}'"
    return set(sql(servers, query, database="migrations").split())


def test_two_upgrades_at_once_both_succeed(servers: Servers, service: str, empty: str) -> None:
    both = [alembic(service, empty, "upgrade", "head") for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert {"alembic_version", "facts"} <= tables(servers, service.replace("-", "_"))
    assert not tables(servers, "public"), "a service keeps to its schema"


def test_the_models_are_what_the_migrations_make_and_the_jobs_tables_are_not_asked_about(
    servers: Servers, service: str, empty: str
) -> None:
    assert alembic(service, empty, "upgrade", "head").wait(60) == 0
    # With its own schema as the default one, Alembic would look for the tables under no schema's name.
    sql(servers, "ALTER DATABASE migrations RESET search_path")
    said, _ = (checking := alembic(service, empty, "check")).communicate(timeout=60)
    assert checking.returncode == 0, said
    if service == "api":
        assert "procrastinate_jobs" in tables(servers, "api")
