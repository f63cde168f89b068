"""The facts feed: an owner records what became true; others read it in order by number.

`seq` is assigned in commit order: the writer holds an advisory lock until its transaction ends, so a reader that has
seen number n will never be shown a smaller one later. Redis only wakes readers; the table is the store.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import BigInteger, Column, DateTime, Identity, MetaData, Table, Text, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import trusted
from kit.contracts.facts import AnyFact, NumberedFact, parse_fact
from kit.db import Transaction

# Any constant: it only has to be the same for every writer of one database.
_LOCK = 7_203_118


def facts_table(metadata: MetaData) -> Table:
    """The table in which a service keeps the facts it owns."""
    return Table(
        "facts",
        metadata,
        Column("seq", BigInteger, Identity(always=True), primary_key=True),
        Column("fact", JSONB, nullable=False),
    )


def set_aside_table(metadata: MetaData) -> Table:
    """What could not be taken in: kept for a person, shown on `/ready`."""
    return Table(
        "set_aside",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("source", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("error", Text, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    )


async def take_turn(tx: AsyncSession) -> None:
    """Until this transaction ends nobody else writes facts. For an owner whose rows are numbered in the feed's order;
    `record` does it by itself."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


async def record(tx: AsyncSession, table: Table, facts: Sequence[AnyFact]) -> None:
    """Add facts to the feed in the transaction that makes them true."""
    if not facts:
        return
    await take_turn(tx)
    await tx.execute(table.insert(), [{"fact": fact.model_dump(mode="json")} for fact in facts])


async def set_aside(tx: AsyncSession, table: Table, *, source: str, body: str, error: str) -> None:
    """Give up on something without losing it: who sent it, what it was and what was wrong."""
    # PostgreSQL's text holds everything but NUL, of which a power cut can leave whole runs.
    body, error = (said.replace("\0", "\ufffd") for said in (body, error))
    await tx.execute(table.insert().values(source=source, body=body, error=error))


async def read(tx: AsyncSession, table: Table, *, after: int, limit: int) -> list[NumberedFact]:
    """Facts with a number above `after`, oldest first."""
    query = select(table.c.seq, table.c.fact).where(table.c.seq > after).order_by(table.c.seq).limit(limit)
    return [NumberedFact(seq=seq, fact=parse_fact.validate_python(fact)) for seq, fact in await tx.execute(query)]


def feed_router(table: Table) -> APIRouter:
    """`GET /internal/facts`: the feed for other services; never routed from outside."""
    router = APIRouter(prefix="/internal", tags=["facts"], dependencies=[Depends(trusted)])

    @router.get("/facts", summary="Facts in commit order")
    async def list_facts(
        tx: Transaction,
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> list[NumberedFact]:
        return await read(tx, table, after=after, limit=limit)

    return router
