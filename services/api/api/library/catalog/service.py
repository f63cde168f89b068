"""The whole library, or what changed of it, line by line: in one snapshot, a thousand rows in memory at a time."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kit.contracts.catalog import CatalogArtist, CatalogRemoval, CatalogTrack
from kit.db import Sessions
from sqlalchemy import ColumnElement, Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.library.artists.models import Artist, TrackArtist
from api.library.finding.models import TrackIndex
from api.library.models import Category, Track, TrackCategory

AT_ONCE = 1000
_OWN = {"type", "artists", "categories"}
_COLUMNS = tuple(getattr(Track, name) for name in CatalogTrack.model_fields if name not in _OWN)


@dataclass(frozen=True)
class Wanted:
    """Everything that may air, or whatever changed after a version or at or after a moment."""

    after_version: int | None = None
    updated_since: datetime | None = None

    @property
    def changes_only(self) -> bool:
        """Whether removals are told, too."""
        return self.after_version is not None or self.updated_since is not None


async def version(tx: AsyncSession) -> int:
    """The number of the library's last change."""
    return await tx.scalar(select(func.max(Track.version))) or 0


async def lines(sessions: Sessions, wanted: Wanted) -> AsyncIterator[bytes]:
    """The catalog in NDJSON, by version."""
    async with sessions() as tx:
        await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        rows = await tx.stream(_query(wanted), execution_options={"yield_per": AT_ONCE})
        async for some in rows.partitions(AT_ONCE):
            yield await _written(tx, some)


def _query(wanted: Wanted) -> Select[Any]:
    query = select(TrackIndex.airable, *_COLUMNS).join(TrackIndex, TrackIndex.track_id == Track.id)
    conditions: list[ColumnElement[bool]] = [] if wanted.changes_only else [TrackIndex.airable.is_(True)]
    if wanted.after_version is not None:
        conditions.append(Track.version > wanted.after_version)
    if wanted.updated_since is not None:
        conditions.append(Track.updated_at >= wanted.updated_since)
    return query.where(*conditions).order_by(Track.version, Track.id)


async def _written(tx: AsyncSession, rows: Sequence[Any]) -> bytes:
    ids = [row.id for row in rows]
    artists, categories = await _artists(tx, ids), await _categories(tx, ids)
    said = (
        CatalogTrack(**row._mapping, artists=artists.get(row.id, ()), categories=categories.get(row.id, ()))
        if row.airable
        else CatalogRemoval(id=row.id, version=row.version)
        for row in rows
    )
    return b"".join(one.model_dump_json().encode() + b"\n" for one in said)


async def _artists(tx: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[CatalogArtist]]:
    query = (
        select(TrackArtist.track_id, Artist.id, Artist.name, TrackArtist.role)
        .join(Artist, Artist.id == TrackArtist.artist_id)
        .where(TrackArtist.track_id == func.any(ids))
        .order_by(TrackArtist.track_id, TrackArtist.position)
    )
    found: dict[UUID, list[CatalogArtist]] = {}
    for track, artist, name, role in await tx.execute(query):
        found.setdefault(track, []).append(CatalogArtist(id=artist, name=name, role=role))
    return found


async def _categories(tx: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    query = (
        select(TrackCategory.track_id, Category.name)
        .join(Category, Category.id == TrackCategory.category_id)
        .where(TrackCategory.track_id == func.any(ids))
        .order_by(Category.name)
    )
    found: dict[UUID, list[str]] = {}
    for track, name in await tx.execute(query):
        found.setdefault(track, []).append(name)
    return found
