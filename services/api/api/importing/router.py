"""The imports' folder: have it looked through, and see what became of each file."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from kit.auth import NotAllowed, NotAuthenticated
from kit.bell import ring
from kit.db import Transaction, begin
from kit.refusal import refusals

from api.accounts.caller import Producer
from api.importing import service
from api.importing.rules import FileState
from api.importing.schemas import FilesListed, ImportShown

router = APIRouter(prefix="/library/import", tags=["import"], responses=refusals(NotAuthenticated, NotAllowed))


@router.post("", status_code=202, summary="Look through the imports' folder now")
async def start_import(request: Request, caller: Producer, tx: Transaction) -> ImportShown:
    await tx.close()
    async with begin(request) as now:
        shown = await service.ask(now, caller)
    await ring(request.app.state.redis, service.BELL)
    return shown


@router.get("", summary="How far the folder and the library are in step")
async def show_import(caller: Producer, tx: Transaction) -> ImportShown:
    return await service.show(tx)


@router.get("/files", summary="The folder's files by path: what became of them, and why some were refused")
async def list_import_files(
    caller: Producer,
    tx: Transaction,
    state: FileState | None = None,
    missing_days: Annotated[
        int | None, Query(ge=0, le=36_500, description="Only what is missing for so long: it may be deleted")
    ] = None,
    cursor: Annotated[
        str | None, Query(max_length=4096, pattern=r"^[^\x00]*$", description="`next` of the page before")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> FilesListed:
    return await service.files(tx, state=state, missing_days=missing_days, after=cursor, limit=limit)
