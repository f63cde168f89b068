"""Searching the library: for staff, and for whoever may ask for a song."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from api.library import queries as tracks
from api.library.finding import asking, compiling, cursors, queries, saved
from api.library.finding.models import TrackIndex
from api.library.finding.queries import COUNTED, Asked, Found
from api.library.finding.rules import Sort, Tree
from api.library.finding.schemas import (
    FacetCount,
    Facets,
    Page,
    Paged,
    SongFilter,
    SongQuery,
    SongsPage,
    TrackFilter,
    TrackQuery,
    TracksPage,
)
from api.library.models import Category
from api.library.moment import Now

STAFF_PATIENCE, PATIENCE = 10_000, 2_000
"""Milliseconds for which the database searches for staff, and for anybody."""
MOST_VALUES = 100
"""Values that are told of a facet."""
_CANCELLED = "57014"


class SearchTooLong(Refusal):
    """The database was stopped: this search costs too much."""

    status = 503
    error_code = "search_took_too_long"

    def __init__(self) -> None:
        super().__init__("This search takes too long; ask for less.", headers={"Retry-After": "5"})


@asynccontextmanager
async def patiently(tx: AsyncSession, milliseconds: int) -> AsyncIterator[None]:
    """Let no statement of this transaction run longer; raises `SearchTooLong`."""
    # A plan for each search: one for all would fold the words anew for every row, and not know how rare they are.
    own_plan = func.set_config("plan_cache_mode", "force_custom_plan", True)
    await tx.execute(select(func.set_config("statement_timeout", str(milliseconds), True), own_plan))
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == _CANCELLED:
            raise SearchTooLong from error
        raise


async def find_tracks(tx: AsyncSession, query: TrackQuery, now: Now) -> TracksPage:
    """Tracks as staff sees them. Raises `BadFilter`, `BadCursor`, `NoSuchBlock` and `SearchTooLong`."""
    async with patiently(tx, STAFF_PATIENCE):
        within = await _within(tx, query, now)
        found, page = await _page(tx, query, query, query.sort, now, within)
        return TracksPage(items=await tracks.shown(tx, found), **dict(page))


async def find_songs(tx: AsyncSession, query: SongQuery, now: Now) -> SongsPage:
    """What listeners may ask for. Raises `BadCursor` and `SearchTooLong`."""
    async with patiently(tx, PATIENCE):
        found, page = await _page(tx, query, query, query.sort, now, compiling.requestable(now))
        return SongsPage(items=await tracks.songs(tx, found), **dict(page))


async def count_tracks(tx: AsyncSession, filter: TrackFilter, now: Now) -> Facets:
    """What staff finds, counted; raises as `find_tracks`."""
    async with patiently(tx, STAFF_PATIENCE):
        return await _facets(tx, filter, now, await _within(tx, filter, now))


async def count_songs(tx: AsyncSession, filter: SongFilter, now: Now) -> Facets:
    """What listeners find, counted; raises as `find_songs`."""
    async with patiently(tx, PATIENCE):
        counted = await _facets(tx, filter, now, compiling.requestable(now))
    return Facets(
        genre=counted.genre, mood=counted.mood, language=counted.language, decade=counted.decade, alike=counted.alike
    )


async def ids_of(tx: AsyncSession, tree: Tree, now: Now, *, most: int) -> Sequence[UUID]:
    """The ids of all that a filter holds, in no order, at most so many."""
    query = select(TrackIndex.track_id).where(compiling.condition(tree, now)).limit(most)
    return (await tx.scalars(query)).all()


async def _within(tx: AsyncSession, filter: TrackFilter, now: Now) -> ColumnElement[bool]:
    return compiling.condition(await saved.tree_of(tx, filter.block), now) if filter.block else true()


async def _page(
    tx: AsyncSession, filter: SongFilter, paged: Paged, sort: Sort | None, now: Now, within: ColumnElement[bool]
) -> tuple[list[UUID], Page]:
    chosen, descending = asking.order_of(filter, sort, paged.order)
    asked = Asked(
        within & compiling.condition(asking.tree_of(filter), now), asking.words_of(filter), chosen, descending
    )
    mark = cursors.mark(filter.model_dump(exclude={"after", "limit", "order", "sort"}), chosen, descending)
    after = cursors.read(paged.after, mark, queries.kind_of_key(chosen)) if paged.after else None
    asked, found = await queries.page(tx, asked, after=after, limit=paged.limit + 1)
    rows, more = found[: paged.limit], len(found) > paged.limit
    total = None if after else await queries.count(tx, asked) if more else len(rows)
    return [row.id for row in rows], Page(
        next=cursors.write(_cursor(rows[-1], asked), mark) if more else None,
        total=min(total, COUNTED) if total is not None else None,
        total_is_least=total is not None and total > COUNTED,
        alike=asked.alike and bool(rows),
    )


def _cursor(row: Found, asked: Asked) -> cursors.Cursor:
    return cursors.Cursor(row.key, row.id, asked.alike)


async def _facets(tx: AsyncSession, filter: SongFilter, now: Now, within: ColumnElement[bool]) -> Facets:
    holds = within & compiling.condition(asking.tree_of(filter), now)
    asked, counted = await queries.facets(tx, Asked(holds, asking.words_of(filter), "relevance", True))
    names = {str(row.id): row.name for row in await tx.execute(select(Category.id, Category.name))}
    told = {
        facet: [
            FacetCount(value=value, label=names.get(value, value), count=count) for value, count in values[:MOST_VALUES]
        ]
        for facet, values in counted.items()
    }
    return Facets.model_validate({**told, "alike": asked.alike and bool(told)})
