"""Who is let in, for how long, and when it is over. Times are UTC, durations seconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from kit.contracts.air import LiveEnd
from kit.refusal import Refusal

Refused = Literal["unknown", "revoked", "expired", "not_a_streamer", "kicked", "booked", "taken", "time_used_up"]
"""Why somebody is not let in, or is cut off: the token is not (any more) one of ours; it was taken back; it is too
old; the account is blocked or may not stream; an administrator ended it; somebody else has booked this time; somebody
else is live; the time within the window is used up."""
Ending = LiveEnd | Literal["not_connected"]
"""Why a session ended; `not_connected`: it was granted and nobody came."""
TokenState = Literal["good", "live", "expired", "revoked", "used_up"]

WINDOW = timedelta(days=30)
"""Time on air counts for so long."""
PATIENCE = timedelta(seconds=5)
"""A grant that nobody uses, or that the engine does not know of, is kept for so long."""
LATE = timedelta(seconds=2)
"""The engine ends a session by itself; after this much more it is asked to."""
OVERDUE = timedelta(seconds=10)
"""So long after its end a session is taken to be over although the engine cannot be asked: it ends them itself."""
WARNINGS = (60, 300)
"""Seconds before the end at which it is told."""
SHORTEST = 1.0
"""With less time left nobody is let in."""


class SlotTaken(Refusal):
    error_code = "slot_taken"

    def __init__(self) -> None:
        super().__init__("This time overlaps another booking.")


class SlotNotSane(Refusal):
    status = 422
    error_code = "slot_not_sane"


class NobodyLive(Refusal):
    error_code = "nobody_live"

    def __init__(self) -> None:
        super().__init__("Nobody is live.")


@dataclass(frozen=True)
class Spell:
    """What one session may have used of its user's time."""

    heard_seconds: float
    in_all: bool
    """`heard_seconds` is final."""
    connected_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Booking:
    """Whose time it is."""

    user_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Knock:
    """A streamer who wants in: what is known of the token, and of its user's time on air."""

    user_id: UUID
    max_seconds: int
    used_seconds: float
    expires_at: datetime
    revoked: bool
    may_stream: bool


def used(spells: Iterable[Spell], now: datetime) -> float:
    """Seconds of the window that are used. What was not counted to the end yet may have been on air all the time."""
    return sum(_used(spell, now) for spell in spells)


def _used(spell: Spell, now: datetime) -> float:
    if spell.in_all or spell.connected_at is None:
        return spell.heard_seconds
    connected = ((spell.ended_at or now) - spell.connected_at).total_seconds()
    return max(spell.heard_seconds, connected)


def standing(knock: Knock, now: datetime) -> Refused | None:
    """Why a token lets nobody in, whoever else is on air; None when it is good."""
    if knock.revoked:
        return "revoked"
    if knock.expires_at <= now:
        return "expired"
    if not knock.may_stream:
        return "not_a_streamer"
    return None


def free_until(user_id: UUID, bookings: Iterable[Booking], now: datetime) -> datetime | None:
    """Until when the air is this user's: the end of their own booking, or the beginning of somebody else's.

    None when nothing bounds it; not later than `now` when somebody else has booked this moment.
    """
    bound: datetime | None = None
    for booking in sorted(bookings, key=lambda one: one.starts_at):
        if booking.ends_at <= now:
            continue
        if booking.user_id != user_id:
            # Of two that follow each other without a gap the first one's end is the second one's beginning.
            return bound or max(booking.starts_at, now)
        if booking.starts_at <= (bound or now):
            bound = booking.ends_at
        elif bound:
            return bound
    return bound


def seconds_left(knock: Knock, bookings: Iterable[Booking], now: datetime) -> float:
    """For how long somebody may be on air from now on, never negative."""
    bounds = [knock.expires_at]
    bound = free_until(knock.user_id, bookings, now)
    if bound:
        bounds.append(bound)
    by_clock = (min(bounds) - now).total_seconds()
    return max(0.0, min(knock.max_seconds - knock.used_seconds, by_clock))


def admit(knock: Knock, bookings: Iterable[Booking], *, taken: bool, now: datetime) -> Refused | None:
    """Why somebody is not let in now; None when they are. `taken`: somebody else's session is open."""
    bookings = list(bookings)
    if why := standing(knock, now):
        return why
    bound = free_until(knock.user_id, bookings, now)
    if bound and bound <= now:
        return "booked"
    if taken:
        return "taken"
    if seconds_left(knock, bookings, now) < SHORTEST:
        return "time_used_up"
    return None


def not_coming(granted_at: datetime, connected_at: datetime | None, now: datetime) -> bool:
    """Whether a grant is given up: nobody connected with it in time."""
    return connected_at is None and now - granted_at >= PATIENCE


def warning_due(seconds: float, warned: int | None) -> int | None:
    """The warning to give with so many seconds left; None when it was given, or it is too early."""
    for warning in WARNINGS:
        if seconds <= warning:
            return warning if warned is None or warned > warning else None
    return None


def require_sane(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse a booking that is over, backwards, longer than a day or more than a year ahead."""
    if ends_at <= starts_at:
        raise SlotNotSane("A booking ends after it begins.")
    if ends_at <= now:
        raise SlotNotSane("This time is over.")
    if ends_at - starts_at > timedelta(days=1):
        raise SlotNotSane("A booking is at most a day long.")
    if starts_at > now + timedelta(days=366):
        raise SlotNotSane("Bookings begin within a year.")
