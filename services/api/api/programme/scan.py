"""What lies in a folder, without following anything out of it."""

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from api.library.rules import TrackSource
from api.programme.rules import Found

SETTLED_AFTER = 1.0
"""A file that changed this recently may still be on its way in, seconds."""


def scan(source: TrackSource, root: Path, *, settled_after: float | None = None) -> list[Found]:
    """Regular files below `root` that nobody is writing to. Hidden files are left alone."""
    settled = SETTLED_AFTER if settled_after is None else settled_after
    return [found for path in _files(root) if (found := _look(source, root, path, settled))]


def _files(root: Path) -> Iterator[Path]:
    for directory, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(directory) / name for name in files if not name.startswith("."))


def _look(source: TrackSource, root: Path, path: Path, settled_after: float) -> Found | None:
    try:
        about = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode) or time.time() - about.st_ctime < settled_after:
        return None
    name = str(path.relative_to(root)).encode("utf-8", errors="replace").decode()
    return Found(source, name, about.st_size, about.st_ctime_ns)
