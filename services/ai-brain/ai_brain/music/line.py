"""The line before the studio: one piece is made at a time, a few may wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ai_brain.music.refusals import Busy


class Line:
    """Turns are given in order of arrival; when `longest` are waiting, newcomers are refused."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._waiting = 0
        self._turn = asyncio.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits for a turn."""
        return self._waiting == 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it."""
        if self._turn.locked() and self._waiting >= self._longest:
            raise Busy
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()
