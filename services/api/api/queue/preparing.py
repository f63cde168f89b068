"""The job of the worker: one request from its submission to its place in the queue.

Whatever dies on the way, it is done again from where it was: by the job's rescue, or by the sweep, which defers a job
for every request that has none. One worker at a time works on a request: it holds a lock on a file in its folder.
"""

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog
from kit.db import Sessions
from procrastinate import App
from redis.asyncio import Redis
from sqlalchemy.exc import SQLAlchemyError

from api.queue import outcomes
from api.queue.making import make
from api.queue.models import QueueItem
from api.queue.outcomes import CannotBePlayed, Order, Prepared
from api.queue.progress import Progress, announce, publish, still_wanted
from api.queue.service import QUEUE, TASK
from api.settings import Settings
from api.uploads import discard

logger = structlog.get_logger()
EVERY = 0.7
"""Seconds between two looks at whether a request is still wanted."""


class TakenOut(Exception):
    """The request was removed while it was being prepared."""


@dataclass(frozen=True)
class Preparer:
    """Prepares requests, one call for each."""

    sessions: Sessions
    settings: Settings
    redis: Redis

    def register(self, app: App) -> None:
        """Let the worker of these jobs do it."""

        async def fetch_request(item_id: str) -> None:
            with structlog.contextvars.bound_contextvars(item_id=item_id):
                await self.prepare(UUID(item_id))

        app.task(name=TASK, queue=QUEUE)(fetch_request)

    async def prepare(self, item_id: UUID) -> None:
        """Bring a request to its place in the queue, or to its failure."""
        folder = self.settings.incoming_folder / str(item_id)
        with _alone(folder) as alone:
            if not alone:
                return
            try:
                await self._work(item_id, folder)
            except Exception as error:
                # Not the request's fault, as far as is known: the sweep has it tried again.
                logger.warning("preparing_failed", exc_info=error)
            else:
                await asyncio.to_thread(discard, folder)

    async def _work(self, item_id: UUID, folder: Path) -> None:
        try:
            item = await outcomes.begin(self.sessions, item_id)
            if item is None:
                return
            if item.state == "fetching":
                prepared = await self._watched(item, folder)
                await outcomes.make_ready(self.sessions, item_id, prepared)
            order = Order(self.settings.fair_order, self.settings.no_repeat_within)
            state = await outcomes.place(self.sessions, item_id, order)
        except TakenOut:
            logger.info("request_taken_out")
            return
        except CannotBePlayed as problem:
            logger.info("request_failed", reason=problem.reason, problem=str(problem))
            failed = await outcomes.fail(self.sessions, item_id, problem.reason, str(problem))
            state = "failed" if failed else None
        if state:
            await announce(self.redis, item_id, state)

    async def _watched(self, item: QueueItem, folder: Path) -> Prepared:
        """Make the copy, and stop when time is up or the request is no longer wanted."""
        progress = Progress()
        work = asyncio.create_task(make(item, folder, self.settings, progress))
        watch = asyncio.create_task(self._watch(item.id, progress))
        try:
            await asyncio.wait({work, watch}, timeout=self.settings.fetch_seconds, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            if watch.done():
                raise TakenOut
            raise CannotBePlayed("timed_out")
        finally:
            work.cancel()
            watch.cancel()
            await asyncio.gather(work, watch, return_exceptions=True)

    async def _watch(self, item: UUID, progress: Progress) -> None:
        """Returns when the request is no longer wanted."""
        told = -1
        while True:
            # The database may be away for a moment; the work goes on meanwhile.
            with suppress(SQLAlchemyError, OSError, TimeoutError):
                if not await still_wanted(self.sessions, item, progress.percent):
                    return
            if progress.percent != told:
                told = progress.percent
                await publish(self.redis, item, "fetching", told)
            await asyncio.sleep(EVERY)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else works in the folder; the lock goes with the process that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
