"""Finding copies of one recording among all tracks: by a few marks first, then by whole fingerprints."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from kit.db import Sessions
from sqlalchemy import ARRAY, Integer, bindparam, delete, or_, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.analysis.likeness import Likeness, compare, marks
from api.analysis.models import SimilarPair

# Mark by mark: of many marks at once the planner thinks that half of the tracks have one, and reads them all.
_CANDIDATES = text(
    "SELECT track.id, track.fingerprint FROM (SELECT other.track_id, count(*) AS shared FROM unnest(:marks) AS mark"
    " CROSS JOIN LATERAL (SELECT track_id FROM api.track_marks WHERE marks @> ARRAY[mark]) AS other"
    " WHERE other.track_id <> :track_id GROUP BY other.track_id) AS met"
    " JOIN api.tracks track ON track.id = met.track_id AND track.fingerprint IS NOT NULL AND track.deleted_at IS NULL"
    " WHERE met.shared >= :fewest ORDER BY met.shared DESC, track.id LIMIT :most"
).bindparams(bindparam("marks", type_=ARRAY(Integer)))
FEWEST_SHARED = 2
"""Marks that copies share: they were at least 7 of 64, other recordings never shared one (measured)."""
MOST = 50


async def relate(sessions: Sessions, track_id: UUID, fingerprint: bytes) -> list[UUID]:
    """Note which tracks a track seems to be a copy of, and return them; what somebody dismissed stays dismissed."""
    async with sessions() as tx:
        told = {"track_id": track_id, "marks": marks(fingerprint), "fewest": FEWEST_SHARED, "most": MOST}
        candidates = [(row.id, row.fingerprint) for row in await tx.execute(_CANDIDATES, told)]
    alike = await asyncio.to_thread(_compared, track_id, fingerprint, candidates)
    async with sessions.begin() as tx:
        await _forget_others(tx, track_id, list(alike))
        for other, likeness in sorted(alike.items()):
            await _note(tx, track_id, other, likeness)
    return list(alike)


def _compared(track_id: UUID, own: bytes, candidates: list[tuple[UUID, bytes]]) -> dict[UUID, Likeness]:
    found = {}
    for other, fingerprint in candidates:
        first, second = (own, fingerprint) if track_id < other else (fingerprint, own)
        if likeness := compare(first, second):
            found[other] = likeness
    return found


async def _forget_others(tx: AsyncSession, track_id: UUID, alike: list[UUID]) -> None:
    of_track = or_(
        (SimilarPair.first_id == track_id) & SimilarPair.second_id.not_in(alike),
        (SimilarPair.second_id == track_id) & SimilarPair.first_id.not_in(alike),
    )
    await tx.execute(delete(SimilarPair).where(of_track))


async def _note(tx: AsyncSession, track_id: UUID, other: UUID, likeness: Likeness) -> None:
    found = {
        "confidence": round(likeness.confidence, 3),
        "offset_seconds": round(likeness.offset_seconds, 2),
        "overlap_seconds": round(likeness.overlap_seconds, 2),
        "found_at": datetime.now(UTC),
    }
    pair = insert(SimilarPair).values(first_id=min(track_id, other), second_id=max(track_id, other), **found)
    await tx.execute(pair.on_conflict_do_update(index_elements=["first_id", "second_id"], set_=found))
