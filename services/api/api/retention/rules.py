"""What a policy deletes, and why. The same for the preview and for the night. Bytes, days, UTC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal
from uuid import UUID

What = Literal["aircheck", "original"]
Because = Literal["too_old", "too_much"]
GB = 1_000_000_000
NIGHT = time(4)
"""By the station's clock: then policies are carried out."""


@dataclass(frozen=True)
class Policy:
    """None: no limit. The default deletes nothing."""

    unpublished_days: int | None = None
    """So long an aircheck that is no episode is kept."""
    published_days: int | None = None
    """So long an episode is kept after its show aired; without it no policy touches one."""
    originals_days: int | None = None
    """So long the lossless original is kept beside the copy for listening."""
    keep_last: int = 0
    """So many of each show are kept, however old or large they are."""
    total_gb: float | None = None
    """So much all airchecks may take. Originals go first, the oldest first; then airchecks that are no episodes."""


@dataclass(frozen=True)
class Kept:
    """An aircheck that can be heard."""

    id: UUID
    show_id: UUID | None
    began_at: datetime
    published: bool
    original_bytes: int
    """0 when there is none."""
    copy_bytes: int


@dataclass(frozen=True)
class Deletion:
    """What goes, why, and what it frees."""

    id: UUID
    what: What
    because: Because
    bytes: int


def plan(kept: Iterable[Kept], policy: Policy, now: datetime) -> list[Deletion]:
    """What the policy deletes now, in the order in which it does. An aircheck goes with its original."""
    oldest_first = sorted(kept, key=lambda one: (one.began_at, one.id))
    safe = _last_of_each_show(oldest_first, policy.keep_last)
    found = [deletion for one in oldest_first if (deletion := _too_old(one, policy, safe, now))]
    return found + _too_much(_without(oldest_first, found), policy, safe)


def total(kept: Iterable[Kept]) -> int:
    """Bytes that airchecks take."""
    return sum(one.original_bytes + one.copy_bytes for one in kept)


def left(kept: Iterable[Kept], deletions: Iterable[Deletion]) -> int:
    """Bytes that airchecks take after a plan is carried out."""
    return total(kept) - sum(one.bytes for one in deletions)


def due(now: datetime, zone: tzinfo, carried_out_on: date | None) -> bool:
    """Whether tonight's deleting is still to be done; `zone` is the station's."""
    local = now.astimezone(zone)
    return local.time() >= NIGHT and (carried_out_on is None or carried_out_on < local.date())


def _last_of_each_show(oldest_first: Sequence[Kept], count: int) -> set[UUID]:
    by_show: dict[UUID, list[UUID]] = {}
    for one in oldest_first:
        if one.show_id:
            by_show.setdefault(one.show_id, []).append(one.id)
    return {aircheck for shows in by_show.values() for aircheck in shows[len(shows) - min(count, len(shows)) :]}


def _too_old(one: Kept, policy: Policy, safe: set[UUID], now: datetime) -> Deletion | None:
    age = now - one.began_at
    days = policy.published_days if one.published else policy.unpublished_days
    if days is not None and age > timedelta(days=days) and one.id not in safe:
        return Deletion(one.id, "aircheck", "too_old", one.original_bytes + one.copy_bytes)
    if policy.originals_days is not None and one.original_bytes and age > timedelta(days=policy.originals_days):
        return Deletion(one.id, "original", "too_old", one.original_bytes)
    return None


def _without(kept: Sequence[Kept], deletions: Iterable[Deletion]) -> list[Kept]:
    """What is left, without the originals that are gone."""
    gone = {one.id: one.what for one in deletions}
    found = []
    for one in kept:
        what = gone.get(one.id)
        if what != "aircheck":
            found.append(replace(one, original_bytes=0) if what == "original" else one)
    return found


def _too_much(oldest_first: Sequence[Kept], policy: Policy, safe: set[UUID]) -> list[Deletion]:
    if policy.total_gb is None:
        return []
    over = total(oldest_first) - int(policy.total_gb * GB)
    found: list[Deletion] = []
    for one in oldest_first:
        if over > 0 and one.original_bytes:
            found.append(Deletion(one.id, "original", "too_much", one.original_bytes))
            over -= one.original_bytes
    for one in _without(oldest_first, found):
        if over > 0 and not one.published and one.id not in safe:
            # Its original is in the list already, when it had one.
            found.append(Deletion(one.id, "aircheck", "too_much", one.copy_bytes))
            over -= one.copy_bytes
    return found
