"""Telling people how their uploads come along: each open stream looks again when the bell rings, or after a while."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from kit.db import Sessions
from pydantic import BaseModel
from sse_starlette import ServerSentEvent

from api.accounts.caller import Caller
from api.events.hub import TooManyStreams
from api.uploading import queries
from api.uploading.schemas import UploadShown

MOST_STREAMS = 200
MOST_SHOWN = 500
BREATH = 0.25
"""Seconds between two looks, however often the bell rings."""
PATIENCE = 5.0
"""Seconds after which a stream looks although nobody rang."""
LATELY = timedelta(hours=1)


class Uploads(BaseModel):
    """A person's uploads that are on their way, or ended within the last hour."""

    items: list[UploadShown]


class Watching:
    """The streams of this process."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._open = 0
        self._rung = asyncio.Event()
        self.bell = asyncio.Event()
        """Set it when an upload may have come further."""

    async def step(self) -> None:
        """Wake every stream: run it whenever the bell was rung."""
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()
        await asyncio.sleep(BREATH)

    def join(self) -> None:
        """Count one more stream; raises `TooManyStreams`."""
        if self._open >= MOST_STREAMS:
            raise TooManyStreams("Too many event streams are open; try again later.", headers={"Retry-After": "10"})
        self._open += 1

    def leave(self) -> None:
        """A stream is gone."""
        self._open -= 1

    async def events(self, caller: Caller) -> AsyncIterator[bytes]:
        """First all of a person's uploads, then each one that has changed."""
        numbers = count(1)
        known: dict[UUID, UploadShown] = {}
        first = True
        while True:
            rung = self._rung
            now = await self._look(caller)
            news = [one for one in now if known.get(one.id) != one]
            known = {one.id: one for one in now}
            if first:
                yield _event("uploads", next(numbers), Uploads(items=list(now)))
            else:
                for one in news:
                    yield _event("upload", next(numbers), one)
            first = False
            await _until(rung)

    async def _look(self, caller: Caller) -> Sequence[UploadShown]:
        async with self._sessions() as tx:
            found = await queries.lately(tx, caller, since=datetime.now(UTC) - LATELY, limit=MOST_SHOWN)
        return [UploadShown.model_validate(upload) for upload in found]


async def _until(rung: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await rung.wait()
    except TimeoutError:
        pass


def _event(name: str, number: int, body: BaseModel) -> bytes:
    return ServerSentEvent(body.model_dump_json(), event=name, id=str(number)).encode()
