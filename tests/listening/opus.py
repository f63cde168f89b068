"""Ogg Opus: where chains begin, and how much audio each page brings (RFC 7845, RFC 6716 section 3.1)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .ogg import Page, PageParser

SILK_FRAMES = (480, 960, 1920, 2880)
HYBRID_FRAMES = (480, 960)
CELT_FRAMES = (120, 240, 480, 960)


@dataclass(frozen=True, slots=True)
class AudioPage:
    """A page of sound: complete at `at` (monotonic seconds), bringing `samples` at 48 kHz."""

    page: Page
    at: float
    samples: int


@dataclass(slots=True)
class Chain:
    """One logical stream: its header pages, then its audio."""

    serial: int
    pre_skip: int
    headers: list[Page] = field(default_factory=list)
    audio: list[AudioPage] = field(default_factory=list)

    @property
    def first_granule(self) -> int:
        """Granule position (48 kHz samples) before the first page heard: far above zero if joined late."""
        return self.audio[0].page.granule - self.audio[0].samples if self.audio else 0


def chains(chunks: Iterable[tuple[float, bytes]]) -> list[Chain]:
    """Split (arrival, bytes) chunks of one connection into its chains, in order."""
    found: list[Chain] = []
    packets = _Packets()
    for at, page in _pages(chunks):
        if page.first:
            found.append(Chain(page.serial, _pre_skip(page)))
            packets = _Packets()
        elif not found or page.serial != found[-1].serial:
            continue
        in_headers = packets.finished < 2
        samples = sum(packet_samples(packet) for packet in packets.completed_by(page))
        if in_headers:
            found[-1].headers.append(page)
        elif found[-1].audio or not page.continued:
            found[-1].audio.append(AudioPage(page, at, samples))
    return found


def packet_samples(packet: bytes) -> int:
    """Duration of an Opus packet in 48 kHz samples, by its table-of-contents byte."""
    if not packet:
        return 0
    config, count_code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = SILK_FRAMES[config & 3]
    elif config < 16:
        frame = HYBRID_FRAMES[config & 1]
    else:
        frame = CELT_FRAMES[config & 3]
    if count_code < 3:
        return frame * (1, 2, 2)[count_code]
    return frame * (packet[1] & 0x3F) if len(packet) > 1 else 0


class _Packets:
    """Reassembles packets over page borders; the first two of a chain are its headers."""

    def __init__(self) -> None:
        self.finished = 0
        self._open = b""
        self._whole = True

    def completed_by(self, page: Page) -> list[bytes]:
        """The audio packets which end in this page, without one whose beginning was never seen."""
        self._whole = bool(self._open) if page.continued else True
        if not page.continued:
            self._open = b""
        body, at, complete = page.body, 0, []
        for length in page.lacing:
            self._open += body[at : at + length]
            at += length
            if length < 255:
                if self._whole:
                    complete.append(self._open)
                self._open, self._whole = b"", True
        self.finished += len(complete)
        return complete if self.finished > 2 else []


def _pages(chunks: Iterable[tuple[float, bytes]]) -> Iterator[tuple[float, Page]]:
    parser = PageParser()
    for at, chunk in chunks:
        for page in parser.feed(chunk):
            yield at, page


def _pre_skip(page: Page) -> int:
    if page.body[:8] != b"OpusHead":
        raise ValueError(f"not Opus: a chain begins with {page.body[:8]!r}")
    return int(struct.unpack_from("<H", page.body, 10)[0])
