"""A bell is heard at once, by everybody, and is never needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from kit import bell
from kit.loops import repeat
from redis.asyncio import Redis
from redis.exceptions import RedisError

NOBODY = "unix:///nowhere/redis.sock"


@asynccontextmanager
async def listening(redis: Redis, owner: str, *wakes: asyncio.Event) -> AsyncIterator["asyncio.Task[None]"]:
    """A listener that is known to listen: its events are set once as it begins, and cleared again."""
    task = asyncio.create_task(bell.listen(redis, owner, *wakes))
    async with asyncio.timeout(5):
        await asyncio.gather(*(wake.wait() for wake in wakes))
    for wake in wakes:
        wake.clear()
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_everybody_who_listens_hears_a_ring(redis: Redis) -> None:
    first, second, third = asyncio.Event(), asyncio.Event(), asyncio.Event()
    async with listening(redis, "api", first, second), listening(redis, "api", third):
        await bell.ring(redis, "api")
        async with asyncio.timeout(5):
            await asyncio.gather(first.wait(), second.wait(), third.wait())


async def test_each_owner_has_a_bell_of_its_own(redis: Redis) -> None:
    api, control = asyncio.Event(), asyncio.Event()
    async with listening(redis, "api", api), listening(redis, "stream-control", control):
        await bell.ring(redis, "api")
        async with asyncio.timeout(5):
            await api.wait()
        await asyncio.sleep(0.05)
    assert not control.is_set()


async def test_whoever_begins_to_listen_looks_once(redis: Redis) -> None:
    wake = asyncio.Event()
    await bell.ring(redis, "api")
    task = asyncio.create_task(bell.listen(redis, "api", wake))
    async with asyncio.timeout(5):
        await wake.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_silent_bell_is_still_listened_to(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "SILENCE", 0.05)
    wake = asyncio.Event()
    async with listening(redis, "api", wake) as task:
        await asyncio.sleep(0.3)
        assert not task.done()
        assert not wake.is_set()
        await bell.ring(redis, "api")
        async with asyncio.timeout(5):
            await wake.wait()


async def test_what_is_published_on_several_channels_is_read_with_its_channel(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "SILENCE", 0.1)
    reading = bell.messages(redis, "first", "second")
    async with asyncio.timeout(5):
        assert await anext(reading) is None
        asyncio.get_running_loop().call_later(0.5, lambda: asyncio.ensure_future(redis.publish("second", b"\xff")))
        assert await anext(reading) == ("second", b"\xff")
        await redis.publish("first", "")
        assert await anext(reading) == ("first", b"")
    await reading.aclose()


async def test_a_redis_that_hangs_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bell, "SILENCE", 0.1)

    async def mute(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with await asyncio.start_unix_server(mute, tmp_path / "redis.sock"):
        hung = Redis.from_url(f"unix://{tmp_path}/redis.sock", socket_timeout=0.2)
        async with asyncio.timeout(5):
            with pytest.raises((RedisError, OSError)):
                await bell.listen(hung, "api", asyncio.Event())
        await hung.aclose()


async def test_ringing_never_fails() -> None:
    away = Redis.from_url(NOBODY)
    await bell.ring(away, "api")
    await away.aclose()


async def test_a_listener_whose_redis_is_away_says_so() -> None:
    away = Redis.from_url(NOBODY)
    with pytest.raises((RedisError, OSError)):
        await bell.listen(away, "api", asyncio.Event())
    await away.aclose()


async def test_a_listener_whose_connection_is_cut_listens_again_and_looks(redis: Redis) -> None:
    wake = asyncio.Event()
    loop = asyncio.create_task(repeat("bell", lambda: bell.listen(redis, "api", wake), every=0.01))
    async with asyncio.timeout(5):
        await wake.wait()
        wake.clear()
        assert await redis.client_kill_filter(_type="pubsub") >= 1
        await wake.wait()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
