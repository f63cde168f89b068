"""Ogg as its specification has it, slowly: streams to be recorded, and files that were."""

import struct
from dataclasses import dataclass
from pathlib import Path

HEAD = struct.Struct("<4sBBqIIIB")
SAMPLES = 4608
"""In each page."""


@dataclass(frozen=True)
class Told:
    """A page of a file: its numbers, and what it carries."""

    sequence: int
    granule: int
    body: bytes


def page(body: bytes, *, serial: int, sequence: int, granule: int, flags: int = 0) -> bytes:
    """A page that holds one packet."""
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    whole = HEAD.pack(b"OggS", 0, flags, granule, serial, sequence, 0, len(lacing)) + lacing + body
    return whole[:22] + struct.pack("<I", crc(whole)) + whole[26:]


def stream(title: str, *, serial: int = 1, pages: int = 20) -> list[bytes]:
    """Pages of a stream in the manner of FLAC: two headers, then sound that now and then looks like a page."""
    lines = b"".join(struct.pack("<I", len(line)) + line for line in (f"title={title}".encode(), b"encoder=x"))
    comments = struct.pack("<I", 4) + b"test" + struct.pack("<I", 2) + lines
    headers = (b"\x7fFLAC" + bytes(30), b"\x84" + len(comments).to_bytes(3, "big") + comments)
    made = [page(body, serial=serial, sequence=at, granule=0, flags=2 - 2 * at) for at, body in enumerate(headers)]
    for at in range(pages):
        body = f"{serial}/{at} ".encode() * (1 + at % 40) + b"OggS" * (at % 3)
        made.append(page(body, serial=serial, sequence=at + 2, granule=(at + 1) * SAMPLES))
    return made


def sound(pages: list[bytes]) -> list[bytes]:
    """What the pages of a stream carry, without its headers."""
    return [told.body for told in pages_of(b"".join(pages))[2:]]


def pages_of(data: bytes) -> list[Told]:
    """The pages of a file; fails unless it consists of whole, good pages of one stream and nothing else."""
    found, at, serials = [], 0, set()
    while at < len(data):
        capture, version, _, granule, serial, sequence, checksum, segments = HEAD.unpack_from(data, at)
        begin = at + HEAD.size + segments
        end = begin + sum(data[at + HEAD.size : begin])
        assert (capture, version) == (b"OggS", 0)
        assert end <= len(data), "a torn page"
        assert crc(data[at : at + 22] + bytes(4) + data[at + 26 : end]) == checksum
        found.append(Told(sequence, granule, data[begin:end]))
        serials.add(serial)
        at = end
    assert len(serials) <= 1
    return found


def sound_of(path: Path) -> list[bytes]:
    """What a recording's file carries; fails unless its pages and positions run from the beginning without a gap."""
    pages = pages_of(path.read_bytes())
    assert [one.sequence for one in pages] == list(range(len(pages)))
    assert [one.granule for one in pages] == [0, *(SAMPLES * at for at in range(len(pages) - 1))]
    return [one.body for one in pages[2:]]


def crc(data: bytes) -> int:
    """CRC-32 with the polynomial 0x04C11DB7, bit by bit."""
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x104C11DB7 if value & 0x80000000 else 0)
    return value
