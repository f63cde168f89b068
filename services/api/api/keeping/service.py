"""Editing tracks, one or many at once. An act is one transaction, whatever number of tracks it has."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import structlog
from kit.refusal import Refusal
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.keeping import rules, writing
from api.keeping.models import LibraryEdit
from api.keeping.rules import CATEGORIES, Change, ChangedMeanwhile, Wish
from api.keeping.writing import Now
from api.library import telling
from api.library.models import Category
from api.library.queries import NoSuchTrack

logger = structlog.get_logger()
AT_A_TIME = 1000
"""Tracks that are held in memory with all their fields."""
_One = TypeVar("_One")


class NoSuchCategory(Refusal):
    status = 422
    error_code = "no_such_category"


class EditRefused(Refusal):
    """A track cannot have such values."""

    status = 422
    error_code = "invalid_edit"


@dataclass
class Outcome:
    """What an edit does: changes by track, and the tracks that cannot be changed so, with the reason."""

    tracks: int = 0
    changed: dict[UUID, tuple[Change, ...]] = field(default_factory=dict)
    titles: dict[UUID, str | None] = field(default_factory=dict)
    refused: list[tuple[UUID, str]] = field(default_factory=list)

    def fields(self) -> Counter[str]:
        """In how many tracks each field changes."""
        return Counter(one.field for changes in self.changed.values() for one in changes if one.field != rules.EDITED)


async def edit_one(tx: AsyncSession, caller: Caller, track_id: UUID, wish: Wish, *, version: int | None) -> None:
    """Change one track. Raises `NoSuchTrack`, `NoSuchCategory`, `EditRefused` and `ChangedMeanwhile`."""
    await require_categories(tx, wish)
    outcome = await _decide(tx, [track_id], wish, for_update=True, seen=version)
    if outcome.tracks == 0:
        raise NoSuchTrack
    if outcome.refused:
        raise EditRefused(f"{outcome.refused[0][1]}.")
    await carry_out(tx, caller, wish, outcome)


async def preview(tx: AsyncSession, tracks: Sequence[UUID], wish: Wish) -> Outcome:
    """What an edit would do; raises `NoSuchCategory`."""
    await require_categories(tx, wish)
    return await _decide(tx, tracks, wish, for_update=False)


async def edit_many(
    tx: AsyncSession, caller: Caller, tracks: Sequence[UUID], wish: Wish
) -> tuple[UUID | None, Outcome]:
    """Change what can be changed of many tracks; the edit's id is None when there was nothing to do.

    Raises `NoSuchCategory`.
    """
    await require_categories(tx, wish)
    outcome = await _decide(tx, tracks, wish, for_update=True)
    return await carry_out(tx, caller, wish, outcome), outcome


async def carry_out(
    tx: AsyncSession, caller: Caller, wish: Wish, outcome: Outcome, *, undoes: UUID | None = None
) -> UUID | None:
    """Write an outcome, with its history, and tell it."""
    if not outcome.changed:
        return None
    by = "person" if caller.kind == "user" else "station"
    edit = LibraryEdit(by=by, user_id=caller.id, wish=_in_words(wish), tracks=len(outcome.changed), undoes=undoes)
    tx.add(edit)
    await tx.flush()
    await tx.refresh(edit)
    for some in in_parts(list(outcome.changed.items())):
        await writing.save(tx, edit, dict(some))
    fields = outcome.fields()
    await telling.changed(tx, outcome.changed, fields)
    logger.info("tracks_edited", edit=str(edit.id), tracks=edit.tracks, fields=dict(fields))
    return edit.id


async def require_categories(tx: AsyncSession, wish: Wish) -> None:
    """Raises `NoSuchCategory` when a wish names one that is not there."""
    named = {UUID(one) for one in (*wish.set.get(CATEGORIES, ()), *wish.add_categories)}
    known = set(await tx.scalars(select(Category.id).where(Category.id == func.any(list(named))))) if named else set()
    if named - known:
        raise NoSuchCategory(f"There is no category {min(named - known)}.")


async def look_at(
    tx: AsyncSession,
    tracks: Sequence[UUID],
    changes_of: Callable[[Now], tuple[Change, ...]],
    *,
    with_categories: bool,
    for_update: bool,
) -> Outcome:
    """What changes would come of it, some tracks at a time."""
    outcome = Outcome()
    for some in in_parts(sorted(set(tracks))):
        for now in await writing.load(tx, some, with_categories=with_categories, for_update=for_update):
            outcome.tracks += 1
            changes = changes_of(now)
            fault = rules.fault(rules.values_after(now.values, changes), now.length_seconds) if changes else None
            if fault:
                outcome.refused.append((now.id, fault))
            elif changes:
                outcome.changed[now.id] = changes
            outcome.titles[now.id] = now.title
    return outcome


async def _decide(
    tx: AsyncSession, tracks: Sequence[UUID], wish: Wish, *, for_update: bool, seen: int | None = None
) -> Outcome:
    def changes_of(now: Now) -> tuple[Change, ...]:
        if seen is not None and now.version != seen:
            raise ChangedMeanwhile(f"Somebody changed it meanwhile: its version is {now.version} by now.")
        return rules.changes(now.values, wish)

    return await look_at(tx, tracks, changes_of, with_categories=wish.about_categories, for_update=for_update)


def in_parts(many: Sequence[_One]) -> Iterator[Sequence[_One]]:
    """The same, `AT_A_TIME`."""
    return (many[at : at + AT_A_TIME] for at in range(0, len(many), AT_A_TIME))


def _in_words(wish: Wish) -> dict[str, Any]:
    said: Mapping[str, Any] = {
        "set": dict(wish.set),
        "release": list(wish.release),
        "add_tags": list(wish.add_tags),
        "remove_tags": list(wish.remove_tags),
        "add_categories": sorted(wish.add_categories),
        "remove_categories": sorted(wish.remove_categories),
    }
    return {name: value for name, value in said.items() if value}
