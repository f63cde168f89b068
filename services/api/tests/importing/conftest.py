"""A station with a folder of imports, and a worker that is one step at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from api.arriving.preparing import Preparer
from api.following import following
from api.importing import walking
from api.importing.bringing import Bringer
from api.importing.models import ImportFile, ImportRun
from api.importing.service import Importer
from api.library.models import Track
from api.settings import Settings
from desk.settings import api_settings, make_folders
from kit.db import Sessions
from kit.testing import Servers
from redis.asyncio import Redis
from sqlalchemy import select


@pytest.fixture(autouse=True)
def lain_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files need not settle first."""
    monkeypatch.setattr(walking, "SETTLED_AFTER", -1.0)


@pytest.fixture
def settings(tmp_path: Path, database_url: str, servers: Servers) -> Settings:
    make_folders(tmp_path)
    return api_settings(tmp_path, database_url, servers.redis_url)


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.imports_folder


class Imports:
    """Looks through the folder, and does the jobs that come of it, two at once."""

    def __init__(self, settings: Settings, sessions: Sessions, redis: Redis) -> None:
        self.settings, self._sessions = settings, sessions
        followers = following(sessions, redis)
        self.importer = Importer(settings, sessions, redis)
        self.bringer = Bringer(sessions, settings, redis, followers)
        self.preparer = Preparer(sessions, settings, redis, followers)

    async def look(self) -> ImportRun:
        """One whole look, without the work."""
        async with self._sessions.begin() as tx:
            if await tx.scalar(select(ImportRun).where(ImportRun.state == "looking")) is None:
                tx.add(ImportRun(state="looking", cause="person"))
        await self.importer.step()
        async with self._sessions() as tx:
            return (await tx.scalars(select(ImportRun).order_by(ImportRun.id.desc()))).first() or ImportRun()

    async def run(self) -> ImportRun:
        """A whole look, and all the work."""
        run = await self.look()
        await self.work()
        return run

    async def work(self) -> None:
        """Until nothing waits."""
        while waiting := [path for path, file in (await self.files()).items() if file.state == "waiting"]:
            await asyncio.gather(*(self.bringer.bring(path) for path in waiting[:2]))
        for track in (await self.tracks()).values():
            await self.preparer.prepare(track.id)

    async def files(self) -> dict[str, ImportFile]:
        """What is known of the folder, by path."""
        async with self._sessions() as tx:
            return {one.path: one for one in await tx.scalars(select(ImportFile).order_by(ImportFile.path))}

    async def tracks(self) -> dict[str, Track]:
        """The library, by path."""
        async with self._sessions() as tx:
            return {one.path: one for one in await tx.scalars(select(Track).order_by(Track.path))}

    async def states(self) -> dict[str, str]:
        """What became of each file."""
        return {path: file.state for path, file in (await self.files()).items()}


@pytest.fixture
def imports(settings: Settings, sessions: Sessions, redis: Redis) -> Imports:
    return Imports(settings, sessions, redis)


Change = Callable[[], Awaitable[None]]
