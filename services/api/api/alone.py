"""Work that only one process does at a time, however many there are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kit.db import Sessions
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError


@asynccontextmanager
async def alone(sessions: Sessions, lock: int) -> AsyncIterator[bool]:
    """Whether nobody else holds the lock meanwhile; a process that dies, or whose database does, gives it back."""
    async with sessions() as session:
        connection = await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        mine = bool(await connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock}))
        try:
            yield mine
        finally:
            if mine:
                try:
                    await connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})
                except (SQLAlchemyError, OSError):
                    # Whatever the connection's state is: with its end the lock is free.
                    await connection.invalidate()
