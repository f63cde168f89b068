"""What becomes of a request in the worker; each function is one transaction, and does nothing when it is too late."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from kit import facts
from kit.contracts.facts import QueueChanged
from kit.db import Sessions
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api import tables
from api.queue import queries, rules
from api.queue.models import QueueItem
from api.queue.rules import PREPARING, FailureReason, RequestState
from api.queue.sentences import SENTENCES

ATTEMPTS = 3
"""So often a worker may begin to prepare a request."""


class Prepared(BaseModel):
    """A request whose on-air copy is made. Seconds."""

    title: str | None
    artist: str | None
    length_seconds: float
    artwork: bool = False


@dataclass(frozen=True)
class Order:
    """How requests are put in order."""

    fair: bool
    no_repeat_within: int


class CannotBePlayed(Exception):
    """The request has failed; the text is for whoever asked."""

    def __init__(self, reason: FailureReason, problem: str | None = None) -> None:
        super().__init__(problem or SENTENCES[reason])
        self.reason: FailureReason = reason


async def begin(sessions: Sessions, item_id: UUID) -> QueueItem | None:
    """The request to be prepared, None when there is nothing to do; raises `CannotBePlayed` when tried too often."""
    async with sessions.begin() as tx:
        item = await queries.changing(tx, item_id)
        if item is None or item.state not in PREPARING:
            return None
        if item.state == "fetching":
            item.attempts += 1
    if item.attempts > ATTEMPTS:
        raise CannotBePlayed("source_failed", f"It could not be prepared; it was tried {ATTEMPTS} times.")
    return item


async def make_ready(sessions: Sessions, item_id: UUID, prepared: Prepared) -> bool:
    """The copy is there; False when the request was taken out meanwhile."""
    async with sessions.begin() as tx:
        item = await queries.changing(tx, item_id)
        if item is None or item.state != "fetching":
            return False
        item.state, item.progress = "ready", 100
        item.title, item.artist, item.artwork = prepared.title, prepared.artist, prepared.artwork
        item.length_seconds = prepared.length_seconds
        return True


async def place(sessions: Sessions, item_id: UUID, order: Order) -> RequestState | None:
    """Give a ready request its place; it fails when the same song is among the next ones. None when it is too late."""
    now = datetime.now(UTC)
    async with sessions.begin() as tx:
        item = await queries.changing(tx, item_id)
        if item is None or item.state != "ready":
            return None
        begun, queued = await queries.playing(tx), list(await queries.queued(tx))
        upcoming = [queries.song(one) for one in [*begun, *queued]]
        if rules.is_repeat(queries.song(item), upcoming, within=order.no_repeat_within):
            give_up(item, "duplicate", None, now)
            return item.state
        owners = [queries.owner(one) for one in queued]
        place = rules.place(queries.owner(item), owners, playing=[queries.owner(one) for one in begun], fair=order.fair)
        item.state, item.queued_at = "queued", now
        queued.insert(place, item)
        for position, one in enumerate(queued, start=1):
            one.position = position
        await tell(tx, now)
        return item.state


async def fail(sessions: Sessions, item_id: UUID, reason: FailureReason, problem: str | None = None) -> bool:
    """A request cannot be prepared; False when it was taken out meanwhile."""
    async with sessions.begin() as tx:
        item = await queries.changing(tx, item_id)
        if item is None or item.state not in PREPARING:
            return False
        give_up(item, reason, problem, datetime.now(UTC))
        return True


def give_up(item: QueueItem, reason: FailureReason, problem: str | None, now: datetime) -> None:
    """Mark a request as failed; without words of its own the reason's are taken."""
    item.state, item.reason, item.problem = "failed", reason, problem or SENTENCES[reason]
    item.position, item.ended_at = None, now


async def tell(tx: AsyncSession, now: datetime) -> None:
    """The requests' player should hold something else."""
    await facts.record(tx, tables.facts, [QueueChanged(at=now, playlist="user")])
