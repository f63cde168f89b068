"""From what somebody asked for to its on-air copy. It can be done again at any point: what is there is used."""

import errno
from dataclasses import dataclass
from pathlib import Path

import structlog

from api import addresses
from api.media import copies, covers
from api.media.names import without_suffix
from api.media.probe import NotPlayable, Sound, probe
from api.queue.fetching.messages import Done, Order
from api.queue.fetching.service import FetchFailed, fetch
from api.queue.models import QueueItem
from api.queue.outcomes import CannotBePlayed, Prepared
from api.queue.progress import Progress
from api.queue.submission import SONG
from api.settings import Settings

logger = structlog.get_logger()
RESULT = "prepared.json"


@dataclass(frozen=True)
class Named:
    """A title and an artist that were told beforehand; `weak` ones give way to what the file says."""

    title: str | None
    artist: str | None
    weak: bool


async def make(item: QueueItem, folder: Path, settings: Settings, progress: Progress) -> Prepared:
    """Fetch, probe and copy; raises `CannotBePlayed`. The request's `folder` exists."""
    target = copies.path_of(settings.requests_folder, item.id)
    result = folder / RESULT
    if result.is_file() and target.is_file():
        return Prepared.model_validate_json(result.read_bytes())
    try:
        copies.require_room(folder, seconds=0, reserve_mb=settings.disk_reserve_mb + settings.max_song_mb)
        prepared = await _made(item, folder, target, settings, progress)
    except NotPlayable as error:
        raise CannotBePlayed(error.code, str(error)) from error
    except FetchFailed as error:
        logger.info("fetch_failed", item_id=str(item.id), reason=error.reason, detail=str(error))
        raise CannotBePlayed(error.reason) from error
    except copies.DiskFull as error:
        raise CannotBePlayed("disk_full") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotBePlayed("disk_full") from error
        raise
    part = folder / f"{RESULT}.part"
    part.write_text(prepared.model_dump_json())
    part.replace(result)
    return prepared


async def _made(item: QueueItem, folder: Path, target: Path, settings: Settings, progress: Progress) -> Prepared:
    if item.source == "library":
        return await _relabelled(item, target, settings)
    source = folder / SONG
    if item.source == "link":
        named = _told(await _fetched(item, folder, settings, progress))
    else:
        named = Named(without_suffix(item.file_name) if item.file_name else None, None, weak=True)
    if not source.is_file():
        raise CannotBePlayed("lost")
    progress.reach(70)
    sound = await probe(source, shortest_seconds=settings.min_song_seconds, longest_seconds=settings.max_song_seconds)
    progress.reach(80)
    copies.require_room(settings.requests_folder, seconds=sound.length_seconds, reserve_mb=settings.disk_reserve_mb)
    length = await copies.make(source, target, item.id, sound)
    progress.reach(95)
    title, artist = _names(named, sound)
    cover = sound.has_cover and await covers.take(source, settings.artwork_folder, item.id)
    return Prepared(title=title, artist=artist, length_seconds=length, artwork=cover)


async def _relabelled(item: QueueItem, target: Path, settings: Settings) -> Prepared:
    if item.track_id is None or item.length_seconds is None:
        raise CannotBePlayed("lost")
    source = copies.path_of(settings.programme_folder, item.track_id)
    if not source.is_file():
        raise CannotBePlayed("lost")
    copies.require_room(settings.requests_folder, seconds=item.length_seconds, reserve_mb=settings.disk_reserve_mb)
    await copies.relabel(source, target, item.id)
    return Prepared(title=item.title, artist=item.artist, length_seconds=item.length_seconds, artwork=item.artwork)


async def _fetched(item: QueueItem, folder: Path, settings: Settings, progress: Progress) -> Done:
    order = Order(
        url=item.url or "",
        folder=str(folder),
        name=SONG,
        max_bytes=settings.max_song_mb * 1_000_000,
        max_seconds=settings.max_song_seconds,
        cpu_seconds=settings.fetch_seconds,
        exceptions=addresses.parse_exceptions(settings.fetch_allow),
    )
    return await fetch(order, lambda part: progress.part(part, since=0, until=70))


def _told(done: Done) -> Named:
    return Named(done.title, done.artist, weak=done.guessed)


def _names(named: Named, sound: Sound) -> tuple[str | None, str | None]:
    """A page's name for a song goes before the file's own, and that before the name of the file."""
    if named.weak and sound.tags.title:
        return sound.tags.title, sound.tags.artist
    return named.title or sound.tags.title, named.artist or sound.tags.artist
