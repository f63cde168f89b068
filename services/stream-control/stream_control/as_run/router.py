"""What aired, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query
from kit.auth import Admin, NotAllowed, NotAuthenticated
from kit.contracts.air import Tier
from kit.db import Transaction
from kit.refusal import refusals
from pydantic import AwareDatetime
from sqlalchemy import select

from stream_control.as_run.models import AsRun
from stream_control.as_run.schemas import AsRunItem, AsRunPage

router = APIRouter(prefix="/admin/as-run", tags=["as-run"], responses=refusals(NotAuthenticated, NotAllowed))


@router.get("", summary="What aired, newest first")
async def list_as_run(
    caller: Admin,
    tx: Transaction,
    tier: Tier | None = None,
    since: Annotated[AwareDatetime | None, Query(description="Started at or after, UTC")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Started before, UTC")] = None,
    heard: Annotated[bool | None, Query(description="Only what listeners heard (or did not hear) at all")] = None,
    before: Annotated[int | None, Query(ge=1, description="`next_before` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AsRunPage:
    query = select(AsRun).order_by(AsRun.id.desc()).limit(limit + 1)
    if tier:
        query = query.where(AsRun.tier == tier)
    if since:
        query = query.where(AsRun.started_at >= since)
    if until:
        query = query.where(AsRun.started_at < until)
    if heard is not None:
        query = query.where((AsRun.heard_seconds > 0) == heard)
    if before:
        query = query.where(AsRun.id < before)
    rows = list(await tx.scalars(query))
    items = [AsRunItem.model_validate(row) for row in rows[:limit]]
    return AsRunPage(items=items, next_before=items[-1].id if len(rows) > limit else None)
