"""Work that goes on while a service lives: again and again, whatever fails."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import httpx
import structlog
from redis.exceptions import RedisError

logger = structlog.get_logger()
OUTAGES = (OSError, RedisError, httpx.TransportError)
"""Somebody else is away: its place in the code says nothing."""


async def repeat(
    name: str, step: Callable[[], Awaitable[None]], *, every: float, wake: asyncio.Event | None = None
) -> None:
    """Run `step` every so many seconds, and at once when woken; a failure is logged once and tried again.

    A failure that repeats itself is not logged each time: it is said when it begins, when it changes and when it ends.
    """
    failing = ""
    while True:
        if wake:
            wake.clear()
        try:
            await step()
        except Exception as error:
            said = f"{type(error).__name__}: {error}"[:500]
            if said != failing:
                logger.warning("step_failed", step=name, error=said, exc_info=not isinstance(error, OUTAGES))
            failing = said
        else:
            if failing:
                logger.info("step_recovered", step=name)
            failing = ""
        await _pause(every, wake)


async def run_all(*loops: Coroutine[Any, Any, None]) -> None:
    """Run loops side by side until cancelled."""
    async with asyncio.TaskGroup() as group:
        for loop in loops:
            group.create_task(loop)


async def _pause(seconds: float, wake: asyncio.Event | None) -> None:
    if wake is None:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        pass
