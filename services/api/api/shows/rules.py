"""Whose a show is, when it airs next, and what may not be done to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal, get_args
from uuid import UUID

from kit.refusal import Refusal

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class NoSuchShow(Refusal):
    status = 404
    error_code = "no_such_show"

    def __init__(self) -> None:
        super().__init__("There is no such show.")


class ShowNameTaken(Refusal):
    error_code = "show_name_taken"

    def __init__(self) -> None:
        super().__init__("There is a show of this name.")


class NotYourShow(Refusal):
    status = 403
    error_code = "not_your_show"

    def __init__(self) -> None:
        super().__init__("Only the show's owner or staff above may do this.")


class NobodyOwnsIt(Refusal):
    error_code = "show_without_owner"

    def __init__(self) -> None:
        super().__init__("Nobody owns this show: give it an owner first.")


class NotAStreamer(Refusal):
    status = 422
    error_code = "not_a_streamer"

    def __init__(self) -> None:
        super().__init__("Only somebody who may work and is a streamer or above goes live: choose another role first.")


@dataclass(frozen=True)
class WeeklyTime:
    """Once a week, by the clock on the station's wall."""

    weekday: Weekday
    starts: time
    minutes: int


@dataclass(frozen=True, order=True)
class Airing:
    """Times are UTC."""

    starts_at: datetime
    ends_at: datetime


def next_times(weekly: Iterable[WeeklyTime], zone: tzinfo, now: datetime, *, count: int) -> list[Airing]:
    """The next times that a show airs, the one that is on among them. `now` is aware.

    An hour that the clocks leave out is aired an hour later, one that they repeat is aired the first time.
    """
    today, found = now.astimezone(zone).date(), set()
    for one in weekly:
        # From yesterday on: what began then may go on past midnight.
        for days in range(-1, 7 * count + 7):
            day = today + timedelta(days=days)
            if WEEKDAYS[day.weekday()] == one.weekday:
                starts = datetime.combine(day, one.starts, zone).astimezone(now.tzinfo)
                found.add(Airing(starts, starts + timedelta(minutes=one.minutes)))
    return sorted(airing for airing in found if airing.ends_at > now)[:count]


def require_may_change(owner_id: UUID | None, caller_id: UUID | None, *, is_producer: bool) -> None:
    """A show is changed by producers and by its owner; raises `NotYourShow`."""
    if not is_producer and (owner_id is None or owner_id != caller_id):
        raise NotYourShow
