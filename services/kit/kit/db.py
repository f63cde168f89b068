"""One request or one message is one transaction."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import MetaData
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Sessions = async_sessionmaker[AsyncSession]

UNAVAILABLE = (OperationalError, InterfaceError, ConnectionError, FileNotFoundError)
"""What comes up while PostgreSQL is away or starting; its Unix socket may be missing altogether."""

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


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
    """Commit when the endpoint returns, roll back when it raises."""
    factory: Sessions = request.app.state.sessions
    async with factory.begin() as session:
        yield session


# scope="function" commits before the answer is sent; FastAPI's default is after it.
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
