"""`/ready`: whether this process could make something now."""

import shutil

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel

from ai_brain.music.service import Studio

router = APIRouter(tags=["health"])


class Readiness(BaseModel):
    """Ready when every check is."""

    ready: bool
    checks: dict[str, bool]


@router.get("/ready", responses={503: {"model": Readiness, "description": "Something is missing"}})
async def ready(request: Request, response: Response) -> Readiness:
    """The composer's process lives (one that died idle is replaced here) and ffmpeg is installed."""
    studio: Studio = request.app.state.studio
    checks = {"worker": await studio.worker.revived(), "ffmpeg": shutil.which("ffmpeg") is not None}
    if not all(checks.values()):
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Readiness(ready=all(checks.values()), checks=checks)
