"""What an aircheck's copy says of itself, and saying it anew when somebody got another name, or is forgotten."""

from datetime import UTC, datetime
from pathlib import Path

import structlog
from kit.db import Sessions
from sqlalchemy import ColumnElement, Select, func, or_, select

from api.accounts.models import User
from api.airchecks import files, tagging
from api.airchecks.models import Aircheck
from api.airchecks.timing import Chapter
from api.settings import Settings

Tags = dict[str, str]
AT_ONCE = 20
logger = structlog.get_logger()


def tags_of(aircheck: Aircheck, streamer: str | None, settings: Settings) -> Tags:
    """Title, artist, album and date; `streamer` is the display name that somebody has now, if they still are there."""
    return {
        "title": aircheck.title,
        "artist": aircheck.host or streamer or aircheck.show_name or settings.station_name,
        "album": aircheck.show_name or settings.station_name,
        "date": f"{aircheck.began_at.astimezone(settings.zone):%Y-%m-%d}",
    }


def give_copy(row: Aircheck, copy: Path, seconds: float, tags: Tags) -> None:
    """Let an aircheck be heard from this file."""
    row.copy, row.copy_bytes, row.length_seconds, row.tags = copy.name, copy.stat().st_size, seconds, dict(tags)


async def name_anew(settings: Settings, sessions: Sessions) -> None:
    """Let copies that say something else than they should by now say that. Their sound stays as it is."""
    async with sessions() as tx:
        rows = (await tx.execute(_outdated(settings.station_name).limit(AT_ONCE))).all()
    for aircheck, streamer in rows:
        await _name_anew(aircheck, tags_of(aircheck, streamer, settings), settings, sessions)


def _outdated(station: str) -> Select[Aircheck, str | None]:
    streamer = select(User.display_name).where(User.id == Aircheck.streamer_id).scalar_subquery()
    artist = func.coalesce(Aircheck.host, streamer, Aircheck.show_name, station)
    wrong = or_(
        _says("title") != Aircheck.title,
        _says("artist") != artist,
        _says("album") != func.coalesce(Aircheck.show_name, station),
    )
    return select(Aircheck, streamer).where(Aircheck.state == "ready", wrong)


def _says(name: str) -> ColumnElement[str]:
    said: ColumnElement[str] = Aircheck.tags[name].astext
    return said


async def _name_anew(aircheck: Aircheck, tags: Tags, settings: Settings, sessions: Sessions) -> None:
    assert aircheck.copy
    assert aircheck.length_seconds is not None
    folder, seconds = files.folder_of(settings, aircheck.id), aircheck.length_seconds
    said, target = folder / files.SAID, files.new_copy(folder)
    tagging.write_down(said, tags, [Chapter(**chapter) for chapter in aircheck.chapters], seconds)
    await tagging.retag(folder / aircheck.copy, target, said, seconds=seconds)
    said.unlink()
    async with sessions.begin() as tx:
        row = await tx.get(Aircheck, aircheck.id, with_for_update=True)
        if row and row.copy == aircheck.copy:
            # The file of before is tidied away when nobody can be in the middle of it any more.
            give_copy(row, target, seconds, tags)
            row.changed_at = datetime.now(UTC)
            logger.info("aircheck_named_anew", aircheck_id=str(row.id))
