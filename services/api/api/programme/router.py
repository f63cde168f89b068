"""The programme for administrators: what plays, what was refused and why, uploads and order."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from kit.auth import NotAllowed, NotAuthenticated, trusted
from kit.bell import ring
from kit.contracts.queues import WantedQueue
from kit.db import Transaction
from kit.refusal import refusals

from api import etags
from api.accounts.caller import Admin
from api.library.moment import NowThere
from api.library.rules import AlreadyHere, TrackState
from api.programme import arrival, service
from api.programme.intake import BELL
from api.programme.rules import NotRemoved, OrderIsStale, StarterPiece
from api.programme.schemas import PlaylistMode, PlaylistOrder, ProgrammePage, TracksAdded, TrackShown
from api.programme.service import NoSuchTrack
from api.ringing import Rung
from api.uploads import UPLOAD_REFUSALS, body_of

router = APIRouter(prefix="/admin/programme", tags=["programme"], responses=refusals(NotAuthenticated, NotAllowed))
internal = APIRouter(prefix="/internal", tags=["programme"], dependencies=[Depends(trusted)])
_FILES = {"file": {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "Sound files"}}


@router.get("", summary="The programme's tracks and their problems")
async def list_programme(
    caller: Admin,
    tx: Transaction,
    state: TrackState | None = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ProgrammePage:
    return await service.show(tx, state=state, offset=offset, limit=limit)


@router.post(
    "",
    status_code=202,
    summary="Add files; they are prepared in the background and appended to the playlist",
    openapi_extra=body_of(_FILES, required=["file"]),
    responses=refusals(*UPLOAD_REFUSALS, arrival.NoFile),
)
async def upload_tracks(request: Request, caller: Admin, tx: Transaction) -> list[TrackShown]:
    await tx.close()  # an upload may take minutes; no connection of the database is held meanwhile
    tracks = await arrival.take_in(request, request.app.state.settings)
    await ring(request.app.state.redis, BELL)
    return tracks


@router.post("/tracks", summary="Put tracks of the library at the playlist's end", responses=refusals(NoSuchTrack))
async def add_tracks(wish: TracksAdded, rung: Rung, caller: Admin, tx: Transaction) -> list[TrackShown]:
    return await service.add(tx, wish.track_ids)


@router.put("/order", status_code=204, summary="Put the playlist into another order", responses=refusals(OrderIsStale))
async def reorder_programme(order: PlaylistOrder, rung: Rung, caller: Admin, tx: Transaction) -> None:
    await service.reorder(tx, order.track_ids)


@router.patch("", summary="Play the playlist at random, or in its order")
async def change_programme_mode(mode: PlaylistMode, rung: Rung, caller: Admin, tx: Transaction) -> PlaylistMode:
    await service.set_random(tx, random=mode.random)
    return mode


@router.delete(
    "/{track_id}",
    status_code=204,
    summary="Take a track off the playlist; a file of the programme's folder is not taken in again",
    responses=refusals(NoSuchTrack, StarterPiece),
)
async def remove_track(track_id: UUID, rung: Rung, caller: Admin, tx: Transaction) -> None:
    await service.remove(tx, track_id, by=caller.id)


@router.post(
    "/{track_id}/restore",
    status_code=202,
    summary="Take a removed track in again",
    responses=refusals(NoSuchTrack, NotRemoved, AlreadyHere),
)
async def restore_track(track_id: UUID, caller: Admin, tx: Transaction) -> TrackShown:
    return await service.restore(tx, track_id)


@internal.get("/queues/fallback", summary="What the programme's player should hold", response_model=WantedQueue)
async def show_wanted_programme(
    tx: Transaction, now: NowThere, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    return etags.answer(await service.wanted(tx, now), if_none_match)
