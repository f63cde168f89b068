"""What lies in a folder, without following anything out of it."""

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from stream_control.programme.rules import Folder, Found

# A file that changed this recently may still be on its way in, seconds.
SETTLED_AFTER = 1.0


def scan(folder: Folder, root: Path) -> list[Found]:
    """Regular files below `root` that nobody is writing to. Hidden files are left alone."""
    return [found for path in _files(root) if (found := _look(folder, root, path))]


def _files(root: Path) -> Iterator[Path]:
    for directory, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(directory) / name for name in files if not name.startswith("."))


def _look(folder: Folder, root: Path, path: Path) -> Found | None:
    try:
        about = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode) or time.time() - about.st_ctime < SETTLED_AFTER:
        return None
    name = str(path.relative_to(root)).encode("utf-8", errors="replace").decode()
    return Found(folder, name, about.st_size, about.st_ctime_ns)
