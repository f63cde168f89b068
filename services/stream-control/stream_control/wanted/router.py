"""Play, pause and skip, for administrators."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from kit.auth import Admin, NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from stream_control.engine.unreachable import EngineUnreachable
from stream_control.wanted.models import Pause
from stream_control.wanted.reconciler import Reconciler
from stream_control.wanted.rules import NothingToSkip, Playlist
from stream_control.wanted.schemas import PlaylistControlled

router = APIRouter(prefix="/admin", tags=["control"], responses=refusals(NotAuthenticated, NotAllowed))


def reconciler(playlist: Playlist, request: Request) -> Reconciler:
    """The reconciler of the playlist in the query."""
    found: Reconciler = request.app.state.reconcilers[playlist]
    return found


def programme(request: Request) -> Reconciler:
    """The programme's reconciler."""
    return reconciler("fallback", request)


async def wake(chosen: Annotated[Reconciler, Depends(reconciler)]) -> AsyncIterator[None]:
    """Reconcile as soon as the request's transaction has been committed: declare it before the transaction."""
    yield
    chosen.wake.set()


async def wake_programme(chosen: Annotated[Reconciler, Depends(programme)]) -> AsyncIterator[None]:
    """The same for the programme, whatever the query says."""
    yield
    chosen.wake.set()


Chosen = Annotated[Reconciler, Depends(reconciler)]
Woken = Annotated[None, Depends(wake, scope="function")]
ProgrammeWoken = Annotated[None, Depends(wake_programme, scope="function")]


@router.post("/pause", summary="Fade a playlist out and hold it; the next tier is heard")
async def pause(caller: Admin, playlist: Playlist, woken: Woken, tx: Transaction) -> PlaylistControlled:
    await tx.execute(insert(Pause).values(playlist=playlist).on_conflict_do_nothing())
    return PlaylistControlled(playlist=playlist, paused=True)


@router.post("/play", summary="Let a paused playlist go on where it was")
async def play(caller: Admin, playlist: Playlist, woken: Woken, tx: Transaction) -> PlaylistControlled:
    await tx.execute(delete(Pause).where(Pause.playlist == playlist))
    return PlaylistControlled(playlist=playlist, paused=False)


@router.post("/skip", summary="End the song that plays", responses=refusals(NothingToSkip, EngineUnreachable))
async def skip(caller: Admin, playlist: Playlist, chosen: Chosen) -> PlaylistControlled:
    await chosen.skip()
    return PlaylistControlled(playlist=playlist, paused=False)


@router.post("/setup-autoplay", summary="Let the programme loop in random order again, as at the station's start")
async def setup_autoplay(caller: Admin, woken: ProgrammeWoken, tx: Transaction) -> PlaylistControlled:
    await tx.execute(delete(Pause).where(Pause.playlist == "fallback"))
    return PlaylistControlled(playlist="fallback", paused=False)
