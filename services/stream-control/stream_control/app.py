"""The HTTP application of stream-control; its loops run while it is served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from fastapi import FastAPI
from kit import app as kit
from kit import db, facts, readiness
from kit.loops import run_all

from stream_control import tables
from stream_control.as_run import router as as_run
from stream_control.live import router as live
from stream_control.settings import Settings
from stream_control.station import assemble
from stream_control.wanted import router as wanted


def create_app(settings: Settings) -> FastAPI:
    """The service for these settings."""
    app = kit.build("Airtight stream-control", settings, keys=settings.keys, lifespan=_lifespan)
    for router in (wanted.router, as_run.router, live.router, readiness.router, facts.feed_router(tables.facts)):
        app.include_router(router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = cast(Settings, app.state.settings)
    engine = db.connect(settings.database_url.get_secret_value())
    sessions = db.sessions(engine)
    async with assemble(settings, sessions) as station:
        app.state.sessions = sessions
        app.state.reconcilers = station.reconcilers
        app.state.parts = station.parts
        loops = asyncio.create_task(run_all(*station.loops()))
        yield
        loops.cancel()
        await asyncio.gather(loops, return_exceptions=True)
    await engine.dispose()
