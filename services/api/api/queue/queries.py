"""Selects on requests that are used more than once. All that write take `lock` first, so that none waits for another
in a circle and the order changes one step at a time."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from kit.auth import NotAuthenticated
from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.accounts.models import GuestToken, User
from api.played.models import AirNow
from api.queue.models import QueueItem
from api.queue.rules import WAITING, Owner, Quota, Song
from api.settings import Settings

# Any constant: it only has to be the same for every writer of one database.
_LOCK = 7_203_140


async def lock(tx: AsyncSession) -> None:
    """Until this transaction ends, nobody else changes the queue."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


async def lock_owner(tx: AsyncSession, caller: Caller) -> None:
    """Until this transaction ends, the account is neither blocked nor gone; raises `NotAuthenticated` when it is."""
    good = {
        "user": select(User.id).where(User.id == caller.id, User.blocked_at.is_(None)),
        "guest": select(GuestToken.id).where(GuestToken.id == caller.id, GuestToken.revoked_at.is_(None)),
    }.get(caller.kind)
    if good is not None and await tx.scalar(good.with_for_update()) is None:
        raise NotAuthenticated("This account is gone or blocked.", headers={"WWW-Authenticate": "Bearer"})


async def quota(tx: AsyncSession, caller: Caller, settings: Settings, now: datetime) -> Quota:
    """What the caller has and may have. A user's requests are those of an access token's lifetime; a guest's all."""
    songs, requests, since = await _limits(tx, caller, settings, now)
    waiting = QueueItem.state.in_(WAITING)
    counted = and_(QueueItem.state != "failed", *([QueueItem.created_at > since] if since else []))
    query = select(func.count().filter(waiting), func.count().filter(counted)).where(is_of(caller))
    have = (await tx.execute(query)).one()
    return Quota(waiting=have[0], max_queue_songs=songs, requests=have[1], max_add_requests=requests)


async def _limits(
    tx: AsyncSession, caller: Caller, settings: Settings, now: datetime
) -> tuple[int | None, int | None, datetime | None]:
    if caller.kind == "guest" and (guest := await tx.get(GuestToken, caller.id)):
        return guest.max_queue_songs, guest.max_add_requests, None
    since = now - timedelta(minutes=settings.access_minutes)
    if caller.kind == "user" and (user := await tx.get(User, caller.id)):
        songs, requests = user.max_queue_songs, user.max_add_requests
        return songs or settings.max_queue_songs, requests or settings.max_add_requests, since
    return None, None, since


async def waiting_in_all(tx: AsyncSession) -> int:
    """How many requests wait, whoever asked for them."""
    return await tx.scalar(select(func.count()).where(QueueItem.state.in_(WAITING))) or 0


async def playing(tx: AsyncSession) -> Sequence[QueueItem]:
    """What has begun, the newest last; more than one for a moment only."""
    query = select(QueueItem).where(QueueItem.state == "playing").order_by(QueueItem.started_at, QueueItem.id)
    return (await tx.scalars(query)).all()


async def queued(tx: AsyncSession) -> Sequence[QueueItem]:
    """What comes next, in order."""
    query = select(QueueItem).where(QueueItem.state == "queued").order_by(QueueItem.position, QueueItem.id)
    return (await tx.scalars(query)).all()


async def places(tx: AsyncSession) -> dict[UUID, int]:
    """The queued requests' places: 1 for the next one."""
    query = select(QueueItem.id).where(QueueItem.state == "queued").order_by(QueueItem.position, QueueItem.id)
    return {item: place for place, item in enumerate(await tx.scalars(query), start=1)}


async def changing(tx: AsyncSession, item: UUID) -> QueueItem | None:
    """A request that this transaction may change, as it is now."""
    await lock(tx)
    return await tx.get(QueueItem, item, with_for_update=True, populate_existing=True)


async def waiting_of(tx: AsyncSession, *owners: ColumnElement[bool]) -> Sequence[QueueItem]:
    """Requests that have not begun and that meet the conditions, to be changed."""
    query = select(QueueItem).where(QueueItem.state.in_(WAITING), *owners).with_for_update()
    return (await tx.scalars(query.execution_options(populate_existing=True))).all()


async def known(tx: AsyncSession, ids: Collection[UUID]) -> Sequence[QueueItem]:
    """The requests among these ids."""
    return (await tx.scalars(select(QueueItem).where(QueueItem.id.in_(ids)))).all()


async def live(tx: AsyncSession) -> bool:
    """Whether a live show is on air."""
    return await tx.scalar(select(AirNow.tier)) == "live"


def is_of(caller: Caller) -> ColumnElement[bool]:
    """Whether a request is the caller's; the station's are those that belong to nobody."""
    if caller.kind == "user":
        return QueueItem.user_id == caller.id
    if caller.kind == "guest":
        return QueueItem.guest_id == caller.id
    return and_(QueueItem.user_id.is_(None), QueueItem.guest_id.is_(None))


def owner(item: QueueItem) -> Owner:
    """Whose request it is."""
    return item.user_id or item.guest_id


def song(item: QueueItem) -> Song:
    """What makes it the same as another."""
    return Song(item.title, item.artist)
