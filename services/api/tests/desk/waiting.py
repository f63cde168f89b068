"""Requests that are on their way, made in the database."""

from typing import Any
from uuid import UUID, uuid4

from api import tables
from api.queue.models import QueueItem
from kit.db import Sessions
from sqlalchemy import select


async def requests(sessions: Sessions, **owner: UUID) -> list[UUID]:
    """One request in each state before its end: fetching, ready, queued, playing."""
    items = [
        QueueItem(id=uuid4(), source="upload", state=state, position=1 if state == "queued" else None, **owner)
        for state in ("fetching", "ready", "queued", "playing")
    ]
    async with sessions.begin() as tx:
        tx.add_all(items)
    return [item.id for item in items]


async def states(sessions: Sessions, ids: list[UUID]) -> list[str]:
    """What became of them."""
    async with sessions() as tx:
        found = {item.id: item.state for item in await tx.scalars(select(QueueItem).where(QueueItem.id.in_(ids)))}
    return [found[one] for one in ids]


async def facts_told(sessions: Sessions) -> list[dict[str, Any]]:
    """The facts in the feed, without their times."""
    async with sessions() as tx:
        told = (await tx.scalars(select(tables.facts.c.fact).order_by(tables.facts.c.seq))).all()
    return [{name: value for name, value in fact.items() if name != "at"} for fact in told]


WITHDRAWN = ["removed", "removed", "removed", "playing"]
QUEUE_CHANGED = {"type": "queue_changed", "playlist": "user"}
