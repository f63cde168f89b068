"""Two tracks that are one: what is known of both stays with one of them, and the other is deleted."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.keeping import rules, service, writing
from api.keeping.rules import Wish
from api.keeping.service import Outcome
from api.keeping.writing import Now
from api.library import deleting
from api.library.models import Track
from api.library.queries import NoSuchTrack
from api.programme import queries as programme
from api.programme.models import ProgrammeEntry
from api.programme.rules import require_own


class MergedWithItself(Refusal):
    status = 422
    error_code = "merged_with_itself"

    def __init__(self) -> None:
        super().__init__("A track cannot be merged with itself.")


async def merge(tx: AsyncSession, caller: Caller, keep_id: UUID, others: Sequence[UUID]) -> None:
    """Keep one track, filled up with what only the others know, in all their categories and places; delete the others.

    Raises `NoSuchTrack`, `MergedWithItself`, `NotYours` and `StarterPiece`.
    """
    if keep_id in others:
        raise MergedWithItself
    wanted = [keep_id, *others]
    found = {one.id: one for one in await writing.load(tx, wanted, with_categories=True, for_update=True)}
    if found.keys() != set(wanted):
        raise NoSuchTrack
    owners = await tx.execute(select(Track.created_by, Track.source).where(Track.id == func.any(list(others))))
    for row in owners:
        rules.require_deletable(caller.role, caller.id, row.created_by)
        require_own(row.source)
    await _fill(tx, caller, found[keep_id], [found[one] for one in others])
    await _count_airs(tx, keep_id, others)
    await _take_places(tx, keep_id, others)
    await tx.execute(update(Track).where(Track.id == func.any(list(others))).values(duplicate_of=keep_id))
    await deleting.delete(tx, others, by=caller.id, now=datetime.now(UTC))


async def _fill(tx: AsyncSession, caller: Caller, keep: Now, others: Sequence[Now]) -> None:
    known: dict[str, Any] = {}
    for other in others:
        known = {**rules.only_known_to(other.values, keep.values), **known}
    wish = Wish(
        set=known,
        add_tags=tuple(tag for other in others for tag in other.values["tags"]),
        add_categories=frozenset(one for other in others for one in other.values[rules.CATEGORIES]),
    )
    # What somebody set stays what somebody set; the rest came from files and measurements, and may change again.
    stands = {name for other in others for name in other.values[rules.EDITED]}
    changes = rules.changes(keep.values, wish, standing=stands)
    if changes:
        outcome = Outcome(tracks=1, changed={keep.id: changes}, titles={keep.id: keep.title})
        await service.carry_out(tx, caller, wish, outcome)


async def _count_airs(tx: AsyncSession, keep_id: UUID, others: Sequence[UUID]) -> None:
    query = select(func.sum(Track.airs), func.max(Track.last_aired_at)).where(Track.id == func.any(list(others)))
    airs, last = (await tx.execute(query)).one()
    aired = {"airs": Track.airs + airs, "last_aired_at": func.greatest(Track.last_aired_at, last)}
    await tx.execute(update(Track).where(Track.id == keep_id).values(aired))


async def _take_places(tx: AsyncSession, keep_id: UUID, others: Sequence[UUID]) -> None:
    """The playlist goes on with the one that is kept, in the first of their places."""
    entries = await tx.scalars(
        select(ProgrammeEntry)
        .where(ProgrammeEntry.track_id == func.any([keep_id, *others]))
        .order_by(ProgrammeEntry.position)
        .with_for_update()
    )
    positions = [entry.position for entry in entries]
    if not positions:
        return
    await programme.strike(tx, [keep_id, *others])
    tx.add(ProgrammeEntry(track_id=keep_id, position=positions[0]))
    await programme.told_changed(tx)
