"""Editing tracks, many at once, with preview and undo; deleting, restoring and merging them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api.accounts.caller import PasswordMustBeChanged, Producer
from api.keeping import artwork, deletion, merging, queries, service, shown, undoing
from api.keeping.merging import MergedWithItself
from api.keeping.queries import NoSuchEdit
from api.keeping.rules import AlreadyUndone, ChangedMeanwhile, NotDeleted, NotYours
from api.keeping.schemas import (
    BulkDeletion,
    BulkEdit,
    BulkPreview,
    DeletionDone,
    EditDone,
    EditsPage,
    HistoryPage,
    Merge,
    TrackEdit,
    UndoDone,
)
from api.keeping.service import EditRefused, NoSuchCategory
from api.library import queries as library
from api.library.finding import selecting
from api.library.finding.rules import BadFilter
from api.library.finding.selecting import OtherNumber, TooManyTracks
from api.library.moment import NowThere
from api.library.queries import NoSuchTrack
from api.library.rules import AlreadyHere
from api.library.schemas import LibraryTrack
from api.media.pictures import NotAPicture
from api.programme.rules import StarterPiece
from api.ringing import Rung
from api.uploads import UPLOAD_REFUSALS, body_of

_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
router = APIRouter(prefix="/library", tags=["library"], responses=refusals(*_CALLER))
_MANY = (BadFilter, TooManyTracks, OtherNumber)
Limit = Annotated[int, Query(ge=1, le=500)]


@router.patch(
    "/tracks/{track_id}",
    summary="Change a track",
    responses=refusals(NoSuchTrack, NoSuchCategory, EditRefused, ChangedMeanwhile),
)
async def edit_track(track_id: UUID, wish: TrackEdit, rung: Rung, caller: Producer, tx: Transaction) -> LibraryTrack:
    await service.edit_one(tx, caller, track_id, wish.wish, version=wish.version)
    return await library.show(tx, track_id)


@router.delete(
    "/tracks/{track_id}",
    status_code=204,
    summary="Delete a track; it can be restored for a while",
    responses=refusals(NoSuchTrack, NotYours, StarterPiece),
)
async def delete_track(track_id: UUID, rung: Rung, caller: Producer, tx: Transaction) -> None:
    await deletion.delete_one(tx, caller, track_id)


@router.post(
    "/tracks/{track_id}/restore",
    status_code=202,
    summary="Bring a deleted track back",
    responses=refusals(NoSuchTrack, NotYours, NotDeleted, AlreadyHere),
)
async def restore_deleted_track(track_id: UUID, rung: Rung, caller: Producer, tx: Transaction) -> LibraryTrack:
    await deletion.restore_one(tx, caller, track_id)
    return await library.show(tx, track_id)


@router.get("/tracks/{track_id}/history", summary="Who changed what in a track, newest first")
async def list_track_history(
    track_id: UUID,
    caller: Producer,
    tx: Transaction,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Limit = 100,
) -> HistoryPage:
    found = await queries.history(tx, track_id, before=before, limit=limit)
    return HistoryPage(items=found, next=found[-1].id if len(found) == limit else None)


@router.post(
    "/tracks/{track_id}/merge",
    summary="Keep this one of several tracks that are the same",
    responses=refusals(NoSuchTrack, MergedWithItself, NotYours, StarterPiece),
)
async def merge_tracks(track_id: UUID, wish: Merge, rung: Rung, caller: Producer, tx: Transaction) -> LibraryTrack:
    await merging.merge(tx, caller, track_id, wish.duplicates)
    return await library.show(tx, track_id)


@router.put(
    "/tracks/{track_id}/artwork",
    status_code=204,
    summary="Give a track a picture, instead of the one in its file",
    openapi_extra=body_of({"file": {"type": "string", "format": "binary"}}, required=["file"]),
    responses=refusals(NoSuchTrack, artwork.NoPicture, NotAPicture, *UPLOAD_REFUSALS),
)
async def put_track_artwork(track_id: UUID, request: Request, rung: Rung, caller: Producer, tx: Transaction) -> None:
    await tx.close()  # no connection of the database is held while the picture comes
    await artwork.take_in(request, track_id, request.app.state.settings)


@router.delete(
    "/tracks/{track_id}/artwork",
    status_code=204,
    summary="Take a track's picture away",
    responses=refusals(NoSuchTrack),
)
async def delete_track_artwork(track_id: UUID, request: Request, rung: Rung, caller: Producer, tx: Transaction) -> None:
    await artwork.remove(tx, track_id, request.app.state.settings)


@router.post(
    "/edits/preview",
    summary="What an edit of many tracks would change",
    responses=refusals(NoSuchCategory, BadFilter, TooManyTracks),
)
async def preview_edit(wish: BulkEdit, caller: Producer, tx: Transaction, now: NowThere) -> BulkPreview:
    tracks = await selecting.tracks_of(tx, wish.which, now, expected=None)
    return shown.previewed(await service.preview(tx, tracks, wish.edit.wish))


@router.post("/edits", summary="Change many tracks at once", responses=refusals(NoSuchCategory, *_MANY))
async def edit_tracks(wish: BulkEdit, rung: Rung, caller: Producer, tx: Transaction, now: NowThere) -> EditDone:
    tracks = await selecting.tracks_of(tx, wish.which, now, expected=wish.expected)
    return shown.done(*await service.edit_many(tx, caller, tracks, wish.edit.wish))


@router.get("/edits", summary="Edits, newest first", responses=refusals(NoSuchEdit))
async def list_edits(
    caller: Producer,
    tx: Transaction,
    before: Annotated[UUID | None, Query(description="Only edits before this one")] = None,
    limit: Limit = 50,
) -> EditsPage:
    found = await queries.edits(tx, before=before, limit=limit)
    return EditsPage(items=found, next=found[-1].id if len(found) == limit else None)


@router.post("/edits/{edit_id}/undo", summary="Take an edit back", responses=refusals(NoSuchEdit, AlreadyUndone))
async def undo_edit(edit_id: UUID, rung: Rung, caller: Producer, tx: Transaction) -> UndoDone:
    return shown.undone(*await undoing.undo(tx, caller, edit_id))


@router.post("/deletions", summary="Delete many tracks at once", responses=refusals(*_MANY))
async def delete_tracks(
    wish: BulkDeletion, rung: Rung, caller: Producer, tx: Transaction, now: NowThere
) -> DeletionDone:
    tracks = await selecting.tracks_of(tx, wish.which, now, expected=wish.expected)
    return shown.deleted(await deletion.delete_many(tx, caller, tracks))
