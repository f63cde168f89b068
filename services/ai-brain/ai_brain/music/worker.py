"""The one process that computes sound, kept out of the way of the engines that are on air.

Jobs go to it by name, so that only it loads numpy and scipy: the service itself stays small (75 instead of 160 MB), and
the new process limits numpy's threads, in `_settle`, before numpy is there.
"""

import asyncio
import multiprocessing
import os
import pkgutil
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Any

import structlog

from ai_brain.music.refusals import ComposerFailed

NICENESS = 15
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
ATTEMPTS = 2
logger = structlog.get_logger()


def _settle() -> None:
    """Be humble: low priority, one thread, and no life after the service's death."""
    os.nice(NICENESS)
    for limit in THREAD_LIMITS:
        os.environ[limit] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    # A pool's process does not notice that its parent was killed; it would wait for work for ever.
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _perform(job: str, arguments: tuple[object, ...]) -> Any:
    return pkgutil.resolve_name(job)(*arguments)


class Worker:
    """Runs one function at a time in its process. A process that died, or had to be killed, is replaced."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._pid: int | None = None
        self._opening = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The living process's number, if there is one."""
        return process.pid if (process := self._process()) else None

    def _process(self) -> BaseProcess | None:
        return next((child for child in multiprocessing.active_children() if child.pid == self._pid), None)

    async def ensure(self) -> ProcessPoolExecutor:
        """A pool with a living process."""
        async with self._opening:
            if self._pool is None or self.pid is None:
                self.close()
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_settle)
                self._pid = await asyncio.wrap_future(self._pool.submit(os.getpid))
            return self._pool

    async def revived(self) -> bool:
        """Whether there is a living process, after trying to have one."""
        with suppress(BrokenProcessPool):
            await self.ensure()
        return self.pid is not None

    async def run(self, job: str, *arguments: object) -> Any:
        """The result of a job ("module:function"). If the process dies it is tried once more.

        If the caller gives up the process is killed: a computation cannot be interrupted in any other way.
        """
        for attempt in range(ATTEMPTS):
            try:
                pool = await self.ensure()
                return await asyncio.wrap_future(pool.submit(_perform, job, arguments))
            except BrokenProcessPool:
                logger.warning("worker_died", pid=self._pid, attempt=attempt)
                self.close()
            except asyncio.CancelledError:
                self.close()
                raise
        raise ComposerFailed("The composer's process died twice; try another seed, or a shorter piece.")

    def close(self) -> None:
        """End the process at once, whatever it is doing."""
        pool, process = self._pool, self._process()
        self._pool = self._pid = None
        if process is not None:
            process.kill()
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
