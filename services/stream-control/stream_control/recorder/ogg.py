"""Ogg pages (RFC 3533): found in a stream of bytes, and written anew with other numbers."""

import struct
import zlib
from dataclasses import dataclass

CAPTURE = b"OggS"
HEADER = struct.Struct("<4sBBqIIIB")
CRC_AT = 22
LARGEST_PAGE = HEADER.size + 255 + 255 * 255
CONTINUED, FIRST, LAST = 1, 2, 4
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Page:
    """A page whose checksum is right. `granule` counts samples up to its end, or is -1 where no packet ends."""

    raw: bytes
    flags: int
    granule: int
    serial: int
    sequence: int
    end: int = 0
    """Where it ends in the stream that was read, bytes."""

    @property
    def is_first(self) -> bool:
        """A logical stream begins."""
        return bool(self.flags & FIRST)

    @property
    def is_continued(self) -> bool:
        """It begins in the middle of a packet."""
        return bool(self.flags & CONTINUED)

    @property
    def body(self) -> bytes:
        return self.raw[HEADER.size + self.raw[HEADER.size - 1] :]

    def renumbered(self, sequence: int, granule: int) -> bytes:
        """The same sound under another number and position."""
        head = HEADER.pack(CAPTURE, 0, self.flags, granule, self.serial, sequence, 0, self.raw[HEADER.size - 1])
        return _sealed(head + self.raw[HEADER.size :])


class PageParser:
    """Feed it bytes as they come, take whole pages; after damage it goes on with the next good one.

    The first byte that it is fed stands at `start` of what is read.
    """

    def __init__(self, start: int = 0) -> None:
        self._pending = b""
        self._read = start

    def feed(self, chunk: bytes) -> list[Page]:
        """The pages that `chunk` completes."""
        data, at, pages = self._pending + chunk, 0, []
        while (start := data.find(CAPTURE, at)) >= 0:
            at = start
            end = _end_of_page(data, start)
            if end is None:
                break
            page = _page(data[start:end], self._read + end)
            if page:
                pages.append(page)
            at = end if page else start + 1
        else:
            at = max(at, len(data) - len(CAPTURE) + 1)
        self._pending = data[at:]
        self._read += at
        return pages


def built(packet: bytes, *, serial: int, sequence: int) -> bytes:
    """A page that holds one header packet; raises ValueError when it is too long for a page."""
    lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    if len(lacing) > 255:
        raise ValueError(f"a packet of {len(packet)} bytes does not fit into a page")
    head = HEADER.pack(CAPTURE, 0, 0, 0, serial, sequence, 0, len(lacing))
    return _sealed(head + lacing + packet)


def _sealed(page: bytes) -> bytes:
    return page[:CRC_AT] + _checksum(page).to_bytes(4, "little") + page[CRC_AT + 4 :]


def _checksum(page: bytes) -> int:
    """CRC-32 as Ogg has it: zlib's polynomial on mirrored bits, starting at zero, not inverted. Its own place is 0."""
    mirrored = zlib.crc32(page.translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def _end_of_page(data: bytes, start: int) -> int | None:
    lacing_at = start + HEADER.size
    if len(data) < lacing_at:
        return None
    end = lacing_at + data[lacing_at - 1]
    if len(data) < end:
        return None
    end += sum(data[lacing_at:end])
    return end if len(data) >= end else None


def _page(raw: bytes, end: int) -> Page | None:
    _, version, flags, granule, serial, sequence, crc, _ = HEADER.unpack_from(raw)
    if version != 0 or _checksum(raw[:CRC_AT] + bytes(4) + raw[CRC_AT + 4 :]) != crc:
        return None
    return Page(raw, flags, granule, serial, sequence, end)
