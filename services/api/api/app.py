"""The HTTP application of api; its loops run while it is served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import httpx
from fastapi import FastAPI
from kit import app as kit
from kit import db, facts, readiness
from kit.bell import listen
from kit.db import Sessions
from kit.loops import repeat, run_all
from redis.asyncio import Redis

from api import feed, ringing, tables
from api.accounts.passwords import Passwords
from api.accounts.routes import ROUTERS as ACCOUNTS
from api.addresses import parse_exceptions
from api.airchecks import router as airchecks
from api.analysis import router as analysis
from api.events import router as events
from api.events.hub import Hub
from api.events.service import Desk
from api.feed import Feed
from api.importing import router as importing
from api.keeping import artwork as track_artwork
from api.keeping import listening
from api.keeping import router as keeping
from api.library.routes import ROUTERS as LIBRARY
from api.live import engine_routes
from api.live import router as live
from api.live import watch as live_watch
from api.live.watch import Watch
from api.logger import router as logger
from api.monitor.readiness import Parts
from api.played import router as played
from api.podcast import router as podcast
from api.programme import router as programme
from api.queue import router as queue
from api.queue.service import withdraw
from api.retention import router as retention
from api.settings import Settings
from api.shows import artwork
from api.shows import router as shows
from api.throttle import Throttle
from api.uploading import router as uploading
from api.uploading.finishing import BELL as UPLOADS
from api.uploading.watching import PATIENCE, Watching
from api.webhooks import router as webhooks
from api.webhooks.described import described
from api.webhooks.sending import Sender


def create_app(settings: Settings) -> FastAPI:
    """The service for these settings."""
    app = kit.build(
        "Airtight api",
        settings,
        keys=settings.keys,
        lifespan=_lifespan,
        max_upload_bytes=_uploads(settings),
    )
    for router in (
        *ACCOUNTS,
        events.router,
        played.router,
        readiness.router,
        queue.router,
        queue.admin,
        queue.internal,
        programme.router,
        programme.internal,
        importing.router,
        uploading.tus,
        uploading.router,
        keeping.router,
        listening.router,
        *LIBRARY,
        analysis.router,
        shows.router,
        airchecks.router,
        podcast.router,
        retention.router,
        logger.router,
        live.router,
        live.admin,
        engine_routes.router,
        webhooks.router,
        facts.feed_router(tables.facts),
    ):
        app.include_router(router)
    app.webhooks.include_router(described)
    app.state.withdraw = withdraw
    return app


def _uploads(settings: Settings) -> dict[str, int]:
    """Bytes that the bodies of uploads may have, form and all."""
    form = 100_000
    return {
        "/queue": settings.max_song_mb * 1_000_000 + form,
        "/shows/{show_id}/artwork": artwork.MOST_MB * 1_000_000 + form,
        "/library/tracks/{track_id}/artwork": track_artwork.MOST_MB * 1_000_000 + form,
        "/admin/programme": settings.programme_max_mb * 1_000_000 + form,
        "/library/uploads/form": settings.programme_max_mb * 1_000_000 + form,
        "/library/uploads/{upload_id}": settings.programme_max_mb * 1_000_000 + form,
    }


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = cast(Settings, app.state.settings)
    engine = db.connect(settings.database_url.get_secret_value(), pool_size=10)
    app.state.sessions = db.sessions(engine)
    app.state.redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    app.state.throttle = Throttle(app.state.redis)
    app.state.webhook_sender = Sender(parse_exceptions(settings.webhook_allow))
    app.state.passwords = Passwords(settings.bcrypt_cost)
    async with httpx.AsyncClient() as http:
        follower = Feed(settings, app.state.sessions, app.state.redis, http)
        desk = _desk(settings, app.state.sessions, app.state.redis)
        app.state.desk = desk
        app.state.watch = Watch(settings, app.state.sessions, app.state.redis, http)
        app.state.uploads = Watching(app.state.sessions)
        app.state.parts = _parts(settings, app.state.sessions, app.state.redis, follower)
        loops = asyncio.create_task(_loops(app.state.redis, follower, desk, app.state.watch, app.state.uploads))
        yield
        loops.cancel()
        await asyncio.gather(loops, return_exceptions=True)
    app.state.passwords.close()
    await app.state.redis.aclose()
    await engine.dispose()


def _desk(settings: Settings, sessions: Sessions, redis: Redis) -> Desk:
    return Desk(Hub(settings.max_event_clients), sessions, redis, settings.now_playing_file)


def _parts(settings: Settings, sessions: Sessions, redis: Redis, follower: Feed) -> Parts:
    return Parts(sessions, redis, lambda: follower.read_at, settings.var, settings.disk_reserve_mb)


async def _loops(redis: Redis, follower: Feed, desk: Desk, watch: Watch, uploads: Watching) -> None:
    """What goes on while the service lives, in each of its processes."""
    await run_all(
        repeat("feed", follower.step, every=feed.POLL, wake=follower.wake),
        repeat("feed_bell", lambda: listen(redis, feed.OWNER, follower.wake), every=1),
        repeat("queue_bell", lambda: listen(redis, ringing.OWNER, desk.queue_rung, uploads.bell), every=1),
        repeat("events", desk.follow_redis, every=1),
        repeat("now_playing_file", desk.read_file, every=1),
        repeat("queue_shown", desk.read_queue, every=5, wake=desk.queue_rung),
        repeat("live", watch.step, every=live_watch.EVERY, wake=watch.wake),
        repeat("uploads_bell", lambda: listen(redis, UPLOADS, uploads.bell), every=1),
        repeat("uploads_shown", uploads.step, every=PATIENCE, wake=uploads.bell),
    )
