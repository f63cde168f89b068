"""Ogg pages out of a byte stream that arrives in pieces (RFC 3533)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

CAPTURE = b"OggS"
HEADER = struct.Struct("<4sBBqIIIB")
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `granule` counts 48 kHz samples in Opus; it is -1 where no packet ends."""

    raw: bytes
    flags: int
    granule: int
    serial: int
    sequence: int
    lacing: bytes

    @property
    def continued(self) -> bool:
        """The page begins in the middle of a packet."""
        return bool(self.flags & 1)

    @property
    def first(self) -> bool:
        """Beginning of stream: a new chain starts here."""
        return bool(self.flags & 2)

    @property
    def last(self) -> bool:
        """End of stream."""
        return bool(self.flags & 4)

    @property
    def body(self) -> bytes:
        return self.raw[HEADER.size + len(self.lacing) :]


class PageParser:
    """Feed it bytes, take pages. It finds its way back to the next good page after damage or a join in the middle."""

    def __init__(self) -> None:
        self._pending = b""
        self.skipped_bytes = 0

    def feed(self, chunk: bytes) -> list[Page]:
        """The pages which `chunk` completes."""
        data, at, pages = self._pending + chunk, 0, []
        while (start := data.find(CAPTURE, at)) >= 0:
            self.skipped_bytes += start - at
            at = start
            end = _page_end(data, start)
            if end is None:
                break
            page = _page(data[start:end])
            if page is None:
                self.skipped_bytes += 1
                at = start + 1
                continue
            pages.append(page)
            at = end
        else:
            kept = max(at, len(data) - len(CAPTURE) + 1)
            self.skipped_bytes += kept - at
            at = kept
        self._pending = data[at:]
        return pages


def checksum(page: bytes) -> int:
    """CRC-32 as Ogg has it: zlib's polynomial on mirrored bits, starting at zero, not inverted."""
    mirrored = zlib.crc32(page.translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def _page_end(data: bytes, start: int) -> int | None:
    lacing_at = start + HEADER.size
    if len(data) < lacing_at:
        return None
    segments = data[lacing_at - 1]
    if len(data) < lacing_at + segments:
        return None
    end = lacing_at + segments + sum(data[lacing_at : lacing_at + segments])
    return end if len(data) >= end else None


def _page(raw: bytes) -> Page | None:
    _, version, flags, granule, serial, sequence, crc, segments = HEADER.unpack_from(raw)
    if version != 0 or checksum(raw[:22] + b"\0\0\0\0" + raw[26:]) != crc:
        return None
    return Page(raw, flags, granule, serial, sequence, raw[HEADER.size : HEADER.size + segments])
