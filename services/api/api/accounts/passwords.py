"""Hashing passwords: bcrypt over SHA-256, off the event loop, a few at once.

Every try costs a processor a third of a second. So two are computed at once and a bounded number waits; whoever comes
then is told to come back, and the rest of the service goes on.
"""

import asyncio
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from kit.refusal import Refusal
from passlib.hash import bcrypt_sha256
from prometheus_client import Histogram

from api.accounts.rules import normal

AT_ONCE = 2
WAITING = 20
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that are mistaken for others."""

_SECONDS = Histogram("airtight_password_seconds", "Time that hashing or checking a password took")


class Busy(Refusal):
    status = 503
    error_code = "busy"

    def __init__(self) -> None:
        super().__init__("Too many people sign in at this moment; try again.", headers={"Retry-After": "2"})


class Passwords:
    """Hashes and checks, `AT_ONCE` at once; raises `Busy` when `WAITING` others wait already."""

    def __init__(self, cost: int) -> None:
        self._hash = bcrypt_sha256.using(rounds=cost)
        # Nobody's: what is compared when there is no such account takes as long as when there is one.
        self._decoy = f"$bcrypt-sha256$v=2,t=2b,r={cost}${'.' * 22}${'.' * 31}"
        self._pool = ThreadPoolExecutor(AT_ONCE, "password")
        self._places = threading.Semaphore(AT_ONCE + WAITING)

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        return str(await self._computed(self._hash.hash, normal(password)))

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the password; None (nobody's) takes as long, and never is."""
        known = kept is not None and self._hash.identify(kept)
        return bool(await self._computed(self._hash.verify, normal(password), kept if known else self._decoy)) and known

    def close(self) -> None:
        """End the threads; what waits is given up."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _computed(self, work: Callable[..., object], *given: object) -> object:
        if not self._places.acquire(blocking=False):
            raise Busy
        # A client that leaves does not make room before its turn is over: the thread works on.
        future = self._pool.submit(_timed, work, *given)
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)


def _timed(work: Callable[..., object], *given: object) -> object:
    with _SECONDS.time():
        return work(*given)


def one_time_password() -> str:
    """A password that is easy to read out and impossible to guess (79 bits)."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
