"""What never airs: found, archived, brought back."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals
from pydantic import BaseModel, Field

from api.accounts.caller import PasswordMustBeChanged, Producer
from api.accounts.schemas import Sent
from api.library.archiving import service
from api.library.finding import service as finding
from api.library.finding.cursors import BadCursor
from api.library.finding.rules import BadFilter
from api.library.finding.schemas import TrackQuery, TracksPage
from api.library.finding.selecting import OtherNumber, Selection, TooManyTracks, tracks_of
from api.library.moment import NowThere
from api.library.rules import Kind
from api.ringing import Rung

_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
_SELECTION = (BadFilter, TooManyTracks, OtherNumber)
router = APIRouter(prefix="/library", tags=["library"], responses=refusals(*_CALLER))


class Archiving(Sent):
    which: Selection
    expected: int | None = Field(None, ge=0, description="How many tracks it should be")


class Archived(BaseModel):
    changed: int


@router.get("/stale", summary="What never aired, or not for so long", responses=refusals(BadCursor))
async def list_stale(
    caller: Producer,
    tx: Transaction,
    now: NowThere,
    days: Annotated[int, Query(ge=1, le=36_500, description="Neither new nor aired within these days")] = 365,
    kind: Annotated[list[Kind] | None, Query(max_length=9, description="By default all kinds")] = None,
    after: Annotated[str | None, Query(max_length=6000, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TracksPage:
    """The longest unheard first: to be archived, or deleted."""
    # Whole days: all pages of one day are of one search.
    since = datetime.combine(now.today, time(), UTC) - timedelta(days=days)
    query = TrackQuery(
        kind=kind or [], added_before=since, not_aired_since=since, sort="last_aired", order="ascending", after=after,
        limit=limit,
    )  # fmt: skip
    return await finding.find_tracks(tx, query, now)


@router.post("/archive", summary="Archive tracks", responses=refusals(*_SELECTION))
async def archive_tracks(wish: Archiving, rung: Rung, caller: Producer, tx: Transaction, now: NowThere) -> Archived:
    tracks = await tracks_of(tx, wish.which, now, expected=wish.expected)
    return Archived(changed=await service.archive(tx, caller, tracks))


@router.post("/unarchive", summary="Take tracks out of the archive", responses=refusals(*_SELECTION))
async def unarchive_tracks(wish: Archiving, rung: Rung, caller: Producer, tx: Transaction, now: NowThere) -> Archived:
    tracks = await tracks_of(tx, wish.which, now, expected=wish.expected)
    return Archived(changed=await service.unarchive(tx, caller, tracks))
