"""Producers who upload, and the worker that takes up what they sent."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from api.arriving.preparing import Preparer
from api.following import following
from api.library.models import Track
from api.settings import Settings
from desk import people
from desk.asking import bearer
from desk.sounds import music, sound_file
from desk.tus import Tus
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import select


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A song of a second, with tags."""
    return sound_file(
        tmp_path_factory.mktemp("song") / "a.mp3", music(1), title="Inside", artist="Somebody"
    ).read_bytes()


@pytest.fixture(autouse=True)
def empty_folders(served_settings: Settings) -> Iterator[None]:
    """What a test leaves is gone before the next."""
    yield
    for path in left(served_settings):
        path.unlink()


def left(settings: Settings) -> list[Path]:
    """Files in all the folders through which an upload goes."""
    folders = (settings.uploads_folder, settings.library_folder, settings.programme_folder, settings.artwork_folder)
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


@pytest.fixture
async def producer(anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings) -> AsyncIterator[Tus]:
    """A client of a producer."""
    async with signed_in(anybody, (await people.user(sessions, served_settings, "producer"))[1]) as client:
        yield Tus(client)


@pytest.fixture
async def another(anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings) -> AsyncIterator[Tus]:
    """A client of another producer."""
    async with signed_in(anybody, (await people.user(sessions, served_settings, "producer"))[1]) as client:
        yield Tus(client)


def signed_in(client: httpx.AsyncClient, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=client.base_url, headers=bearer(token), timeout=20)


class Worker:
    """Prepares what waits, two at once."""

    def __init__(self, settings: Settings, sessions: Sessions, redis: Redis) -> None:
        self._sessions = sessions
        self.preparer = Preparer(sessions, settings, redis, following(sessions, redis))

    async def work(self) -> None:
        """Until nothing waits."""
        while waiting := await self._waiting():
            await asyncio.gather(*(self.preparer.prepare(track) for track in waiting[:2]))

    async def _waiting(self) -> list[UUID]:
        async with self._sessions() as tx:
            return list(await tx.scalars(select(Track.id).where(Track.state == "waiting").order_by(Track.created_at)))


@pytest.fixture
def worker(served_settings: Settings, sessions: Sessions, redis: Redis) -> Worker:
    return Worker(served_settings, sessions, redis)


@pytest.fixture
async def tracks(sessions: Sessions) -> "Tracks":
    return Tracks(sessions)


class Tracks:
    """The library, as the database has it."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def all(self) -> list[Track]:
        """Every track, oldest first."""
        async with self._sessions() as tx:
            return list(await tx.scalars(select(Track).order_by(Track.created_at)))
