"""Who may ask for what, and in which order requests are played."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from kit.refusal import Refusal

RequestSource = Literal["link", "upload", "library"]
RequestState = Literal["fetching", "ready", "queued", "playing", "played", "failed", "removed"]
"""Being fetched; its on-air copy is made; in the order that the player holds; begun; heard to its end or skipped;
not playable, with the reason; taken out before it began."""
FailureReason = Literal[
    "not_found", "not_audio", "broken", "silent", "too_long", "too_short", "too_large", "playlist", "live_stream",
    "forbidden_address", "unreachable", "source_failed", "timed_out", "duplicate", "disk_full", "lost", "unplayable",
]  # fmt: skip
WAITING: tuple[RequestState, ...] = ("fetching", "ready", "queued")
"""States that take one of the listener's places."""
PREPARING: tuple[RequestState, ...] = ("fetching", "ready")
"""States in which the worker has something to do."""
OVERDUE = timedelta(seconds=15)
"""A song that should have ended, or begun, so long ago is being held: nobody can tell when the next one comes."""

Owner = UUID | None
"""The user's or the guest token's id; None for the station itself and for accounts that are gone."""


class TooManyWaiting(Refusal):
    """The caller has as many requests waiting as allowed."""

    status = 429
    error_code = "too_many_waiting"


class RequestsUsedUp(Refusal):
    """The caller has asked as often as an access token may."""

    status = 429
    error_code = "requests_used_up"


class QueueFull(Refusal):
    """As many requests wait as the station takes."""

    status = 409
    error_code = "queue_full"


class AlreadyComing(Refusal):
    """The same song is among the next ones."""

    status = 409
    error_code = "duplicate"


class AlreadyPlaying(Refusal):
    """It has begun; only staff can skip it."""

    status = 409
    error_code = "already_playing"


class AlreadyOver(Refusal):
    """It was played or has failed; there is nothing to take out."""

    status = 409
    error_code = "already_over"


class OrderIsStale(Refusal):
    """The ids are not exactly the queued ones."""

    status = 409
    error_code = "order_is_stale"


@dataclass(frozen=True)
class Quota:
    """What a caller has, and what they may have. None is no limit."""

    waiting: int
    max_queue_songs: int | None
    requests: int
    max_add_requests: int | None


@dataclass(frozen=True)
class Song:
    """What makes two requests the same."""

    title: str | None
    artist: str | None


@dataclass(frozen=True)
class Playing:
    """The request that has begun, and when. Seconds."""

    started_at: datetime | None
    length_seconds: float | None


@dataclass(frozen=True)
class Next:
    """A request in the order. Seconds."""

    queued_at: datetime | None
    length_seconds: float | None


def admit(quota: Quota, *, waiting_in_all: int, max_queue_length: int) -> None:
    """Refuse one request more than allowed; raises `TooManyWaiting`, `RequestsUsedUp` or `QueueFull`."""
    if quota.max_queue_songs is not None and quota.waiting >= quota.max_queue_songs:
        raise TooManyWaiting(
            f"You have {quota.waiting} of {quota.max_queue_songs} requests waiting; wait until one was played, "
            "or take one out."
        )
    if quota.max_add_requests is not None and quota.requests >= quota.max_add_requests:
        raise RequestsUsedUp(
            f"You have used all of your {quota.max_add_requests} requests; try again later.",
            headers={"Retry-After": "60"},
        )
    if waiting_in_all >= max_queue_length:
        raise QueueFull("The queue is full; try again when some songs have been played.", headers={"Retry-After": "60"})


def is_repeat(song: Song, upcoming: Sequence[Song], *, within: int) -> bool:
    """Whether the song is among the next `within`; `upcoming` begins with the one that plays."""
    return song.title is not None and _same(song) in {_same(one) for one in upcoming[:within]}


def place(owner: Owner, ahead: Sequence[Owner], *, playing: Sequence[Owner], fair: bool) -> int:
    """Where a new request goes: so many of those `ahead` (in order) stay before it.

    Each request belongs to a round: a listener's first to the first, the second to the second. What plays counts. A
    new one goes behind the last whose round is not later than its own.
    """
    if not fair:
        return len(ahead)
    seen: dict[Owner, int] = {}
    for one in playing:
        seen[one] = seen.get(one, 0) + 1
    rounds = []
    for one in ahead:
        rounds.append(seen.get(one, 0))
        seen[one] = rounds[-1] + 1
    own = seen.get(owner, 0)
    return max((index + 1 for index, number in enumerate(rounds) if number <= own), default=0)


def reordered(queued: Sequence[UUID], wanted: Sequence[UUID]) -> None:
    """Refuse an order that is no permutation of what is queued; raises `OrderIsStale`."""
    if len(wanted) != len(queued) or set(wanted) != set(queued):
        raise OrderIsStale("The queue has changed meanwhile; load it again and order what is in it now.")


def expected_times(
    playing: Playing | None, queued: Sequence[Next], *, live: bool, now: datetime
) -> list[datetime | None]:
    """When each queued request will begin; None where nobody can tell: a live show is on, or the player is held."""
    begins = None if live else _next_begins(playing, queued, now)
    times: list[datetime | None] = []
    for one in queued:
        times.append(begins)
        if begins is not None:
            begins = None if one.length_seconds is None else begins + timedelta(seconds=one.length_seconds)
    return times


def removable(state: RequestState) -> bool:
    """Whether it can be taken out; False when it already was. Raises `AlreadyPlaying` or `AlreadyOver`."""
    if state == "playing":
        raise AlreadyPlaying("It plays already.")
    if state in ("played", "failed"):
        raise AlreadyOver("It is over; there is nothing to take out.")
    return state in WAITING


def _next_begins(playing: Playing | None, queued: Sequence[Next], now: datetime) -> datetime | None:
    if playing is None:
        since = queued[0].queued_at if queued else None
        return now if since is None or now - since <= OVERDUE else None
    if playing.started_at is None or playing.length_seconds is None:
        return None
    ends = playing.started_at + timedelta(seconds=playing.length_seconds)
    return max(ends, now) if now - ends <= OVERDUE else None


def _same(song: Song) -> tuple[str, str]:
    return _plain(song.title), _plain(song.artist)


def _plain(text: str | None) -> str:
    """Spelling that does not make a difference is gone: width, case, blanks."""
    folded = unicodedata.normalize("NFKC", text or "").casefold()
    # Folding may undo the normal form.
    return " ".join(unicodedata.normalize("NFKC", folded).split())
