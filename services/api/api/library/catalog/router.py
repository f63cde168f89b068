"""The library for the services that plan with it; never routed from outside."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from kit.auth import trusted
from kit.db import begin
from pydantic import AwareDatetime

from api.library.catalog import service
from api.library.catalog.service import Wanted

NDJSON = "application/x-ndjson"
router = APIRouter(prefix="/internal/library", tags=["library"], dependencies=[Depends(trusted)])


@router.get(
    "/tracks",
    summary="The library, a JSON object a line (kit.contracts.catalog), by version",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}}, 304: {"description": "Nothing changed"}},
)
async def export_tracks(
    request: Request,
    after_version: Annotated[int | None, Query(ge=0, lt=2**63, description="Only what changed since")] = None,
    updated_since: AwareDatetime | None = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Everything that may air; with `after_version` or `updated_since` only what changed, removals included.

    Its ETag is the library's version, which every change counts up.
    """
    async with begin(request) as tx:
        tag = f'"{await service.version(tx)}"'
    if if_none_match == tag:
        return Response(status_code=304, headers={"ETag": tag})
    wanted = Wanted(after_version, updated_since)
    lines = service.lines(request.app.state.sessions, wanted)
    return StreamingResponse(lines, media_type=NDJSON, headers={"ETag": tag})
