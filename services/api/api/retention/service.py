"""Setting the policy, saying what it deletes, and deleting that each night."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from uuid import UUID

import structlog
from kit.db import Sessions
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.airchecks import files
from api.airchecks.models import Aircheck
from api.alone import alone
from api.retention import rules
from api.retention.models import RetentionPolicy
from api.retention.rules import Deletion, Kept, Policy
from api.retention.schemas import DeletionShown, PolicySent, Preview
from api.settings import Settings

logger = structlog.get_logger()
_LOCK = 7_203_171
_READY = select(Aircheck).where(Aircheck.state == "ready", Aircheck.deleted_at.is_(None)).order_by(Aircheck.id)
EVERY = 300.0
"""Seconds between two looks at whether it is night."""


async def policy(tx: AsyncSession) -> PolicySent:
    """The policy as it is."""
    row = await tx.get(RetentionPolicy, 1)
    return PolicySent.model_validate(row) if row else PolicySent()


async def set_policy(tx: AsyncSession, wish: PolicySent, *, today: date) -> PolicySent:
    """Change it; it is carried out the night after: whoever mistook a number has time. `today` at the station."""
    row = await tx.get(RetentionPolicy, 1, with_for_update=True)
    if row is None:
        row = RetentionPolicy(id=1)
        tx.add(row)
    for name, value in wish.model_dump().items():
        setattr(row, name, value)
    row.carried_out_on = today
    logger.info("retention_policy_set", **wish.model_dump())
    return wish


async def preview(tx: AsyncSession, wish: PolicySent, *, offset: int, limit: int, now: datetime) -> Preview:
    """What a policy would delete if this were the night."""
    rows = (await tx.scalars(_READY)).all()
    kept, known = [_as_kept(row) for row in rows], {row.id: row for row in rows}
    wanted = Policy(**wish.model_dump())
    deletions = rules.plan(kept, wanted, now)
    return Preview(
        items=[_shown(one, known[one.id], wanted) for one in deletions[offset : offset + limit]],
        total=len(deletions),
        frees_bytes=sum(one.bytes for one in deletions),
        bytes_now=rules.total(kept),
        bytes_after=rules.left(kept, deletions),
    )


async def each_night(sessions: Sessions, settings: Settings) -> None:
    """Carry the policy out, once a night, in one process. One that is killed in the middle is done again."""
    async with alone(sessions, _LOCK) as mine:
        now = datetime.now(UTC)
        if not mine or not await _is_due(sessions, settings, now):
            return
        async with sessions.begin() as tx:
            row = await tx.get(RetentionPolicy, 1, with_for_update=True)
            if row is None:
                return
            rows = {one.id: one for one in await tx.scalars(_READY.with_for_update())}
            wanted = Policy(**PolicySent.model_validate(row).model_dump())
            deletions = rules.plan([_as_kept(one) for one in rows.values()], wanted, now)
            for deletion in deletions:
                _delete(rows[deletion.id], deletion, now)
            row.carried_out_on = now.astimezone(settings.zone).date()
        for deletion in deletions:
            logger.info("policy_deleted", **{**asdict(deletion), "id": str(deletion.id)})
        await asyncio.to_thread(_remove_originals, settings, [one.id for one in deletions if one.what == "original"])


async def _is_due(sessions: Sessions, settings: Settings, now: datetime) -> bool:
    async with sessions() as tx:
        row = await tx.get(RetentionPolicy, 1)
    return row is not None and rules.due(now, settings.zone, row.carried_out_on)


def _as_kept(row: Aircheck) -> Kept:
    published = row.published_at is not None
    return Kept(row.id, row.show_id, row.began_at, published, row.original_bytes or 0, row.copy_bytes or 0)


def _delete(row: Aircheck, deletion: Deletion, now: datetime) -> None:
    row.changed_at = now
    if deletion.what == "original":
        row.original_bytes = None
        return
    # Published ones too, when the policy says so: what is in the trash is no episode.
    row.published_at = None
    row.deleted_at, row.deleted_because = now, "policy"


def _remove_originals(settings: Settings, airchecks: Sequence[UUID]) -> None:
    """At once; what a process that died leaves is swept away."""
    for aircheck_id in airchecks:
        (files.folder_of(settings, aircheck_id) / files.ORIGINAL).unlink(missing_ok=True)


def _shown(deletion: Deletion, row: Aircheck, wanted: Policy) -> DeletionShown:
    return DeletionShown(
        aircheck_id=row.id,
        title=row.title,
        show=row.show_name,
        began_at=row.began_at,
        what=deletion.what,
        because=deletion.because,
        why=_why(deletion, row, wanted),
        bytes=deletion.bytes,
    )


def _why(deletion: Deletion, row: Aircheck, wanted: Policy) -> str:
    if deletion.because == "too_much":
        return f"All airchecks together take more than {wanted.total_gb:g} GB, and this is among the oldest."
    if deletion.what == "original":
        return f"Originals are kept for {wanted.originals_days} days."
    if row.published_at:
        return f"Episodes are kept for {wanted.published_days} days."
    return f"What is no episode is kept for {wanted.unpublished_days} days."
