"""Finding tracks: for producers everything, for everybody what may be asked for."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import DatabaseAway, Transaction
from kit.refusal import refusals

from api import throttle
from api.accounts.caller import Known, PasswordMustBeChanged, Producer
from api.library import queries
from api.library.finding import service
from api.library.finding.cursors import BadCursor
from api.library.finding.rules import BadFilter
from api.library.finding.saved import NoSuchBlock
from api.library.finding.schemas import Facets, SongFilter, SongQuery, SongsPage, TrackFilter, TrackQuery, TracksPage
from api.library.finding.service import SearchTooLong
from api.library.moment import NowThere
from api.library.queries import NoSuchTrack
from api.library.schemas import LibraryTrack
from api.settings import Settings
from api.throttle import TooManyRequests

_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
_SEARCH = (BadCursor, BadFilter, SearchTooLong, DatabaseAway)
router = APIRouter(prefix="/library", tags=["library"])


async def not_too_often(request: Request, caller: Known) -> None:
    """Count a stranger's search, and a listener's; raises `TooManyRequests`."""
    settings: Settings = request.app.state.settings
    if caller is None or not caller.may_act_as("producer"):
        limit = f"{settings.searches_per_address}/minute"
        await throttle.hit(request, "search", throttle.address_of(request), limit=limit)


NotTooOften = Annotated[None, Depends(not_too_often)]


@router.get("/tracks", summary="Find tracks", responses=refusals(*_CALLER, *_SEARCH, NoSuchBlock))
async def find_tracks(
    query: Annotated[TrackQuery, Query()], caller: Producer, tx: Transaction, now: NowThere
) -> TracksPage:
    return await service.find_tracks(tx, query, now)


@router.get("/facets", summary="What is found, counted", responses=refusals(*_CALLER, *_SEARCH, NoSuchBlock))
async def count_facets(
    query: Annotated[TrackFilter, Query()], caller: Producer, tx: Transaction, now: NowThere
) -> Facets:
    return await service.count_tracks(tx, query, now)


@router.get("/tracks/{track_id}", summary="One track", responses=refusals(*_CALLER, NoSuchTrack))
async def show_library_track(track_id: UUID, caller: Producer, tx: Transaction) -> LibraryTrack:
    return await queries.show(tx, track_id)


@router.get("/songs", summary="Find what may be asked for", responses=refusals(*_SEARCH, TooManyRequests))
async def find_songs(
    query: Annotated[SongQuery, Query()], limited: NotTooOften, tx: Transaction, now: NowThere
) -> SongsPage:
    return await service.find_songs(tx, query, now)


@router.get("/songs/facets", summary="What may be asked for, counted", responses=refusals(*_SEARCH, TooManyRequests))
async def count_song_facets(
    query: Annotated[SongFilter, Query()], limited: NotTooOften, tx: Transaction, now: NowThere
) -> Facets:
    return await service.count_songs(tx, query, now)
