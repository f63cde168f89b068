"""Migrations run once, however many services start at once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.testing import Servers, sql

STREAM_CONTROL = Path(__file__).parents[2] / "stream-control"
COMMAND = [sys.executable, "-m", "alembic", "-c", str(STREAM_CONTROL / "alembic.ini")]


@pytest.fixture
def empty(servers: Servers) -> Iterator[str]:
    """A database with nothing but the service's schema, as the bootstrap leaves it."""
    sql(servers, "CREATE DATABASE migrations")
    sql(servers, "CREATE SCHEMA stream_control", database="migrations")
    yield servers.url("migrations")
    sql(servers, "DROP DATABASE migrations WITH (FORCE)")


def alembic(url: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "AIRTIGHT_STREAM_CONTROL_DATABASE_URL": url}
    return subprocess.Popen([*COMMAND, *arguments], env=environment, text=True, stdout=subprocess.PIPE)


def test_two_upgrades_at_once_both_succeed(servers: Servers, empty: str) -> None:
    both = [alembic(empty, "upgrade", "head") for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    tables = sql(servers, "SELECT tablename FROM pg_tables WHERE schemaname = 'stream_control'", database="migrations")
    assert {"alembic_version", "facts", "as_run", "pauses"} <= set(tables.split())
    public = sql(servers, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database="migrations")
    assert public.strip() == "0", "a service keeps to its schema"
