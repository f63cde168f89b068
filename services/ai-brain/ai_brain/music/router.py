"""POST /music: a piece of ambient music for a seed and a length."""

from typing import Any

from fastapi import APIRouter, Request, Response
from kit.auth import NotAuthenticated, Trusted
from kit.refusal import refusals

from ai_brain.music import service
from ai_brain.music.departure import unless_departed
from ai_brain.music.refusals import Busy, ComposerFailed, TookTooLong
from ai_brain.music.schemas import MusicWish

router = APIRouter(prefix="/music", tags=["music"])
MP3: dict[int | str, dict[str, Any]] = {
    200: {"description": "The piece", "content": {"audio/mpeg": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post(
    "",
    response_class=Response,
    responses=MP3 | refusals(NotAuthenticated, Busy, TookTooLong, ComposerFailed),
)
async def compose_music(wish: MusicWish, request: Request, caller: Trusted) -> Response:
    """Compose a piece and answer with it as an MP3; this takes about a tenth of its length."""
    mp3 = await unless_departed(request, service.compose(request.app.state.studio, wish))
    return Response(mp3, media_type="audio/mpeg")
