"""Listening to a track before it airs: its on-air copy, as a player asks for it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api import sending
from api.accounts.caller import PasswordMustBeChanged, producer
from api.library import queries
from api.library.queries import NoSuchTrack
from api.media import copies
from api.sending import FILE_REFUSALS, PARTIAL
from api.settings import Settings

router = APIRouter(prefix="/library", tags=["library"], dependencies=[Depends(producer)])
PRIVATE = "private, no-cache"
"""The same address is heard by one and refused to another."""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    **refusals(NotAuthenticated, NotAllowed, PasswordMustBeChanged, NoSuchTrack, *FILE_REFUSALS),
    **PARTIAL,
}


@router.head("/tracks/{track_id}/audio", include_in_schema=False)
@router.get(
    "/tracks/{track_id}/audio",
    summary="A track as it airs, in FLAC at the station's loudness, with Range",
    response_class=Response,
    responses=_ANSWERS,
)
async def hear_track(track_id: UUID, request: Request, tx: Transaction) -> Response:
    track = await queries.show(tx, track_id)
    await tx.close()  # a listener may take its time; no connection of the database is held meanwhile
    settings: Settings = request.app.state.settings
    title = " - ".join(part for part in (track.artist, track.title) if part) or str(track.id)
    path = copies.path_of(settings.programme_folder, track.id)
    return await sending.send(request, path, kind="audio/flac", title=title, how="inline", cached=PRIVATE)
