"""What the audio engine asks and tells about streamers: `LIQUIDSOAP_TOKEN` opens these routes, and no other does."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from kit.auth import NotAllowed, NotAuthenticated, Principal, principal
from kit.db import Transaction
from kit.refusal import refusals

from api.live import admission
from api.live.schemas import Answered, Knocking, SessionNamed
from api.ringing import ring_afterwards


def engine(caller: Annotated[Principal, Depends(principal)]) -> Principal:
    """The audio engine, or 403."""
    if (caller.kind, caller.name) != ("engine", "liquidsoap"):
        raise NotAllowed("Only the station's audio engine may do this.")
    return caller


router = APIRouter(
    prefix="/internal/livestream",
    tags=["live"],
    dependencies=[Depends(engine)],
    responses=refusals(NotAuthenticated, NotAllowed),
)
RUNG = [Depends(ring_afterwards, scope="function")]


@router.post("/auth", summary="May this encoder in, and for how long", response_model_exclude_none=True)
async def authorise_streamer(wish: Knocking, request: Request, tx: Transaction) -> Answered:
    return await admission.knock(tx, wish, settings=request.app.state.settings, now=datetime.now(UTC))


@router.post("/connected", status_code=204, summary="A granted encoder is there", dependencies=RUNG)
async def streamer_connected(told: SessionNamed, tx: Transaction) -> None:
    await admission.connected(tx, told.session, now=datetime.now(UTC))


@router.post("/disconnected", status_code=204, summary="The encoder is gone", dependencies=RUNG)
async def streamer_disconnected(told: SessionNamed, tx: Transaction) -> None:
    await admission.disconnected(tx, told.session, now=datetime.now(UTC))
