"""Pages, numbers and facets of what a search finds, read from the index alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import numpy as np
from sqlalchemy import REAL, ColumnElement, DateTime, Double, LargeBinary, func, literal, select, tuple_
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from api.library.finding import compiling
from api.library.finding.cursors import Cursor
from api.library.finding.models import FacetValue, TrackIndex
from api.library.finding.rules import Sort

COUNTED = 1_000
"""More are not counted one by one: facets tell numbers."""
ALIKE_FROM = 0.45
"""So similar letters may be a typing error; pg_trgm's measure, from 0 to 1."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """A search: what must hold, the words looked for, and the order. `alike` looks for similar letters instead."""

    holds: ColumnElement[bool]
    words: str | None
    sort: Sort
    descending: bool
    alike: bool = False


class Found(NamedTuple):
    """A row of a page, with what it is sorted by."""

    id: UUID
    key: str | float | datetime


def kind_of_key(sort: Sort) -> type[str] | type[float] | type[datetime]:
    """Of which kind a sort's values are."""
    return {"title": str, "artist": str, "added": datetime, "last_aired": datetime}.get(sort, float)


async def is_held(tx: AsyncSession, track_id: UUID, holds: ColumnElement[bool]) -> bool:
    """Whether a condition on the index holds for a track."""
    found = select(TrackIndex.track_id).where(TrackIndex.track_id == track_id, holds)
    return await tx.scalar(found) is not None


async def page(tx: AsyncSession, asked: Asked, *, after: Cursor | None, limit: int) -> tuple[Asked, list[Found]]:
    """The rows after a cursor. Words that are nowhere are taken for typing errors: the search that was done is told."""
    if after is not None:
        asked = replace(asked, alike=after.alike)
    found = await _page(tx, asked, after=after, limit=limit)
    if found or after or not asked.words:
        return asked, found
    asked = replace(asked, alike=True)
    return asked, await _page(tx, asked, after=None, limit=limit)


async def count(tx: AsyncSession, asked: Asked) -> int:
    """How many there are; `COUNTED` + 1 when there are more."""
    some = select(literal(1)).select_from(TrackIndex).where(*_conditions(asked)).limit(COUNTED + 1)
    return await tx.scalar(select(func.count()).select_from(some.subquery())) or 0


async def facets(tx: AsyncSession, asked: Asked) -> tuple[Asked, dict[str, list[tuple[str, int]]]]:
    """How many of what a search finds have each value of each facet, the most frequent first."""
    codes = await _codes(tx, asked)
    if not codes and asked.words:
        asked = replace(asked, alike=True)
        codes = await _codes(tx, asked)
    counts = np.bincount(np.frombuffer(codes, dtype=">i4")) if codes else np.zeros(0, dtype=int)
    used = [int(code) for code in np.flatnonzero(counts)]
    named = await tx.execute(
        select(FacetValue.facet, FacetValue.value, FacetValue.code).where(FacetValue.code == func.any(used))
    )
    told: dict[str, list[tuple[str, int]]] = {}
    for facet, value, code in named:
        told.setdefault(facet, []).append((value, int(counts[code])))
    return asked, {facet: sorted(values, key=lambda one: (-one[1], one[0])) for facet, values in told.items()}


async def _codes(tx: AsyncSession, asked: Asked) -> bytes:
    await _allow_errors(tx, asked)
    joined = func.string_agg(TrackIndex.codes, sql_cast(b"", LargeBinary))
    return cast(bytes | None, await tx.scalar(select(joined).where(*_conditions(asked)))) or b""


async def _page(tx: AsyncSession, asked: Asked, *, after: Cursor | None, limit: int) -> list[Found]:
    await _allow_errors(tx, asked)
    key = _key(asked)
    query = select(TrackIndex.track_id, key.label("key")).where(*_conditions(asked))
    if after is not None:
        place = tuple_(sql_cast(after.key, key.type), literal(after.id))
        here = tuple_(key, TrackIndex.track_id)
        query = query.where(here < place if asked.descending else here > place)
    order = (key.desc(), TrackIndex.track_id.desc()) if asked.descending else (key, TrackIndex.track_id)
    return [Found(*row) for row in await tx.execute(query.order_by(*order).limit(limit))]


def _conditions(asked: Asked) -> Sequence[ColumnElement[bool]]:
    if not asked.words:
        return (asked.holds,)
    if asked.alike:
        return (asked.holds, TrackIndex.letters.bool_op("%>")(func.api.folded(asked.words)))
    return (asked.holds, compiling.has_words(asked.words))


async def _allow_errors(tx: AsyncSession, asked: Asked) -> None:
    if asked.alike:
        await tx.execute(select(func.set_config("pg_trgm.word_similarity_threshold", str(ALIKE_FROM), True)))


def _key(asked: Asked) -> ColumnElement[Any]:
    said = func.api.folded(asked.words)
    if asked.sort == "relevance" and asked.words and asked.alike:
        return sql_cast(func.word_similarity(said, TrackIndex.letters), REAL)
    if asked.sort == "relevance" and asked.words:
        return sql_cast(func.ts_rank(TrackIndex.words, func.api.asked_words(asked.words)), REAL)
    return _KEYS.get(asked.sort, TrackIndex.created_at.expression)


def _number(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    return sql_cast(func.coalesce(column, -1), Double)


_KEYS: Mapping[Sort, ColumnElement[Any]] = {
    "title": TrackIndex.letters.expression,
    "artist": TrackIndex.sort_artist.expression,
    "last_aired": func.coalesce(TrackIndex.last_aired_at, _NEVER, type_=DateTime(timezone=True)),
    "airs": _number(TrackIndex.airs),
    "length": _number(TrackIndex.length_seconds),
    "year": _number(TrackIndex.year),
    "tempo": _number(TrackIndex.tempo_bpm),
    "energy": _number(TrackIndex.energy),
}
