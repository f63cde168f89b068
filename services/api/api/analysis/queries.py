"""Reading analyses, and ordering them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.analysis import rules
from api.analysis.models import Analysis, SimilarPair
from api.analysis.rules import State, Which
from api.library.models import Track

THERE = (Track.state == "ready") & Track.deleted_at.is_(None)
"""Tracks that can be analysed."""
OUTDATED = (Analysis.state == "done") & (Analysis.algorithm < rules.ALGORITHM)
_WHICH: dict[Which, ColumnElement[bool]] = {
    "all": literal(True),
    "outdated": OUTDATED,
    "failed": Analysis.state == "failed",
}


async def order(tx: AsyncSession, which: ColumnElement[bool]) -> int:
    """Have tracks looked at again, after all that is new; returns how many. Those that wait anyway stay as they are."""
    chosen = (
        select(Track.id, literal("waiting"), literal(0), literal(rules.AGAIN))
        .outerjoin(Analysis, Analysis.track_id == Track.id)
        .where(THERE, which, Analysis.state.is_distinct_from("waiting"), Analysis.state.is_distinct_from("running"))
    )
    asked = insert(Analysis).from_select(["track_id", "state", "attempts", "priority"], chosen)
    again = {
        "state": "waiting", "attempts": 0, "priority": rules.AGAIN, "problem": None, "requested_at": func.now(),
    }  # fmt: skip
    done = await tx.execute(asked.on_conflict_do_update(index_elements=["track_id"], set_=again))
    return int(done.rowcount)  # type: ignore[attr-defined]


def selected(which: Which) -> ColumnElement[bool]:
    """The tracks that a word stands for."""
    return _WHICH[which]


async def counts(tx: AsyncSession) -> dict[State, int]:
    """How many tracks are in each state."""
    query = select(Analysis.state, func.count()).join(Track, Track.id == Analysis.track_id).where(THERE)
    found: dict[State, int] = {row[0]: row[1] for row in await tx.execute(query.group_by(Analysis.state))}
    return {state: found.get(state, 0) for state in rules.STATES}


async def outdated(tx: AsyncSession) -> int:
    """How many tracks an older algorithm measured."""
    query = select(func.count()).select_from(Analysis).join(Track, Track.id == Analysis.track_id)
    return await tx.scalar(query.where(THERE, OUTDATED)) or 0


async def page(tx: AsyncSession, state: State, *, offset: int, limit: int) -> Sequence[Row[Analysis, Track]]:
    """Tracks in a state: those that were finished last first, and those that are next first."""
    query = select(Analysis, Track).join(Track, Track.id == Analysis.track_id).where(THERE, Analysis.state == state)
    ordered = query.order_by(
        Analysis.finished_at.desc().nulls_first() if state in ("done", "failed") else Analysis.priority.desc(),
        Analysis.requested_at,
        Analysis.track_id,
    )
    return (await tx.execute(ordered.offset(offset).limit(limit))).all()


async def similar(
    tx: AsyncSession, *, track_id: UUID | None, least: float, offset: int, limit: int
) -> tuple[Sequence[Row[SimilarPair, Track, Track]], int]:
    """Pairs that nobody dismissed, the most certain first, and how many there are."""
    first, second = aliased(Track), aliased(Track)
    wanted = [SimilarPair.dismissed_at.is_(None), SimilarPair.confidence >= least]
    wanted += [one.deleted_at.is_(None) & one.state.not_in(("gone", "removed")) for one in (first, second)]
    if track_id:
        wanted.append((SimilarPair.first_id == track_id) | (SimilarPair.second_id == track_id))
    pairs = (
        select(SimilarPair, first, second)
        .join(first, first.id == SimilarPair.first_id)
        .join(second, second.id == SimilarPair.second_id)
        .where(*wanted)
    )
    total = await tx.scalar(select(func.count()).select_from(pairs.with_only_columns(SimilarPair.first_id).subquery()))
    ordered = pairs.order_by(SimilarPair.confidence.desc(), SimilarPair.first_id, SimilarPair.second_id)
    return (await tx.execute(ordered.offset(offset).limit(limit))).all(), total or 0


def among(track_ids: Collection[UUID]) -> ColumnElement[bool]:
    """These tracks."""
    return Track.id.in_(track_ids)
