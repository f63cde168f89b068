"""The policy for administrators."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api.accounts.caller import Admin, PasswordMustBeChanged
from api.retention import service
from api.retention.schemas import PolicySent, Preview
from api.settings import Settings

router = APIRouter(
    prefix="/admin/retention",
    tags=["airchecks"],
    responses=refusals(NotAuthenticated, NotAllowed, PasswordMustBeChanged),
)


@router.get("", summary="How long airchecks are kept")
async def show_retention_policy(caller: Admin, tx: Transaction) -> PolicySent:
    return await service.policy(tx)


@router.put("", summary="Change how long airchecks are kept; carried out from the next night on")
async def set_retention_policy(wish: PolicySent, request: Request, caller: Admin, tx: Transaction) -> PolicySent:
    settings: Settings = request.app.state.settings
    return await service.set_policy(tx, wish, today=datetime.now(settings.zone).date())


@router.post("/preview", summary="What a policy would delete, and why; nothing is deleted")
async def preview_retention(
    wish: PolicySent,
    caller: Admin,
    tx: Transaction,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Preview:
    return await service.preview(tx, wish, offset=offset, limit=limit, now=datetime.now(UTC))
