"""What lies in the imports' folder, one file after the other; nothing leads out of it."""

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from api.importing.rules import Found
from api.media.probe import NotPlayable

SETTLED_AFTER = 2.0
"""A file that changed this recently may still be on its way in, seconds."""
LINK = "It is a link; put the file itself here."
NO_FILE = "It is no ordinary file."
NO_TEXT = "Its name is not UTF-8; rename it."
LONGEST_PATH = 2000
"""Bytes of a path that is remembered."""
TOO_LONG = f"Its path is too long; at most {LONGEST_PATH} bytes are taken."
PIECE_BYTES = 1 << 20


class Unsettled(Exception):
    """Somebody is writing to the file."""


def walk(root: Path) -> Iterator[Found | None]:
    """Every file below `root`, folder by folder; None for one that is not settled yet. Hidden ones are left alone."""
    for directory, folders, files in os.walk(root):
        links = [name for name in folders if os.path.islink(os.path.join(directory, name))]
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in links)
        for name in sorted((*files, *links)):
            if not name.startswith("."):
                with_name = os.path.join(directory, name)
                try:
                    about = os.lstat(with_name)
                except OSError:
                    continue
                yield _found(os.path.relpath(with_name, root), about)


def digest(root: Path, path: str) -> tuple[str, Found]:
    """SHA-256 of a file below `root`, and what it was while it was read; no link is followed on the way to it.

    Raises `NotPlayable` for what is no ordinary file, `Unsettled` when it changes meanwhile, `FileNotFoundError`.
    """
    with os.fdopen(_open(root, path), "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise NotPlayable("broken", NO_FILE)
        adding = hashlib.sha256()
        while piece := file.read(PIECE_BYTES):
            adding.update(piece)
        after = os.fstat(file.fileno())
    if _identity(before) != _identity(after):
        raise Unsettled
    return adding.hexdigest(), Found(path, after.st_size, after.st_mtime_ns, after.st_ctime_ns)


def require_same(path: Path, found: Found) -> None:
    """Refuse what is another file by now; raises `Unsettled`, `FileNotFoundError`."""
    about = os.lstat(path)
    if not stat.S_ISREG(about.st_mode) or _identity(about) != (found.size, found.changed_ns):
        raise Unsettled


def _open(root: Path, path: str) -> int:
    *folders, name = path.split("/")
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    except PermissionError as error:
        raise NotPlayable("broken", "The station may not read it; give it read permission.") from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise NotPlayable("broken", LINK) from error
        raise
    finally:
        os.close(at)


def _found(path: str, about: os.stat_result) -> Found | None:
    known = path.encode("utf-8", errors="replace").decode()
    problem = None
    if len(os.fsencode(path)) > LONGEST_PATH:
        short = f"{known[:200]}… {hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"
        return Found(short, about.st_size, about.st_mtime_ns, about.st_ctime_ns, TOO_LONG)
    if stat.S_ISLNK(about.st_mode):
        problem = LINK
    elif not stat.S_ISREG(about.st_mode):
        problem = NO_FILE
    elif known != path:
        problem = NO_TEXT
    elif time.time() - about.st_ctime < SETTLED_AFTER:
        return None
    return Found(known, about.st_size, about.st_mtime_ns, about.st_ctime_ns, problem)


def _identity(about: os.stat_result) -> tuple[int, int]:
    return about.st_size, about.st_mtime_ns
