"""What comes over one connection: logical streams one after another, each with its headers and its sound."""

from dataclasses import dataclass

from stream_control.recorder import comments
from stream_control.recorder.ogg import Page, PageParser

RATE = 48_000
"""Samples per second of everything that the engine sends."""
HEADERS = 2
"""Pages of headers: one names the codec, one holds the comments. FLAC and Opus from ffmpeg are alike in this."""


@dataclass(frozen=True)
class Head:
    """The headers of a stream, which every file of it begins with."""

    serial: int
    codec: bytes
    """The first page."""
    tags: bytes
    """The packet of the comments."""
    title: str


@dataclass(frozen=True, slots=True)
class Sound:
    """A page of sound, and the sample at which it starts: where the page before it ended."""

    page: Page
    starts: int


class Reader:
    """Makes sense of one connection. Sound whose beginning was not seen is left out: only its end can be told."""

    def __init__(self) -> None:
        self._parser = PageParser()
        self._codec: Page | None = None
        self._head: Head | None = None
        self._before: Page | None = None

    def feed(self, chunk: bytes) -> list[tuple[Head, Sound]]:
        """The sound that `chunk` completes, each page with the stream it belongs to."""
        found = []
        for page in self._parser.feed(chunk):
            if page.is_first:
                self._codec, self._head, self._before = page, None, None
            elif self._codec and page.serial == self._codec.serial:
                if self._head:
                    found += [(self._head, sound) for sound in self._sound(page)]
                elif page.sequence == HEADERS - 1:
                    self._head, self._before = _head(self._codec, page), page
        return found

    def _sound(self, page: Page) -> list[Sound]:
        before, self._before = self._before, page
        if before is None or before.granule < 0 or before.sequence + 1 != page.sequence:
            return []
        return [Sound(page, before.granule)]


def _head(codec: Page, tags: Page) -> Head | None:
    try:
        return Head(codec.serial, codec.raw, tags.body, comments.read(tags.body).get("title", ""))
    except ValueError:
        return None
