"""Alembic's env.py, once: each service owns one schema and its version table inside it."""

import asyncio
import os

from alembic import context
from alembic.runtime.environment import NameFilterParentNames, NameFilterType
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

# Two starts at once must not migrate twice; any number that all Airtight's services share will do.
_LOCK = 7_203_117


def run(metadata: MetaData, url_variable: str) -> None:
    """Bring the schema of `metadata` up to date; the database URL stands in the environment."""

    def of_this_schema(name: str | None, kind: NameFilterType, _: NameFilterParentNames) -> bool:
        if kind == "schema":
            return name == metadata.schema
        # The jobs' tables are their library's own (kit.jobs).
        return not (name or "").startswith("procrastinate_")

    def upgrade(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        context.configure(
            connection=connection,
            target_metadata=metadata,
            version_table_schema=metadata.schema,
            include_schemas=True,
            include_name=of_this_schema,
        )
        with context.begin_transaction():
            context.run_migrations()

    async def connect() -> None:
        engine = create_async_engine(os.environ[url_variable])
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
        await engine.dispose()

    asyncio.run(connect())
