"""Reading tracks as edits see them, and writing what an edit changed, with its history."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import cast, column, delete, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from api.keeping.models import LibraryEdit
from api.keeping.rules import CATEGORIES, EDITED, Change
from api.keeping.values import as_json
from api.library.artists.service import Credit, credit
from api.library.models import Track, TrackCategory, TrackChange
from api.library.rules import EDITABLE

_COLUMNS = [getattr(Track, name) for name in (*EDITABLE, EDITED)]
_CREDITS = {"artist", "composer"}


@dataclass(frozen=True)
class Now:
    """A track as it is: `values` by the fields' names, as JSON holds them."""

    id: UUID
    title: str | None
    length_seconds: float | None
    version: int
    values: dict[str, Any]


async def load(
    tx: AsyncSession, tracks: Collection[UUID], *, with_categories: bool, for_update: bool = False
) -> list[Now]:
    """The tracks among these that are not deleted, in the order of their ids, which is the order of locking."""
    query = select(Track.id, Track.length_seconds, Track.version, *_COLUMNS).order_by(Track.id)
    query = query.where(Track.id == func.any(list(tracks)), Track.deleted_at.is_(None))
    rows = (await tx.execute(query.with_for_update() if for_update else query)).mappings().all()
    held = await _categories(tx, tracks) if with_categories else {}
    found = []
    for row in rows:
        values = {name: as_json(row[name]) for name in (*EDITABLE, EDITED)}
        values[EDITED] = sorted(values[EDITED])
        if with_categories:
            values[CATEGORIES] = sorted(held.get(row["id"], ()))
        found.append(Now(row["id"], row["title"], row["length_seconds"], row["version"], values))
    return found


async def save(tx: AsyncSession, edit: LibraryEdit, changed: Mapping[UUID, Sequence[Change]]) -> None:
    """Write what an edit changed. Whoever calls tells it afterwards (`api.library.telling`)."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for track, changes in changed.items():
        columns = {one.field: one.after for one in changes if one.field != CATEGORIES}
        if columns:
            alike[tuple(columns)].append({"id": str(track), **columns})
    for names, rows in alike.items():
        await _update(tx, names, rows)
    await _move(tx, changed)
    await _credit(tx, changed)
    await tx.execute(insert(TrackChange), _history(edit, changed))


async def _update(tx: AsyncSession, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Many tracks in one statement, their values read from JSON: finding's index is kept once a statement."""
    columns = [column(name, getattr(Track, name).type) for name in ("id", *names)]
    new = func.jsonb_populate_recordset(literal_column("NULL::api.tracks"), cast(rows, JSONB)).table_valued(
        *columns, name="new"
    )
    query = update(Track).where(Track.id == new.c.id).values({name: new.c[name] for name in names})
    await tx.execute(query.execution_options(synchronize_session=False))


async def _categories(tx: AsyncSession, tracks: Collection[UUID]) -> dict[UUID, list[str]]:
    held: dict[UUID, list[str]] = defaultdict(list)
    query = select(TrackCategory.track_id, TrackCategory.category_id)
    for track, category in await tx.execute(query.where(TrackCategory.track_id == func.any(list(tracks)))):
        held[track].append(str(category))
    return held


async def _move(tx: AsyncSession, changed: Mapping[UUID, Sequence[Change]]) -> None:
    moved = {track: set(one.after) for track, all_ in changed.items() for one in all_ if one.field == CATEGORIES}
    if not moved:
        return
    await tx.execute(delete(TrackCategory).where(TrackCategory.track_id == func.any(list(moved))))
    rows = [{"track_id": track, "category_id": UUID(one)} for track, held in moved.items() for one in sorted(held)]
    if rows:
        await tx.execute(insert(TrackCategory), rows)


async def _credit(tx: AsyncSession, changed: Mapping[UUID, Sequence[Change]]) -> None:
    touched = [track for track, changes in changed.items() if any(one.field in _CREDITS for one in changes)]
    if touched:
        rows = await tx.execute(select(Track.id, Track.artist, Track.composer).where(Track.id == func.any(touched)))
        await credit(tx, {row.id: Credit(row.artist, row.composer) for row in rows})


def _history(edit: LibraryEdit, changed: Mapping[UUID, Sequence[Change]]) -> list[dict[str, Any]]:
    known = {"by": edit.by, "user_id": edit.user_id, "batch_id": edit.id, "at": edit.at}
    return [
        {**known, "track_id": track, "field": one.field, "before": one.before, "after": one.after}
        for track, changes in changed.items()
        for one in changes
    ]
