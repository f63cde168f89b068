"""What lies in the media folders without being needed. Originals are never touched."""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from api.library.rules import TrackState
from api.programme.rules import keeps_copy
from api.settings import Settings

INCOMING = ".incoming-"
"""Begins the names of the folders, inside the library's, that hold what is on its way in."""
ABANDONED_AFTER = 24 * 3600
"""Seconds after which an upload that died with its process is thrown away: no upload takes that long."""


def items_in(folder: Path) -> set[UUID]:
    """The items whose files are in a folder."""
    return {item for path in _files(folder) if (item := _item(path))}


def tidy(settings: Settings, states: Mapping[UUID, TrackState], *, orphans: bool) -> None:
    """Delete copies of tracks that do not keep them, and covers of those that are gone; with `orphans` also whatever
    else lies there.

    A song that plays is played to its end: its player keeps the file open. Call it only while no copy is being made.
    """
    for path in _files(settings.programme_folder):
        state = _state(path, states)
        if orphans if state is None else not keeps_copy(state):
            path.unlink(missing_ok=True)
    for path in _files(settings.artwork_folder):
        # Requests keep their covers here as well: what is unknown is not ours.
        state = _state(path, states)
        if state == "gone":
            path.unlink(missing_ok=True)
    if orphans:
        _forget_abandoned(settings.library_folder)


def _forget_abandoned(library: Path) -> None:
    for folder in library.glob(f"{INCOMING}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > ABANDONED_AFTER:
                shutil.rmtree(folder, ignore_errors=True)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else iter(())


def _state(path: Path, states: Mapping[UUID, TrackState]) -> TrackState | None:
    item = _item(path)
    return states.get(item) if item else None


def _item(path: Path) -> UUID | None:
    try:
        # What follows the id is a size.
        return UUID(path.stem[:36])
    except ValueError:
        return None
