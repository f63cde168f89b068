"""Artists, for producers: which names stay whole in credits, and which are one artist's."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api.accounts.caller import PasswordMustBeChanged, Producer
from api.library.artists import registry
from api.library.artists.registry import ArtistNameTaken, NoSuchArtist
from api.library.artists.schemas import ArtistChange, ArtistMade, ArtistMerge, ArtistShown, ArtistsPage
from api.ringing import Rung

_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
router = APIRouter(prefix="/library/artists", tags=["library"], responses=refusals(*_CALLER))


@router.get("", summary="Artists, in the order of their names")
async def list_artists(
    caller: Producer,
    tx: Transaction,
    q: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$", description="A part of any of their names")] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ArtistsPage:
    return await registry.page(tx, words=q, offset=offset, limit=limit)


@router.post(
    "", status_code=201, summary="Make a name known that stays whole in credits", responses=refusals(ArtistNameTaken)
)
async def make_artist(wish: ArtistMade, rung: Rung, caller: Producer, tx: Transaction) -> ArtistShown:
    return await registry.make(tx, wish)


@router.get("/{artist_id}", summary="One artist", responses=refusals(NoSuchArtist))
async def show_artist(artist_id: UUID, caller: Producer, tx: Transaction) -> ArtistShown:
    return await registry.find(tx, artist_id)


@router.patch("/{artist_id}", summary="Change an artist's names", responses=refusals(NoSuchArtist, ArtistNameTaken))
async def change_artist(
    artist_id: UUID, wish: ArtistChange, rung: Rung, caller: Producer, tx: Transaction
) -> ArtistShown:
    return await registry.change(tx, artist_id, wish)


@router.post("/{artist_id}/merge", summary="Make several artists one", responses=refusals(NoSuchArtist))
async def merge_artists(
    artist_id: UUID, wish: ArtistMerge, rung: Rung, caller: Producer, tx: Transaction
) -> ArtistShown:
    return await registry.merge(tx, artist_id, wish.others)


@router.delete(
    "/{artist_id}",
    status_code=204,
    summary="Forget an artist's names; credits that hold them are split again",
    responses=refusals(NoSuchArtist),
)
async def forget_artist(artist_id: UUID, rung: Rung, caller: Producer, tx: Transaction) -> None:
    await registry.forget(tx, artist_id)
