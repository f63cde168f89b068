"""`GET /events`: the whole state first, then each change as it comes."""

import asyncio
import json
import time
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from api.queue.models import QueueItem
from api.settings import Settings
from desk import people
from desk.stream import Stream, listening, now_playing
from kit import bell
from kit.contracts.air import NowPlaying
from kit.db import Sessions
from kit.testing import Servers, database_name, sql
from redis.asyncio import Redis


@pytest.fixture(autouse=True)
async def empty(sessions: Sessions, redis: Redis, service_url: str) -> None:
    """An empty queue, and nothing in Redis."""
    await bell.ring(redis, "api")
    await asyncio.sleep(0.3)


async def publish(redis: Redis, told: NowPlaying) -> None:
    """As stream-control does."""
    await redis.set("airtight:now_playing", told.model_dump_json())
    await redis.publish("airtight:now_playing", told.model_dump_json())


async def ask_for_song(sessions: Sessions, redis: Redis, title: str, position: int = 1) -> str:
    """A request that waits; its change is rung."""
    item = QueueItem(
        source="link", state="queued", progress=100, title=title, artist="A", length_seconds=60, position=position
    )
    async with sessions.begin() as tx:
        tx.add(item)
    await bell.ring(redis, "api")
    return str(item.id)


async def test_the_first_event_is_the_whole_state(service_url: str, redis: Redis, sessions: Sessions) -> None:
    await ask_for_song(sessions, redis, "First")
    await publish(redis, now_playing(tier="user", title="Song", listeners=7))
    async with asyncio.timeout(15):
        while True:
            async with listening(service_url) as stream:
                event = await stream.next()
            if event.body["tier"] == "user" and event.body["queue"] and event.body["queue"]["items"]:
                break
            await asyncio.sleep(0.1)
    assert event.name == "state"
    assert event.id
    assert (event.body["tier"], event.body["listeners"], event.body["now_playing"]["title"]) == ("user", 7, "Song")
    assert [item["title"] for item in event.body["queue"]["items"]] == ["First"]
    assert stream.retry is not None
    assert 500 <= stream.retry <= 10_000


async def test_the_stream_is_not_kept_or_held_back_on_its_way(service_url: str) -> None:
    async with listening(service_url) as stream:
        headers = stream.answer.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-cache"
    assert headers["x-accel-buffering"] == "no"


async def test_each_change_of_now_playing_is_told_by_its_events(service_url: str, redis: Redis) -> None:
    await publish(redis, now_playing(tier="fallback", listeners=1))
    async with listening(service_url) as stream:
        await stream.next("state")
        await asyncio.sleep(0.2)
        await publish(redis, now_playing(tier="user", title="Song", listeners=2))
        events = [await stream.next()]
        while {"tier", "listeners", "now_playing"} - {event.name for event in events}:
            events.append(await stream.next())
    told = {event.name: event.body for event in events}
    assert told["tier"] == {"tier": "user"}
    assert told["listeners"] == {"listeners": 2}
    assert (told["now_playing"]["title"], told["now_playing"]["tier"]) == ("Song", "user")
    assert len({event.id for event in events}) == len(events)


async def test_the_file_is_as_good_as_redis_and_a_little_later(service_url: str, served_settings: Settings) -> None:
    async with listening(service_url) as stream:
        await stream.next("state")
        served_settings.now_playing_file.write_text(now_playing(tier="user", title="From the file").model_dump_json())
        event = await stream.next("now_playing", seconds=3)
    assert event.body["title"] == "From the file"


async def test_what_is_older_than_what_was_told_is_not_told(service_url: str, redis: Redis) -> None:
    old = now_playing(tier="noise", title="Old")
    await publish(redis, now_playing(tier="user", title="New"))
    async with listening(service_url) as stream:
        await stream.next("state")
        await publish(redis, old)
        assert "Old" not in str(await stream.all(seconds=1))


async def test_the_queue_is_told_when_it_changes(service_url: str, redis: Redis, sessions: Sessions) -> None:
    async with listening(service_url) as stream:
        await stream.next("state")
        item = await ask_for_song(sessions, redis, "Song")
        event = await stream.until("queue", lambda queue: queue["items"], seconds=4)
        assert [shown["id"] for shown in event.body["items"]] == [item]
        for _ in range(5):
            await bell.ring(redis, "api")
        assert await stream.all(seconds=1) == [], "nothing changed"


async def test_a_queue_that_changes_all_the_time_is_told_four_times_a_second(
    service_url: str, redis: Redis, sessions: Sessions
) -> None:
    async with listening(service_url) as stream:
        await stream.next("state")
        began, told = time.monotonic(), 0

        def is_whole(queue: Any) -> bool:
            nonlocal told
            told += 1
            return len(queue["items"]) == 40

        last_word = asyncio.create_task(stream.until("queue", is_whole, seconds=30))
        for number in range(40):
            await ask_for_song(sessions, redis, f"Song {number}", number)
            await asyncio.sleep(0.03)
        await last_word
    assert 2 <= told <= 4 * (time.monotonic() - began) + 2


async def test_nobody_learns_who_asked(
    service_url: str, redis: Redis, sessions: Sessions, served_settings: Settings
) -> None:
    owner, _ = await people.user(sessions, served_settings, display_name="Secret Admirer")
    item = QueueItem(user_id=owner, source="link", url="https://example.org/private", state="fetching")
    async with sessions.begin() as tx:
        tx.add(item)
    async with listening(service_url) as stream:
        await bell.ring(redis, "api")
        event = await stream.until("queue", lambda queue: queue["preparing"])
    told = json.dumps(event.body)
    assert str(item.id) in told
    assert not any(secret in told for secret in (str(owner), "example.org", "Secret"))


async def test_how_far_a_request_has_come_is_passed_on(service_url: str, redis: Redis, sessions: Sessions) -> None:
    item = "7c1de8a1-54d4-4a39-8d5b-0e1f3ab1b7c9"
    async with listening(service_url) as stream:
        await stream.next("state")
        for garbage in ("", "no json", '{"id": "x", "state": "fetching", "progress": 1}', "[]"):
            await redis.publish("airtight:progress", garbage)
        told = {"id": item, "state": "fetching", "progress": 42}
        await redis.publish("airtight:progress", json.dumps({**told, "owner": "somebody"}))
        event = await stream.next()
    assert (event.name, event.body) == ("request", told)


async def test_open_streams_hold_no_connection_of_the_database(
    service_url: str, servers: Servers, database_url: str
) -> None:
    async with AsyncExitStack() as stack:
        streams: list[Stream] = [await stack.enter_async_context(listening(service_url)) for _ in range(30)]
        for stream in streams:
            await stream.next("state")
        name = database_name(database_url)
        held = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND state LIKE 'idle in%'"
        assert sql(servers, held).strip() == "0"
        connections = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
        assert int(sql(servers, connections)) < 15


async def clients(url: str) -> int:
    async with httpx.AsyncClient(base_url=url) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    return int(float(next(line for line in lines if line.startswith("airtight_event_clients ")).split()[1]))


async def test_a_client_that_leaves_is_forgotten(service_url: str) -> None:
    before = await clients(service_url)
    async with listening(service_url) as stream:
        await stream.next("state")
        assert await clients(service_url) == before + 1
    async with asyncio.timeout(3):
        while await clients(service_url) > before:
            await asyncio.sleep(0.05)
