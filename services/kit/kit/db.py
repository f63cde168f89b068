"""One request or one message is one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from kit.refusal import Refusal

Sessions = async_sessionmaker[AsyncSession]

OUTAGES = ("08", "53", "57")
"""Classes of SQLSTATE: a connection failed, resources are exhausted, an operator intervened (also: it is starting)."""

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class DatabaseAway(Refusal):
    """PostgreSQL is down, starting or hung: trying again helps."""

    status = 503
    error_code = "database_unavailable"

    def __init__(self) -> None:
        super().__init__("The database is away; try again in a moment.", headers={"Retry-After": "5"})


def metadata(schema: str) -> MetaData:
    """One service, one schema, constraint names that migrations can rely on."""
    return MetaData(schema=schema, naming_convention=NAMING)


def connect(url: str, *, pool_size: int = 5) -> AsyncEngine:
    """An engine that notices dead connections and never waits long: the air must not hang on the database."""
    return create_async_engine(
        url, pool_size=pool_size, pool_pre_ping=True, pool_timeout=5, connect_args={"timeout": 5, "command_timeout": 15}
    )


def sessions(engine: AsyncEngine) -> Sessions:
    """Sessions whose objects stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """Commit when the endpoint returns, roll back when it raises; raises `DatabaseAway`."""
    factory: Sessions = request.app.state.sessions
    try:
        async with factory.begin() as session:
            await _reach(session)
            yield session
    except DBAPIError as error:
        if error.connection_invalidated or str(getattr(error.orig, "sqlstate", "")).startswith(OUTAGES):
            raise DatabaseAway from error
        raise


async def _reach(session: AsyncSession) -> None:
    """Connect before the endpoint works, so that its own errors are never taken for the database's."""
    try:
        await session.connection()
    except (OSError, TimeoutError, PoolTimeout, OperationalError, InterfaceError) as error:
        raise DatabaseAway from error


begin = asynccontextmanager(transaction)
"""`async with begin(request) as tx`: for an endpoint that does slow work between transactions, so that no connection
is held meanwhile. Commits at its end; raises as `Transaction` does."""

# scope="function" commits before the answer is sent; FastAPI's default is after it.
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
