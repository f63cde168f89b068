"""What stream-control tells becomes true here, at once and once, in however many processes."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from api import feed
from api.app import create_app
from api.played.models import Airing
from api.queue.models import QueueItem
from api.webhooks.models import Webhook, WebhookDelivery
from desk.settings import API_TOKEN, api_settings, make_folders
from desk.stream import listening
from fastapi import FastAPI
from kit import app as kit
from kit import bell, db, facts
from kit.auth import Keys
from kit.contracts.air import Tier
from kit.contracts.facts import AnyFact, SilenceDetected, SilenceEnded, TierChanged, TrackEnded, TrackStarted
from kit.db import Sessions
from kit.facts import facts_table
from kit.testing import Servers, free_port, served
from redis.asyncio import Redis
from sqlalchemy import MetaData, func, select, text

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FACTS = facts_table(MetaData(schema="stream_control"))


@pytest.fixture
async def stream_control(sessions: Sessions, database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """Address of a stream-control that has nothing but its feed."""
    async with sessions.begin() as tx:
        await tx.execute(text("DROP SCHEMA IF EXISTS stream_control CASCADE"))
        await tx.execute(text("CREATE SCHEMA stream_control"))
        await (await tx.connection()).run_sync(FACTS.metadata.create_all)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = db.connect(database_url)
        app.state.sessions = db.sessions(engine)
        yield
        await engine.dispose()

    settings = api_settings(tmp_path, database_url, "redis://")
    app = kit.build("Owner", settings, keys=Keys((), {"api": API_TOKEN}), lifespan=lifespan)
    app.include_router(facts.feed_router(FACTS))
    port = free_port()
    with served(app, port):
        yield f"127.0.0.1:{port}"


@pytest.fixture
def urls(stream_control: str, database_url: str, servers: Servers, redis: Redis, tmp_path: Path) -> Iterator[list[str]]:
    """Two processes of the service, as far as a feed can tell."""
    make_folders(tmp_path)
    with ExitStack() as stack:
        found = []
        for _ in range(2):
            port = free_port()
            settings = api_settings(
                tmp_path, database_url, servers.redis_url, port=port, stream_control_address=stream_control
            )
            found.append(stack.enter_context(served(create_app(settings), port)))
        yield found


async def tell(sessions: Sessions, redis: Redis, *told: AnyFact) -> None:
    async with sessions.begin() as tx:
        await facts.record(tx, FACTS, told)
    await bell.ring(redis, "stream-control")


@pytest.fixture
def only_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks by himself for as long as a test takes."""
    monkeypatch.setattr(feed, "POLL", 60.0)


async def test_what_aired_is_known_at_once_and_once(
    only_rung: None, urls: list[str], sessions: Sessions, redis: Redis
) -> None:
    told: list[AnyFact] = [TierChanged(at=NOON, tier="fallback", previous=None)]
    for number in range(1, 31):
        began, over = NOON + timedelta(minutes=number), NOON + timedelta(minutes=number, seconds=50)
        item = f"item-{number}"
        told += [
            TrackStarted(at=began, airing_id=number, item_id=item, tier="fallback", title="T", artist="A"),
            TrackEnded(at=over, airing_id=number, item_id=item, tier="fallback", reason="finished", heard_seconds=50),
        ]
    await asyncio.sleep(0.5)
    await tell(sessions, redis, *told)
    async with asyncio.timeout(15), httpx.AsyncClient(base_url=urls[0]) as client:
        while len((await client.get("/played")).json()["items"]) < 30:
            await asyncio.sleep(0.05)
    async with sessions() as tx:
        assert await tx.scalar(select(func.count()).select_from(Airing)) == 30


async def test_a_request_that_begins_is_told_to_everybody_who_listens(
    urls: list[str], sessions: Sessions, redis: Redis
) -> None:
    item = QueueItem(source="link", state="queued", progress=100, title="Song", length_seconds=60, position=1)
    async with sessions.begin() as tx:
        tx.add(item)
    await asyncio.sleep(0.5)
    async with listening(urls[0]) as first, listening(urls[1]) as second:
        began = TrackStarted(
            at=datetime.now(UTC), airing_id=1, item_id=str(item.id), tier="user", title="Song", artist=None
        )
        await tell(sessions, redis, began)
        for stream in (first, second):
            told = await stream.until("queue", lambda queue: queue["playing"])
            assert told.body["playing"]["id"] == str(item.id)


async def test_silence_is_told_to_everybody_who_listens_until_it_ends(
    urls: list[str], sessions: Sessions, redis: Redis
) -> None:
    await asyncio.sleep(0.5)
    async with listening(urls[0]) as first, listening(urls[1]) as second:
        await tell(sessions, redis, SilenceDetected(at=NOON, tier="live", seconds=10))
        for stream in (first, second):
            silence = (await stream.next("silence")).body
            assert silence == {"tiers": [{"tier": "live", "since": "2026-03-01T11:59:50Z"}]}
        async with listening(urls[0]) as later:
            assert (await later.next("state")).body["silence"] == silence
        await tell(sessions, redis, SilenceEnded(at=NOON + timedelta(seconds=5), tier="live", seconds=15))
        for stream in (first, second):
            assert (await stream.next("silence")).body == {"tiers": []}


async def test_webhooks_are_told_once_however_many_processes_read(
    urls: list[str], sessions: Sessions, redis: Redis
) -> None:
    webhook = Webhook(name="W", url="https://example.org/", events=["tier_changed"], secret="!")
    async with sessions.begin() as tx:
        tx.add(webhook)
    tiers: list[Tier] = ["fallback", "noise"] * 10
    changes: list[AnyFact] = [
        TierChanged(at=NOON + timedelta(minutes=number), tier=tier, previous=None) for number, tier in enumerate(tiers)
    ]
    await tell(sessions, redis, *changes[:10])
    await tell(sessions, redis, *changes[10:])
    async with asyncio.timeout(5):
        while len(rows := await _deliveries(sessions)) < len(changes):
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    rows = await _deliveries(sessions)
    assert [row.sequence for row in rows] == list(range(1, len(changes) + 1))
    assert [json.loads(row.body)["data"]["tier"] for row in rows] == tiers


async def _deliveries(sessions: Sessions) -> list[WebhookDelivery]:
    async with sessions() as tx:
        return list(await tx.scalars(select(WebhookDelivery).order_by(WebhookDelivery.sequence)))


async def test_a_feed_is_read_although_nobody_rings(urls: list[str], sessions: Sessions) -> None:
    async with sessions.begin() as tx:
        await facts.record(tx, FACTS, [TierChanged(at=NOON, tier="noise", previous=None)])
    async with asyncio.timeout(4), httpx.AsyncClient(base_url=urls[1]) as client:
        while not (await client.get("/ready")).json()["checks"]["stream_control"]["ok"]:
            await asyncio.sleep(0.1)
        async with sessions() as tx:
            while not await tx.scalar(text("SELECT count(*) FROM api.air_now")):
                await asyncio.sleep(0.1)
                await tx.rollback()
