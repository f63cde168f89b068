"""Play, pause and skip, for administrators."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from kit.auth import Admin, NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import Refusal, refusals
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.unreachable import EngineUnreachable
from stream_control.wanted.models import Pause
from stream_control.wanted.rules import Playlist
from stream_control.wanted.schemas import PlaylistControlled
from stream_control.wanted.service import Reconciler

router = APIRouter(prefix="/admin", tags=["control"], responses=refusals(NotAuthenticated, NotAllowed))


class NothingToSkip(Refusal):
    """No song plays on that playlist."""

    error_code = "nothing_to_skip"


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


def liquidsoap(request: Request) -> Liquidsoap:
    """The audio engine."""
    found: Liquidsoap = request.app.state.liquidsoap
    return found


@router.post("/pause", summary="Fade a playlist out and hold it; the next tier is heard")
async def pause(caller: Admin, playlist: Playlist, woken: Woken, tx: Transaction) -> PlaylistControlled:
    await tx.execute(insert(Pause).values(playlist=playlist).on_conflict_do_nothing())
    return PlaylistControlled(playlist=playlist, paused=True)


@router.post("/play", summary="Let a paused playlist go on where it was")
async def play(caller: Admin, playlist: Playlist, woken: Woken, tx: Transaction) -> PlaylistControlled:
    await tx.execute(delete(Pause).where(Pause.playlist == playlist))
    return PlaylistControlled(playlist=playlist, paused=False)


@router.post("/skip", summary="End the song that plays", responses=refusals(NothingToSkip, EngineUnreachable))
async def skip(
    caller: Admin, playlist: Playlist, chosen: Chosen, engine: Annotated[Liquidsoap, Depends(liquidsoap)]
) -> PlaylistControlled:
    state = await chosen.player.state()
    if state.playback != "play" or state.current is None:
        raise NothingToSkip(f"Nothing plays on the {playlist} playlist.")
    await engine.note(playlist, "skipped")
    await chosen.player.run([("next",)])
    return PlaylistControlled(playlist=playlist, paused=False)


@router.post("/setup-autoplay", summary="Let the programme loop in random order again, as at the station's start")
async def setup_autoplay(caller: Admin, woken: ProgrammeWoken, tx: Transaction) -> PlaylistControlled:
    await tx.execute(delete(Pause).where(Pause.playlist == "fallback"))
    return PlaylistControlled(playlist="fallback", paused=False)
