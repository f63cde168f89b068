"""Requests: asked for, shown, taken out, put in order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kit import facts, jobs
from kit.contracts.facts import QueueChanged
from kit.refusal import Refusal
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from api import tables
from api.accounts.caller import Caller
from api.library.finding import compiling
from api.library.finding import queries as finding
from api.library.models import Track
from api.library.moment import Now
from api.queue import queries, rules, shown
from api.queue.models import QueueItem
from api.queue.schemas import QueueShown, QuotaShown, RequestShown, RequestsListed
from api.settings import Settings

TASK = "fetch_request"
QUEUE = "requests"


class NoSuchRequest(Refusal):
    status = 404
    error_code = "no_such_request"


class NoSuchTrack(Refusal):
    """The library has no such track that may be asked for."""

    status = 404
    error_code = "no_such_track"


class NotYours(Refusal):
    status = 403
    error_code = "not_yours"


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: exactly one of `url`, `file_name` (the file is in the request's folder), `track_id`."""

    id: UUID
    url: str | None = None
    file_name: str | None = None
    track_id: UUID | None = None


async def require_place(tx: AsyncSession, caller: Caller, *, settings: Settings, now: datetime) -> None:
    """Refuse whoever has no place left. Without locks it is a first look only; `submit` decides."""
    quota = await queries.quota(tx, caller, settings, now)
    waiting = await queries.waiting_in_all(tx)
    rules.admit(quota, waiting_in_all=waiting, max_queue_length=settings.max_queue_length)


async def submit(tx: AsyncSession, caller: Caller, wish: Wish, *, settings: Settings, now: datetime) -> QueueItem:
    """Take a request in and have it prepared. Raises what `rules.admit` raises, `NoSuchTrack` or `AlreadyComing`."""
    await queries.lock_owner(tx, caller)
    await queries.lock(tx)
    await require_place(tx, caller, settings=settings, now=now)
    item = QueueItem(
        id=wish.id,
        user_id=caller.id if caller.kind == "user" else None,
        guest_id=caller.id if caller.kind == "guest" else None,
        source="link" if wish.url else "library" if wish.track_id else "upload",
        url=wish.url,
        file_name=wish.file_name,
        created_at=now,
    )
    if wish.track_id:
        await _require_askable(tx, caller, wish.track_id, Now.there(now, settings.zone))
        await _take_from_library(tx, item, wish.track_id, within=settings.no_repeat_within)
    tx.add(item)
    await tx.flush()
    await jobs.defer(tx, TASK, queue=QUEUE, item_id=str(item.id))
    return item


async def show_queue(tx: AsyncSession, caller: Caller | None, *, now: datetime) -> QueueShown:
    """The queue as everybody may see it; with a caller, `mine` is told."""
    begun, queued = await queries.playing(tx), await queries.queued(tx)
    query = select(QueueItem).where(QueueItem.state.in_(rules.PREPARING)).order_by(QueueItem.created_at, QueueItem.id)
    preparing = await tx.scalars(query)
    current = begun[-1] if begun else None
    times = rules.expected_times(
        rules.Playing(current.started_at, current.length_seconds) if current else None,
        [rules.Next(item.queued_at, item.length_seconds) for item in queued],
        live=await queries.live(tx),
        now=now,
    )
    coming = enumerate(zip(queued, times, strict=True), start=1)
    return QueueShown(
        playing=shown.entry(current, caller) if current else None,
        items=tuple(shown.entry(item, caller, position=place, expected_at=at) for place, (item, at) in coming),
        preparing=tuple(shown.entry(item, caller) for item in preparing),
    )


async def show(tx: AsyncSession, caller: Caller, item_id: UUID) -> RequestShown:
    """One request, for its owner or staff; raises `NoSuchRequest` or `NotYours`."""
    item = _own(await tx.get(QueueItem, item_id), caller)
    return shown.request(item, await queries.places(tx))


async def list_own(tx: AsyncSession, caller: Caller, *, after: UUID | None, limit: int) -> RequestsListed:
    """The caller's requests, newest first, older than `after`."""
    key = tuple_(QueueItem.created_at, QueueItem.id)
    query = select(QueueItem).where(queries.is_of(caller))
    if after:
        older = select(QueueItem.created_at, QueueItem.id).where(QueueItem.id == after).scalar_subquery()
        query = query.where(key < older)
    query = query.order_by(QueueItem.created_at.desc(), QueueItem.id.desc()).limit(limit + 1)
    items, places = (await tx.scalars(query)).all(), await queries.places(tx)
    listed = tuple(shown.request(item, places) for item in items[:limit])
    return RequestsListed(items=listed, next=listed[-1].id if len(items) > limit else None)


async def show_quota(tx: AsyncSession, caller: Caller, *, settings: Settings, now: datetime) -> QuotaShown:
    """How many requests the caller has left."""
    quota = await queries.quota(tx, caller, settings, now)
    return QuotaShown(
        waiting=quota.waiting,
        max_queue_songs=quota.max_queue_songs,
        requests=quota.requests,
        max_add_requests=quota.max_add_requests,
    )


async def remove(tx: AsyncSession, caller: Caller, item_id: UUID, *, now: datetime) -> None:
    """Take a request out. Raises `NoSuchRequest`, `NotYours`, `AlreadyPlaying` or `AlreadyOver`."""
    item = _own(await queries.changing(tx, item_id), caller)
    if rules.removable(item.state):
        await _remove(tx, [item], now)


async def reorder(tx: AsyncSession, ids: list[UUID], *, now: datetime) -> None:
    """Put the queued requests into this order; raises `OrderIsStale`."""
    await queries.lock(tx)
    queued = {item.id: item for item in await queries.queued(tx)}
    rules.reordered(list(queued), ids)
    for position, item_id in enumerate(ids, start=1):
        queued[item_id].position = position
    await facts.record(tx, tables.facts, [QueueChanged(at=now, playlist="user")])


async def clear(tx: AsyncSession, *, now: datetime) -> None:
    """Take out all that has not begun."""
    await queries.lock(tx)
    await _remove(tx, list(await queries.waiting_of(tx)), now)


async def withdraw(
    tx: AsyncSession, *, user_id: UUID | None = None, guest_id: UUID | None = None, now: datetime
) -> None:
    """Take out all that an account or a guest token waits for; whoever calls rings the bell."""
    await queries.lock(tx)
    own = QueueItem.user_id == user_id if user_id else QueueItem.guest_id == guest_id
    await _remove(tx, list(await queries.waiting_of(tx, own)), now)


async def _remove(tx: AsyncSession, items: list[QueueItem], now: datetime) -> None:
    changed = any(item.state == "queued" for item in items)
    for item in items:
        item.state, item.position, item.ended_at = "removed", None, now
    if changed:
        await facts.record(tx, tables.facts, [QueueChanged(at=now, playlist="user")])


async def _require_askable(tx: AsyncSession, caller: Caller, track_id: UUID, now: Now) -> None:
    """Listeners ask for what is meant for it, staff for anything that may air: a jingle, an interview."""
    allowed = compiling.airable(now) if caller.may_act_as("producer") else compiling.requestable(now)
    if not await finding.is_held(tx, track_id, allowed):
        raise NoSuchTrack("The library has no such track that may be asked for.")


async def _take_from_library(tx: AsyncSession, item: QueueItem, track_id: UUID, *, within: int) -> None:
    track = await tx.get_one(Track, track_id)
    item.track_id, item.title, item.artist = track.id, track.title, track.artist
    item.length_seconds, item.artwork = track.length_seconds, track.artwork
    upcoming = [queries.song(one) for one in [*await queries.playing(tx), *await queries.queued(tx)]]
    if rules.is_repeat(queries.song(item), upcoming, within=within):
        raise rules.AlreadyComing("This song is among the next ones already.")


def _own(item: QueueItem | None, caller: Caller) -> QueueItem:
    if item is None:
        raise NoSuchRequest("There is no such request.")
    if not (caller.may_act_as("admin") or shown.is_mine(item, caller)):
        raise NotYours("This is somebody else's request.")
    return item
