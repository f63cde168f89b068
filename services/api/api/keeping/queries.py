"""Selects on edits and their history."""

from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.keeping.models import LibraryEdit
from api.keeping.rules import EDITED
from api.keeping.schemas import EditShown, HistoryEntry
from api.library.models import TrackChange


class NoSuchEdit(Refusal):
    status = 404
    error_code = "no_such_edit"

    def __init__(self) -> None:
        super().__init__("There is no such edit.")


async def edits(tx: AsyncSession, *, before: UUID | None, limit: int) -> list[EditShown]:
    """The newest edits, or those before one; raises `NoSuchEdit`."""
    query = select(LibraryEdit, User.display_name).outerjoin(User, User.id == LibraryEdit.user_id)
    if before:
        last = await tx.get(LibraryEdit, before)
        if last is None:
            raise NoSuchEdit
        query = query.where(tuple_(LibraryEdit.at, LibraryEdit.id) < (last.at, last.id))
    rows = await tx.execute(query.order_by(LibraryEdit.at.desc(), LibraryEdit.id.desc()).limit(limit))
    return [EditShown.model_validate(edit).model_copy(update={"user": name}) for edit, name in rows]


async def history(tx: AsyncSession, track_id: UUID, *, before: int | None, limit: int) -> list[HistoryEntry]:
    """What changed in a track, newest first."""
    query = select(TrackChange, User.display_name).outerjoin(User, User.id == TrackChange.user_id)
    query = query.where(TrackChange.track_id == track_id, TrackChange.field != EDITED)
    if before:
        query = query.where(TrackChange.id < before)
    rows = await tx.execute(query.order_by(TrackChange.id.desc()).limit(limit))
    return [_entry(one, name) for one, name in rows]


def _entry(one: TrackChange, name: str | None) -> HistoryEntry:
    return HistoryEntry(
        id=one.id,
        at=one.at,
        by=one.by,
        user=name,
        edit_id=one.batch_id,
        field=one.field,
        before=one.before,
        after=one.after,
    )
