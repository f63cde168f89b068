"""A database with a table of facts and one of notes, and an application that writes to them."""

from collections.abc import AsyncIterator, Iterator

import pytest
from kit import db
from kit.db import Sessions
from kit.facts import facts_table, set_aside_table
from kit.reader import cursors_table
from kit.testing import Servers, sql
from small.tables import Tables
from sqlalchemy import Column, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncEngine


@pytest.fixture(scope="session")
def tables() -> Tables:
    metadata = db.metadata("kit_test")
    notes = Table("notes", metadata, Column("text", Text, nullable=False))
    return Tables(metadata, facts_table(metadata), set_aside_table(metadata), cursors_table(metadata), notes)


@pytest.fixture(scope="session")
def kit_database(servers: Servers) -> Iterator[str]:
    """Address of an empty database."""
    sql(servers, "CREATE DATABASE kit_test")
    yield servers.url("kit_test")
    sql(servers, "DROP DATABASE kit_test WITH (FORCE)")


@pytest.fixture
async def engine(kit_database: str, tables: Tables) -> AsyncIterator[AsyncEngine]:
    """An engine on a database whose tables are new and empty."""
    engine = db.connect(kit_database)
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA IF EXISTS kit_test CASCADE"))
        await connection.execute(text("CREATE SCHEMA kit_test"))
        await connection.run_sync(tables.metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> Sessions:
    return db.sessions(engine)
