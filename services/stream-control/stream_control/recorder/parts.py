"""A file of a recording: headers, then whole pages of one stream. It can be continued after any death."""

import os
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from stream_control.recorder import comments, rules
from stream_control.recorder.ogg import LARGEST_PAGE, Page, PageParser, built
from stream_control.recorder.rules import Fit, Origin
from stream_control.recorder.streams import HEADERS, Head, Sound

TAIL = 2 * LARGEST_PAGE
"""Bytes at the end of a file in which there is a whole page, if there is one at all."""


class Part:
    """An open file. A failed write raises OSError; then the file has to be left, and may be continued anew."""

    def __init__(self, path: Path, origin: Origin, last: int, file: FileIO) -> None:
        self.path = path
        self.origin = origin
        self._last = last
        self._file = file

    @classmethod
    def begin(cls, path: Path, head: Head, origin: Origin, title: str) -> "Part":
        """Make a file that begins with the page of this origin."""
        tags = comments.replaced(head.tags, origin.comments(title))
        file = FileIO(path, "wb")
        try:
            _write(file, head.codec + built(tags, serial=head.serial, sequence=HEADERS - 1))
        except OSError:
            file.close()
            path.unlink()
            raise
        return cls(path, origin, origin.sequence - 1, file)

    @classmethod
    def resume(cls, path: Path, serial: int) -> "Part | None":
        """Open a file to go on with it; None when it is another stream's, or nothing whole is at its end."""
        mended = mend(path)
        if mended is None or mended.origin.serial != serial:
            return None
        return cls(path, mended.origin, mended.last, FileIO(path, "ab"))

    def fit(self, sound: Sound) -> Fit:
        """How a page of the same stream fits behind the last one."""
        return rules.fit(self._last, sound)

    def append(self, sound: Sound) -> None:
        """Add the page that is next."""
        _write(self._file, sound.page.renumbered(*self.origin.place(sound.page.sequence, sound.page.granule)))
        self._last = sound.page.sequence

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True)
class Mended:
    """A file that ends with a whole page of sound: the number which that has in the stream."""

    origin: Origin
    last: int


def mend(path: Path) -> Mended | None:
    """Cut off what is torn at the end of a file; None when nothing whole is there.

    A file without any sound is removed: a recorder died as it began it.
    """
    with FileIO(path, "r+") as file:
        origin, last = _origin(file), _last_page(file)
        has_sound = last is not None and last.sequence >= HEADERS
        if origin and last and has_sound:
            file.truncate(last.end)
            return Mended(origin, origin.sequence + last.sequence - HEADERS)
    if not has_sound and path.stat().st_size <= TAIL:
        path.unlink()
    return None


def _origin(file: FileIO) -> Origin | None:
    pages = PageParser().feed(os.pread(file.fileno(), TAIL, 0))
    try:
        return Origin.read(comments.read(pages[HEADERS - 1].body))
    except (ValueError, IndexError):
        return None


def _last_page(file: FileIO) -> Page | None:
    start = max(0, os.fstat(file.fileno()).st_size - TAIL)
    pages = PageParser(start).feed(os.pread(file.fileno(), TAIL, start))
    return pages[-1] if pages else None


def _write(file: FileIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]
