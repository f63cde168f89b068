"""`python -m api.worker`: fetches requests, prepares the station's own files, keeps the media folders tidy."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any

import httpx
from kit import db, jobs, log
from kit.bell import listen
from kit.db import Sessions
from kit.loops import repeat, run_all
from redis.asyncio import Redis

from api.accounts.forgetting import forget_expired
from api.addresses import parse_exceptions
from api.airchecks import finishing, tidying
from api.airchecks.finishing import Finisher
from api.analysis import analyst
from api.analysis import sweep as analysing
from api.analysis.analyst import Analyst
from api.arriving import preparing as library
from api.arriving.rescanning import rescan
from api.following import following
from api.importing.bringing import Bringer
from api.importing.service import BELL as IMPORTS
from api.importing.service import Importer
from api.keeping.deletion import purge
from api.live.forgetting import forget_past
from api.programme.intake import BELL, Programme
from api.programme.starter import Starter
from api.queue.preparing import Preparer
from api.queue.service import QUEUE as REQUESTS
from api.queue.sweep import sweep
from api.retention import service as retention
from api.ringing import OWNER
from api.settings import Settings
from api.shows import artwork
from api.uploading import sweep as uploads
from api.webhooks import forgetting
from api.webhooks.courier import Courier
from api.webhooks.sending import Sender


async def run(settings: Settings) -> None:
    """Work until cancelled."""
    log.configure(json=settings.log_json)
    engine = db.connect(settings.database_url.get_secret_value())
    redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    sessions = db.sessions(engine)
    try:
        async with httpx.AsyncClient() as http:
            await run_all(
                *_jobs(settings, sessions, redis),
                *_analysis(settings, sessions, redis),
                *_requests(settings, sessions, redis),
                *_imports(settings, sessions, redis),
                *_programme(settings, sessions, redis, http),
                *_airchecks(settings, sessions),
                repeat("sweep_show_artwork", partial(artwork.sweep, sessions, settings), every=600),
                *_webhooks(settings, sessions, redis),
                repeat("forget", partial(forget_expired, sessions), every=3600),
                repeat("sweep_uploads", partial(uploads.sweep, sessions, settings, redis), every=30),
                repeat("purge_deleted", partial(purge, sessions, settings), every=3600),
                repeat("forget_live", partial(forget_past, sessions, settings), every=3600),
            )
    finally:
        await redis.aclose()
        await engine.dispose()


def _jobs(settings: Settings, sessions: Sessions, redis: Redis) -> list[Coroutine[Any, Any, None]]:
    """Requests and the station's own files are prepared and analysed, and what died on the way is taken up again."""
    queues = {REQUESTS: settings.fetch_jobs, library.QUEUE: settings.library_jobs, analyst.QUEUE: 1}
    app = jobs.application(settings.database_url.get_secret_value(), connections=jobs.connections(queues))
    Preparer(sessions, settings, redis).register(app)
    Analyst(sessions, settings, redis).register(app)
    followers = following(sessions, redis)
    library.Preparer(sessions, settings, redis, followers).register(app)
    Bringer(sessions, settings, redis, followers).register(app)
    return [
        repeat("jobs", partial(jobs.work, app, queues), every=1),
        repeat("rescue", partial(jobs.rescue, app), every=2),
        repeat("rescan", partial(rescan, sessions, settings, redis, followers), every=300),
    ]


def _requests(settings: Settings, sessions: Sessions, redis: Redis) -> list[Coroutine[Any, Any, None]]:
    """Requests have their job, or are given up."""
    rung = asyncio.Event()
    return [
        repeat("sweep_requests", partial(sweep, sessions, settings, redis), every=10, wake=rung),
        repeat("sweep_bell", lambda: listen(redis, OWNER, rung), every=1),
    ]


def _analysis(settings: Settings, sessions: Sessions, redis: Redis) -> list[Coroutine[Any, Any, None]]:
    """Every track is analysed once, and again when somebody asks for it."""
    rung = asyncio.Event()
    return [
        repeat("sweep_analyses", partial(analysing.sweep, sessions), every=10, wake=rung),
        repeat("sweep_analyses_bell", lambda: listen(redis, OWNER, rung), every=1),
        repeat("delete_waveforms", partial(analysing.delete_waveforms, sessions, settings), every=3600),
    ]


def _imports(settings: Settings, sessions: Sessions, redis: Redis) -> list[Coroutine[Any, Any, None]]:
    """The folder of whole collections is followed."""
    wake = asyncio.Event()
    importer = Importer(settings, sessions, redis)
    return [
        repeat("imports", importer.step, every=5, wake=wake),
        repeat("imports_bell", lambda: listen(redis, IMPORTS, wake), every=1),
    ]


def _programme(
    settings: Settings, sessions: Sessions, redis: Redis, http: httpx.AsyncClient
) -> list[Coroutine[Any, Any, None]]:
    """Files become the programme, and a station without any composes its first pieces."""
    wake = asyncio.Event()
    programme = Programme(settings, sessions, redis)
    starter = Starter(settings, sessions, http, programme, wake)
    return [
        repeat("programme", programme.step, every=settings.programme_scan_seconds, wake=wake),
        repeat("programme_bell", lambda: listen(redis, BELL, wake), every=1),
        repeat("starter", starter.step, every=3),
    ]


def _webhooks(settings: Settings, sessions: Sessions, redis: Redis) -> list[Coroutine[Any, Any, None]]:
    """What webhooks are told is delivered."""
    courier = Courier(sessions, Sender(parse_exceptions(settings.webhook_allow)), settings.vault)
    return [
        courier.run(),
        repeat("webhooks_bell", lambda: listen(redis, OWNER, courier.wake), every=1),
        repeat("webhooks_tidy", partial(forgetting.tidy, sessions, settings.vault), every=forgetting.EVERY),
    ]


def _airchecks(settings: Settings, sessions: Sessions) -> list[Coroutine[Any, Any, None]]:
    """Recorded shows become airchecks, and those that are over go."""
    return [
        repeat("airchecks", Finisher(settings, sessions).step, every=finishing.EVERY),
        repeat("retention", partial(retention.each_night, sessions, settings), every=retention.EVERY),
        repeat("tidy_airchecks", partial(tidying.tidy, sessions, settings), every=tidying.EVERY),
    ]


if __name__ == "__main__":
    asyncio.run(run(Settings()))
