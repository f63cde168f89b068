"""What staff asks of the analysis: looking again, taking proposals, seeing evidence and copies."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kit.auth import NotAllowed
from kit.refusal import Refusal
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.analysis import outcomes, queries, rules
from api.analysis.models import Analysis, SimilarPair
from api.analysis.provenance import meaning
from api.analysis.provenance.evidence import Provenance
from api.analysis.rules import State
from api.analysis.schemas import (
    AlikeShown,
    AnalysesPage,
    AnalysisAsked,
    AnalysisOrdered,
    AnalysisShown,
    Proposals,
    ProvenanceShown,
    SimilarPage,
    SimilarShown,
)
from api.keeping.rules import Wish
from api.keeping.service import edit_one
from api.library import telling
from api.library.models import Track
from api.library.queries import NoSuchTrack


class NoSuchPair(Refusal):
    status = 404
    error_code = "no_such_pair"


async def order(tx: AsyncSession, asked: AnalysisAsked, caller: Caller) -> AnalysisOrdered:
    """Have tracks looked at again; raises `NotAllowed` when a producer asks for all of them."""
    if asked.track_ids is not None:
        return AnalysisOrdered(ordered=await queries.order(tx, queries.among(asked.track_ids)))
    if asked.which == "all" and not caller.may_act_as("admin"):
        raise NotAllowed("Only an administrator may have the whole library looked at again.")
    return AnalysisOrdered(ordered=await queries.order(tx, queries.selected(asked.which or "failed")))


async def show(tx: AsyncSession, state: State, *, offset: int, limit: int) -> AnalysesPage:
    """How far all analyses are, and a page of those in a state."""
    counts = await queries.counts(tx)
    rows = await queries.page(tx, state, offset=offset, limit=limit)
    return AnalysesPage(
        algorithm=rules.ALGORITHM,
        counts=counts,
        outdated=await queries.outdated(tx),
        items=[_shown(analysis, track) for analysis, track in rows],
        total=counts[state],
    )


async def accept(tx: AsyncSession, track_id: UUID, fields: list[str] | None, caller: Caller) -> Proposals:
    """Let proposals become values, as a person's edit that no later analysis overwrites.

    Raises `NoSuchTrack`, `NothingProposed`, and `EditRefused` when they contradict the track's other points.
    """
    track = await found(tx, track_id, for_update=True)
    values = rules.chosen(track.proposed, fields)
    track.proposed = _without(track.proposed, values)
    await edit_one(tx, caller, track_id, Wish(set=values), version=None)
    await tx.refresh(track)
    return _proposals(track)


async def dismiss(tx: AsyncSession, track_id: UUID, fields: list[str] | None) -> Proposals:
    """Take no notice of proposals; raises `NoSuchTrack` or `NothingProposed`."""
    track = await found(tx, track_id, for_update=True)
    track.proposed = _without(track.proposed, rules.chosen(track.proposed, fields))
    await telling.changed(tx, [track_id], ["proposed"])
    return _proposals(track)


async def show_provenance(tx: AsyncSession, track_id: UUID) -> ProvenanceShown:
    """The evidence of a track's origin; raises `NoSuchTrack`."""
    track = await found(tx, track_id)
    if track.provenance is None:
        return ProvenanceShown(track_id=track_id, state="not_looked_at_yet", findings=[], evidence=None)
    evidence = Provenance.model_validate(track.provenance)
    findings = meaning.findings(evidence, composed_here=track.source == "starter")
    return ProvenanceShown(track_id=track_id, state="looked_at", findings=findings, evidence=evidence)


async def show_similar(
    tx: AsyncSession, *, track_id: UUID | None, least: float, offset: int, limit: int
) -> SimilarPage:
    """Pairs of tracks that seem to be of one recording."""
    rows, total = await queries.similar(tx, track_id=track_id, least=least, offset=offset, limit=limit)
    return SimilarPage(items=[_pair(*row) for row in rows], total=total)


async def dismiss_pair(tx: AsyncSession, first: UUID, second: UUID, caller: Caller) -> None:
    """Remember that two tracks are two things; raises `NoSuchPair`."""
    pair = await tx.get(SimilarPair, (min(first, second), max(first, second)), with_for_update=True)
    if pair is None:
        raise NoSuchPair("These two tracks are not said to be alike.")
    pair.dismissed_at, pair.dismissed_by = datetime.now(UTC), caller.id


async def found(tx: AsyncSession, track_id: UUID, *, for_update: bool = False) -> Track:
    """A track that is not deleted; raises `NoSuchTrack`."""
    track = await tx.get(Track, track_id, with_for_update=for_update)
    if track is None or track.deleted_at is not None:
        raise NoSuchTrack
    return track


def _without(proposed: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in proposed.items() if name not in names}


def _shown(analysis: Analysis, track: Track) -> AnalysisShown:
    return AnalysisShown(
        track_id=track.id,
        title=track.title,
        kind=track.kind,
        state=analysis.state,
        problem=analysis.problem,
        attempts=analysis.attempts,
        algorithm=analysis.algorithm,
        requested_at=analysis.requested_at,
        finished_at=analysis.finished_at,
    )


def _proposals(track: Track) -> Proposals:
    return Proposals(track_id=track.id, values=outcomes.standing(track), edited=track.edited, proposed=track.proposed)


def _pair(pair: SimilarPair, first: Track, second: Track) -> SimilarShown:
    return SimilarShown(
        first=AlikeShown.model_validate(first, from_attributes=True),
        second=AlikeShown.model_validate(second, from_attributes=True),
        confidence=pair.confidence,
        offset_seconds=pair.offset_seconds,
        overlap_seconds=pair.overlap_seconds,
        found_at=pair.found_at,
    )
