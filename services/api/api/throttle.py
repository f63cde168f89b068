"""Limits on how often something may be tried: counted in Redis for all replicas, in memory while Redis is away."""

import hashlib
import math
import time
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import structlog
from fastapi import Request
from kit.refusal import Refusal
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = structlog.get_logger()
AWAY = (RedisError, OSError, TimeoutError)
PATIENCE = 5.0
"""Seconds for which a Redis that failed is left alone: one that hangs would hold up everybody."""


class TooManyRequests(Refusal):
    status = 429
    error_code = "too_many_requests"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many tries; try again in {seconds} s.", headers={"Retry-After": str(seconds)})


class Throttle:
    """Counts tries of one process: with its Redis, and in its memory for as long as that is away."""

    def __init__(self, redis: Redis) -> None:
        # The address is never used: the connections are those of `redis`.
        storage = RedisStorage(
            "redis://",
            implementation="redispy",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]
        )
        self._shared = MovingWindowRateLimiter(storage)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._away_until = 0.0

    async def hit(self, item: RateLimitItem, key: str) -> float | None:
        """Count a try; seconds to wait when there were too many already. Those that are refused do not count."""
        if time.monotonic() >= self._away_until:
            try:
                return await _hit(self._shared, item, key)
            except AWAY as error:
                self._leave_alone(error)
        return await _hit(self._own, item, key)

    async def forgive(self, item: RateLimitItem, key: str) -> None:
        """Forget the tries that were counted."""
        await self._own.clear(item, key)
        if time.monotonic() >= self._away_until:
            try:
                await self._shared.clear(item, key)
            except AWAY as error:
                self._leave_alone(error)

    def _leave_alone(self, error: Exception) -> None:
        logger.warning("throttle_without_redis", error=str(error))
        self._away_until = time.monotonic() + PATIENCE


async def hit(request: Request, name: str, key: str, *, limit: str) -> None:
    """Count a try of `name` by `key`; `limit` is such as `10/15 minutes`. Raises `TooManyRequests`."""
    throttle: Throttle = request.app.state.throttle
    seconds = await throttle.hit(_item(name, limit), _hashed(key))
    if seconds is not None:
        raise TooManyRequests(max(1, math.ceil(seconds)))


async def forgive(request: Request, name: str, key: str, *, limit: str) -> None:
    """Forget the tries of `name` by `key`: the last one was right."""
    throttle: Throttle = request.app.state.throttle
    await throttle.forgive(_item(name, limit), _hashed(key))


def address_of(request: Request) -> str:
    """Whose tries count together: an IPv4 address, or the /64 network that every IPv6 customer has for itself."""
    host = request.client.host if request.client else ""
    try:
        address: IPv4Address | IPv6Address = ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)


async def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, key: str) -> float | None:
    if await limiter.hit(item, key):
        return None
    return (await limiter.get_window_stats(item, key)).reset_time - time.time()


def _item(name: str, limit: str) -> RateLimitItem:
    item = parse(limit)
    item.namespace = f"airtight:{name}"
    return item


def _hashed(key: str) -> str:
    # Addresses of people have no business in Redis.
    return hashlib.sha256(key.encode()).hexdigest()[:32]
