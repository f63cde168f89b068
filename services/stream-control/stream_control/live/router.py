"""Who is live, and how it ends: for api, which decides both."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from kit.auth import NotAllowed, NotAuthenticated, Trusted
from kit.refusal import Refusal, refusals

from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.unreachable import EngineUnreachable
from stream_control.live.schemas import Cut, Limit, LiveControlled, LiveNow

logger = structlog.get_logger()
router = APIRouter(prefix="/internal/live", tags=["live"], responses=refusals(NotAuthenticated, NotAllowed))


class NotLive(Refusal):
    """Another session is live, or nobody."""

    status = 409
    error_code = "not_live"


def liquidsoap(request: Request) -> Liquidsoap:
    """The audio engine."""
    engine: Liquidsoap = request.app.state.parts.liquidsoap
    return engine


Engine = Annotated[Liquidsoap, Depends(liquidsoap)]


@router.get("", summary="Who is live by the audio engine's own word")
async def show_live(caller: Trusted, engine: Engine) -> LiveNow:
    try:
        now = await engine.live()
    except EngineUnreachable:
        return LiveNow(session=None, since=None, known=False)
    since = None if now.seconds_on is None else datetime.now(UTC) - timedelta(seconds=now.seconds_on)
    return LiveNow(session=now.session, since=since, seconds_left=now.seconds_left, known=True)


@router.post(
    "/cut", summary="Fade a session out and send its encoder away", responses=refusals(NotLive, EngineUnreachable)
)
async def cut(caller: Trusted, engine: Engine, asked: Cut) -> LiveControlled:
    if not await engine.cut(asked.session):
        raise NotLive("This session is not live.")
    logger.info("live_cut", session=str(asked.session), reason=asked.reason)
    return LiveControlled(session=asked.session)


@router.post(
    "/limit", summary="Let a session go on for so long from now", responses=refusals(NotLive, EngineUnreachable)
)
async def limit(caller: Trusted, engine: Engine, asked: Limit) -> LiveControlled:
    if not await engine.limit(asked.session, asked.seconds_left):
        raise NotLive("This session is not live.")
    return LiveControlled(session=asked.session)
