"""Reading another service's facts: in order, each applied exactly once, the cursor committed with the effect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit import facts
from kit.contracts.facts import AnyFact, parse_fact
from kit.db import Sessions

logger = structlog.get_logger()
TRIES = 5
"""A fact that fails this often is set aside for a person, and the next one is read."""
BATCH = 200

Apply = Callable[[AsyncSession, AnyFact], Awaitable[None]]


class _Told(BaseModel):
    seq: int
    fact: dict[str, Any]


def cursors_table(metadata: MetaData) -> Table:
    """How far each owner's feed has been read."""
    return Table(
        "fact_cursors",
        metadata,
        Column("source", Text, primary_key=True),
        Column("seq", BigInteger, nullable=False),
    )


@dataclass
class Reader:
    """Follows one owner's feed. Several processes may: the first to commit wins, the others look again."""

    sessions: Sessions
    http: httpx.AsyncClient
    source: str
    address: str
    """host:port of the owner."""
    token: str
    cursors: Table
    set_aside: Table
    apply: Apply
    _failures: dict[int, int] = field(default_factory=dict)

    async def step(self) -> None:
        """Read to the end of the feed."""
        while await self._batch():
            pass

    async def _batch(self) -> bool:
        after = await self._cursor()
        told = await self._fetch(after)
        if not told:
            return False
        failed: Exception | None = None
        async with self.sessions.begin() as tx:
            query = select(self.cursors.c.seq).where(self.cursors.c.source == self.source).with_for_update()
            if await tx.scalar(query) != after:
                return True
            reached = after
            for one in told:
                failed = await self._take(tx, one)
                if failed:
                    break
                reached = one.seq
            await tx.execute(update(self.cursors).where(self.cursors.c.source == self.source).values(seq=reached))
        if failed:
            raise failed
        return True

    async def _cursor(self) -> int:
        async with self.sessions.begin() as tx:
            await tx.execute(insert(self.cursors).values(source=self.source, seq=0).on_conflict_do_nothing())
            return await tx.scalar(select(self.cursors.c.seq).where(self.cursors.c.source == self.source)) or 0

    async def _fetch(self, after: int) -> list[_Told]:
        answer = await self.http.get(
            f"http://{self.address}/internal/facts",
            params={"after": after, "limit": BATCH},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=5,
        )
        answer.raise_for_status()
        return [_Told.model_validate(one) for one in answer.json()]

    async def _take(self, tx: AsyncSession, told: _Told) -> Exception | None:
        try:
            fact = parse_fact.validate_python(told.fact)
        except ValidationError:
            # A newer owner tells of things that this reader does not know yet.
            logger.info("unknown_fact_skipped", source=self.source, seq=told.seq, type=told.fact.get("type"))
            return None
        try:
            async with tx.begin_nested():
                await self.apply(tx, fact)
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            tries = self._failures[told.seq] = self._failures.get(told.seq, 0) + 1
            if tries < TRIES:
                return error
            logger.error("fact_set_aside", source=self.source, seq=told.seq, exc_info=error)
            body = fact.model_dump_json()
            await facts.set_aside(tx, self.set_aside, source=self.source, body=body, error=repr(error)[:1000])
        self._failures.pop(told.seq, None)
        return None
