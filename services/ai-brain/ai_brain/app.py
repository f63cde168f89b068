"""The application: what ai-brain serves, and what it keeps open while it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from kit.app import build

from ai_brain import readiness
from ai_brain.music import router as music
from ai_brain.music.line import Line
from ai_brain.music.service import Studio
from ai_brain.music.worker import Worker
from ai_brain.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The service for these settings."""
    app = build("Airtight ai-brain", settings, keys=settings.keys, lifespan=_lifespan)
    app.include_router(readiness.router)
    app.include_router(music.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    worker = Worker()
    await worker.ensure()
    app.state.studio = Studio(worker, Line(settings.max_waiting), settings.timeout, settings.ffmpeg_timeout)
    try:
        yield
    finally:
        worker.close()
