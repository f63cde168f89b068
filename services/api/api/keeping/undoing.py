"""Taking an edit back. What somebody changed again since is left as it is, and said."""

from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.keeping import rules, service
from api.keeping.models import LibraryEdit
from api.keeping.queries import NoSuchEdit
from api.keeping.rules import CATEGORIES, AlreadyUndone, Change, Wish
from api.keeping.service import Outcome
from api.keeping.writing import Now
from api.library.models import Category, TrackChange


async def undo(
    tx: AsyncSession, caller: Caller, edit_id: UUID
) -> tuple[UUID | None, Outcome, dict[UUID, tuple[str, ...]]]:
    """Take an edit back; also the fields that were left alone, by track. Raises `NoSuchEdit` and `AlreadyUndone`."""
    edit = await tx.get(LibraryEdit, edit_id, with_for_update=True)
    if edit is None:
        raise NoSuchEdit
    if edit.undone_at is not None:
        raise AlreadyUndone
    made = await _made(tx, edit_id)
    kept: dict[UUID, tuple[str, ...]] = {}

    def changes_of(now: Now) -> tuple[Change, ...]:
        undoing = rules.undo(made[now.id], now.values)
        if undoing.kept:
            kept[now.id] = undoing.kept
        return undoing.back

    moved = any(one.field == CATEGORIES for changes in made.values() for one in changes)
    outcome = await service.look_at(tx, list(made), changes_of, with_categories=moved, for_update=True)
    edit.undone_at = datetime.now(UTC)
    return await service.carry_out(tx, caller, Wish(), outcome, undoes=edit_id), outcome, kept


async def _made(tx: AsyncSession, edit_id: UUID) -> dict[UUID, list[Change]]:
    """What an edit changed, by track; categories that were deleted since cannot be restored."""
    made: dict[UUID, list[Change]] = defaultdict(list)
    categories = {str(one) for one in await tx.scalars(select(Category.id))}
    query = select(TrackChange.track_id, TrackChange.field, TrackChange.before, TrackChange.after)
    for row in await tx.execute(query.where(TrackChange.batch_id == edit_id).order_by(TrackChange.id)):
        before = row.before
        if row.field == CATEGORIES:
            before = [one for one in before if one in categories]
        made[row.track_id].append(Change(row.field, before, row.after))
    return made
