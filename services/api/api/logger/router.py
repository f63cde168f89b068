"""The logger for staff: which hours there are, and listening to them."""

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.refusal import refusals

from api import sending
from api.accounts.caller import PasswordMustBeChanged, Producer
from api.logger import service
from api.logger.rules import NoSuchHour
from api.logger.schemas import LoggerDay
from api.sending import FILE_REFUSALS, PARTIAL
from api.settings import Settings

router = APIRouter(
    prefix="/admin/logger",
    tags=["logger"],
    responses=refusals(NotAuthenticated, NotAllowed, PasswordMustBeChanged),
)
Day = Annotated[date | None, Query(alias="date")]


@router.get("", summary="The hours of a day (UTC) that the logger has; of today when no day is named")
async def list_logger_hours(request: Request, caller: Producer, wanted: Day = None) -> LoggerDay:
    settings: Settings = request.app.state.settings
    return await asyncio.to_thread(service.day, settings.logger_folder, wanted or datetime.now(UTC).date())


@router.head("/{day}/{name}", include_in_schema=False)
@router.get(
    "/{day}/{name}",
    summary="Listen to an hour, with Range; or save it",
    response_class=Response,
    responses={**refusals(NoSuchHour, *FILE_REFUSALS), **PARTIAL},
)
async def hear_logger_hour(
    day: date, name: str, request: Request, caller: Producer, download: bool = False
) -> Response:
    settings: Settings = request.app.state.settings
    path = await asyncio.to_thread(service.file_of, settings.logger_folder, day, name)
    how: sending.How = "attachment" if download else "inline"
    title = f"{settings.station_name} {day.isoformat()} {path.stem}"
    return await sending.send(request, path, kind="audio/ogg", title=title, how=how, cached="private, no-cache")
