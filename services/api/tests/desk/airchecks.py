"""Recordings as the recorder leaves them, and airchecks made in the database or of them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from api.airchecks import files
from api.airchecks.finishing import Finisher
from api.airchecks.models import Aircheck
from api.live.models import LiveSession, SessionTitle
from api.settings import Settings
from api.shows.models import Show
from kit.db import Sessions
from listening import Pcm, join, silence, tone
from sqlalchemy import select

from desk.sounds import ffmpeg, sound_file

BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
"""When shows of these tests began: lately, as old titles are forgotten."""
SHOW_SOUND = join(silence(0.6), tone("live", 2.0, -26.0), tone("live_b", 1.0, -26.0), silence(0.5))
"""Three seconds of something to hear, with silence around it."""


async def show(sessions: Sessions, **given: Any) -> Show:
    """A show."""
    made = Show(**{"id": uuid4(), "name": f"Night {uuid4().hex[:6]}", **given})
    async with sessions.begin() as tx:
        tx.add(made)
    return made


async def session(sessions: Sessions, titles: Sequence[tuple[float, str]] = (), **given: Any) -> UUID:
    """A live session that is over; titles are said so many seconds after it began."""
    known: dict[str, Any] = {
        "id": uuid4(), "granted_at": BEGIN, "connected_at": BEGIN, "ends_at": BEGIN + timedelta(hours=1),
        "ended_at": BEGIN + timedelta(minutes=30), "ended_because": "disconnected",
    }  # fmt: skip
    made = LiveSession(**{**known, **given})
    async with sessions.begin() as tx:
        tx.add(made)
        await tx.flush()
        for seconds, title in titles:
            at = made.granted_at + timedelta(seconds=seconds)
            tx.add(SessionTitle(session_id=made.id, at=at, title=title, artist=None))
    return made.id


def recorded(
    settings: Settings,
    session_id: UUID,
    *parts: tuple[float | None, Pcm],
    began_at: datetime = BEGIN,
    closed: bool = True,
) -> Path:
    """A session's folder; parts begin so many seconds after the session did, or nobody wrote down when."""
    folder = settings.live_recordings_folder / str(session_id)
    folder.mkdir(parents=True)
    for number, (began, pcm) in enumerate(parts, 1):
        path = folder / f"{number:04}.oga"
        oga(path, pcm)
        if began is not None:
            told = {"began_at": (BEGIN + timedelta(seconds=began)).isoformat()}
            path.with_suffix(".json").write_text(json.dumps(told))
    if closed:
        (folder / "closed").touch()
    return folder


def oga(path: Path, pcm: Pcm) -> None:
    """A part as the recorder writes it: FLAC in Ogg, in stereo."""
    plain = sound_file(path.with_suffix(".wav"), pcm)
    ffmpeg("-i", plain, "-ac", "2", "-c:a", "flac", "-f", "ogg", path)
    plain.unlink()


async def finished(settings: Settings, sessions: Sessions) -> list[Aircheck]:
    """Look once, as the worker does; all airchecks, oldest first."""
    await Finisher(settings, sessions).step()
    async with sessions() as tx:
        return list(await tx.scalars(select(Aircheck).order_by(Aircheck.began_at, Aircheck.id)))


async def have(sessions: Sessions, settings: Settings | None = None, **given: Any) -> Aircheck:
    """An aircheck that is ready, made in the database; with `settings` it has files of its own."""
    known: dict[str, Any] = {
        "id": uuid4(), "state": "ready", "title": "An Aircheck", "began_at": BEGIN,
        "ended_at": BEGIN + timedelta(days=1), "length_seconds": 3600.0, "copy": "copy.mp3", "copy_bytes": 1000,
        "original_bytes": 5000, "gaps": [], "chapters": [], "tags": {},
    }  # fmt: skip
    made = Aircheck(**{**known, **given})
    if made.published_at:
        made.first_published_at = made.first_published_at or made.published_at
    if settings:
        folder = files.folder_of(settings, made.id)
        folder.mkdir(parents=True)
        (folder / "copy.mp3").write_bytes(bytes(range(250)) * 4)
        (folder / files.ORIGINAL).write_bytes(b"original! " * 500)
    async with sessions.begin() as tx:
        tx.add(made)
    return made


async def found(sessions: Sessions, aircheck_id: UUID | str) -> Aircheck | None:
    """An aircheck as it is now."""
    async with sessions() as tx:
        return await tx.get(Aircheck, UUID(str(aircheck_id)))
