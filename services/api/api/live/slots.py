"""Bookings: whose the air is, and when."""

from datetime import datetime
from uuid import UUID, uuid4

import structlog
from kit.refusal import Refusal
from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.live import queries
from api.live.models import LiveSlot
from api.live.rules import SlotTaken, require_sane
from api.live.schemas import Schedule, SlotAsked, SlotForStaff, SlotShown, SlotsPage
from api.shows import queries as shows
from api.shows.models import Show

logger = structlog.get_logger()
AHEAD = 200
"""Bookings that the public schedule shows."""
OVERLAP = "ex_live_slots_overlap"


class NoSuchSlot(Refusal):
    status = 404
    error_code = "no_such_slot"

    def __init__(self) -> None:
        super().__init__("There is no such booking.")


async def book(tx: AsyncSession, wish: SlotAsked, *, now: datetime) -> SlotForStaff:
    """Book a time; raises `SlotTaken`, `SlotNotSane`, and what its user or show may be refused for."""
    require_sane(wish.starts_at, wish.ends_at, now)
    user = await shows.streamer(tx, wish.user_id)
    show = await shows.show(tx, wish.show_id) if wish.show_id else None
    slot = LiveSlot(id=uuid4(), **wish.model_dump(), created_at=now)
    tx.add(slot)
    try:
        await tx.flush()
    except IntegrityError as error:
        if OVERLAP in str(error.orig):
            raise SlotTaken from error
        raise
    await _make_room(tx, slot, now)
    logger.info("slot_booked", slot_id=str(slot.id), user_id=str(slot.user_id))
    return _for_staff(slot, user.display_name, show.name if show else None)


async def _make_room(tx: AsyncSession, slot: LiveSlot, now: datetime) -> None:
    """Who is live without a booking has to be gone when another's begins."""
    session = await queries.open_session(tx, lock=True)
    begins = max(slot.starts_at, now)
    if session and session.user_id != slot.user_id and session.ends_at > begins:
        session.ends_at, session.limit_told = begins, False


async def cancel(tx: AsyncSession, slot_id: UUID) -> None:
    """Delete a booking; who is live already may stay until then."""
    slot = await tx.get(LiveSlot, slot_id)
    if slot is None:
        raise NoSuchSlot
    await tx.delete(slot)


async def list_slots(tx: AsyncSession, *, past: bool, offset: int, limit: int, now: datetime) -> SlotsPage:
    """Bookings in their order, with those that are over or without."""
    wanted: ColumnElement[bool] = true() if past else LiveSlot.ends_at > now
    total = await tx.scalar(select(func.count()).select_from(LiveSlot).where(wanted)) or 0
    rows = await tx.execute(_named().where(wanted).offset(offset).limit(limit))
    return SlotsPage(items=[_for_staff(slot, streamer, show) for slot, streamer, show in rows], total=total)


async def schedule(tx: AsyncSession, *, now: datetime) -> Schedule:
    """What is booked, for everybody."""
    return await _schedule(tx, LiveSlot.ends_at > now)


async def schedule_of_show(tx: AsyncSession, show_id: UUID, *, now: datetime) -> Schedule:
    """What is booked for a show; raises `NoSuchShow`."""
    await shows.show(tx, show_id)
    return await _schedule(tx, (LiveSlot.show_id == show_id) & (LiveSlot.ends_at > now))


async def _schedule(tx: AsyncSession, which: ColumnElement[bool]) -> Schedule:
    rows = await tx.execute(_named().where(which).limit(AHEAD))
    return Schedule(items=[_shown(_for_staff(slot, streamer, show)) for slot, streamer, show in rows])


def _named() -> Select[LiveSlot, str | None, str]:
    return (
        select(LiveSlot, User.display_name, Show.name)
        .join(User, User.id == LiveSlot.user_id)
        .outerjoin(Show, Show.id == LiveSlot.show_id)
        .order_by(LiveSlot.starts_at)
    )


def _shown(slot: SlotForStaff) -> SlotShown:
    """Without what is nobody's business."""
    return SlotShown.model_validate(slot, from_attributes=True)


def _for_staff(slot: LiveSlot, streamer: str | None, show: str | None) -> SlotForStaff:
    return SlotForStaff(
        id=slot.id,
        user_id=slot.user_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        streamer=streamer,
        show_id=slot.show_id,
        show=show,
    )
