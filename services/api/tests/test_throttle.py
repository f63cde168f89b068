"""Limits on tries: over all replicas in Redis, and in memory while Redis is away."""

import asyncio
import socket
from types import SimpleNamespace
from typing import Any, cast

import pytest
from api import throttle
from api.throttle import Throttle, TooManyRequests, address_of
from fastapi import Request
from kit.testing import Servers
from redis.asyncio import Redis

LIMIT = "3/15 minutes"


def asked(redis: Redis) -> Request:
    """A request to a replica with this Redis."""
    state = SimpleNamespace(throttle=Throttle(redis))
    return Request({"type": "http", "app": cast(Any, SimpleNamespace(state=state))})


async def tries(request: Request, key: str, name: str = "knock", limit: str = LIMIT) -> int:
    """How many tries are let through until one is refused."""
    for count in range(100):
        try:
            await throttle.hit(request, name, key, limit=limit)
        except TooManyRequests:
            return count
    raise AssertionError("nothing is refused")


async def test_tries_are_counted_for_each_name_and_key(redis: Redis) -> None:
    request = asked(redis)
    assert await tries(request, "a") == 3
    assert await tries(request, "b") == 3
    assert await tries(request, "a", "ring") == 3
    assert await tries(request, "a") == 0


async def test_whoever_is_refused_is_told_how_long_to_wait(redis: Redis) -> None:
    request = asked(redis)
    assert await tries(request, "a") == 3
    with pytest.raises(TooManyRequests) as refused:
        await throttle.hit(request, "knock", "a", limit=LIMIT)
    assert 890 < int(refused.value.headers["Retry-After"]) <= 900


async def test_replicas_count_together(servers: Servers, redis: Redis) -> None:
    other = Redis.from_url(servers.redis_url)
    await throttle.hit(asked(redis), "knock", "a", limit=LIMIT)
    assert await tries(asked(other), "a") == 2
    await other.aclose()


async def test_what_was_right_is_forgiven(redis: Redis) -> None:
    request = asked(redis)
    assert await tries(request, "a") == 3
    await throttle.forgive(request, "knock", "a", limit=LIMIT)
    assert await tries(request, "a") == 3


async def test_waiting_as_long_as_told_is_enough(redis: Redis) -> None:
    request = asked(redis)
    assert await tries(request, "a", limit="2/second") == 2
    with pytest.raises(TooManyRequests) as refused:
        await throttle.hit(request, "knock", "a", limit="2/second")
    assert refused.value.headers["Retry-After"] == "1"
    await asyncio.sleep(1)
    await throttle.hit(request, "knock", "a", limit="2/second")


async def test_a_process_counts_by_itself_while_redis_is_away() -> None:
    nowhere = Redis.from_url("unix:///tmp/nobody-listens-here.sock")
    request = asked(nowhere)
    assert await tries(request, "a") == 3
    await throttle.forgive(request, "knock", "a", limit=LIMIT)
    assert await tries(request, "a") == 3
    assert await tries(request, "b") == 3


async def test_a_redis_that_hangs_holds_up_one_try_only() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        request = asked(Redis.from_url(address, socket_timeout=0.5, socket_connect_timeout=0.5))
        async with asyncio.timeout(5):
            assert await tries(request, "a", limit="20/minute") == 20


async def test_no_address_of_a_person_is_kept_in_redis(redis: Redis) -> None:
    await throttle.hit(asked(redis), "knock", "robin@example.org", limit=LIMIT)
    keys = await redis.keys("*")
    assert keys
    assert not any(b"robin" in key for key in keys)


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("anything", "unknown"),
    ],
)
def test_addresses_of_one_customer_count_together(host: str, counted: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1)})) == counted


def test_a_caller_without_an_address_counts_as_one_of_the_unknown() -> None:
    assert address_of(Request({"type": "http", "client": None})) == "unknown"
