"""A bell between services: Redis pub/sub that only says "look now". Nothing is lost when it is not heard."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError

SILENCE = 10.0
"""Seconds after which a listener makes sure that the connection still lives."""


class Message(NamedTuple):
    """What was published."""

    channel: str
    body: bytes


async def ring(redis: Redis, owner: str) -> None:
    """Tell whoever follows `owner` that something is new; a Redis that is away is no reason to fail."""
    with suppress(RedisError, OSError, TimeoutError):
        await redis.publish(_channel(owner), "")


async def listen(redis: Redis, owner: str, *wakes: asyncio.Event) -> None:
    """Set the events at each ring, and once when listening begins: a ring before it was not heard. Never returns."""
    async for _ in messages(redis, _channel(owner)):
        for wake in wakes:
            wake.set()


async def messages(redis: Redis, *channels: str) -> AsyncGenerator[Message | None, None]:
    """What is published on these channels, and None first, once listening has begun; ends only by an error."""
    async with redis.pubsub() as subscription:
        await subscription.subscribe(*channels)
        yield None
        asked = False
        while True:
            message = await subscription.get_message(timeout=SILENCE)
            if message is None:
                if asked:
                    raise TimeoutError("Redis does not answer any more")
                await subscription.ping()
            elif message["type"] == "message":
                yield Message(message["channel"].decode(), message["data"])
            asked = message is None


def _channel(owner: str) -> str:
    return f"airtight:facts:{owner}"
