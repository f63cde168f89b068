"""Waiting for what happens elsewhere, no longer than needed."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

STEP = 0.02


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Return as soon as something is true; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{true} is still not true after {seconds} s"
        time.sleep(STEP)


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """The same, asked of something that has to be awaited."""
    async with asyncio.timeout(seconds):
        while not await true():
            await asyncio.sleep(STEP)


def answers(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
