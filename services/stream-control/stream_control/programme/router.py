"""The programme's files, for administrators: what plays, what was refused and why."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from kit.auth import Admin, NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals
from sqlalchemy import func, select

from stream_control.programme.models import ProgrammeFile
from stream_control.programme.rules import FileState
from stream_control.programme.schemas import ProgrammeFileShown, ProgrammePage

router = APIRouter(prefix="/admin/programme", tags=["programme"], responses=refusals(NotAuthenticated, NotAllowed))


@router.get("", summary="The programme's files and their problems")
async def list_programme(
    caller: Admin,
    request: Request,
    tx: Transaction,
    state: FileState | None = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ProgrammePage:
    query = select(ProgrammeFile).where(ProgrammeFile.state == state if state else ProgrammeFile.state != "gone")
    total = await tx.scalar(select(func.count()).select_from(query.subquery()))
    rows = await tx.scalars(query.order_by(ProgrammeFile.folder, ProgrammeFile.path).offset(offset).limit(limit))
    items = [ProgrammeFileShown.model_validate(row) for row in rows]
    return ProgrammePage(items=items, total=total or 0, waiting=request.app.state.programme.waiting)
