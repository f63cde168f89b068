"""Whether two fingerprints are of one recording: how few of their bits differ when they are laid upon each other well.

Fingerprints are Chromaprint's numbers, four bytes each, little-endian. Copies in other codecs and at other levels, cut
at either end, differ in 3 to 8 % of the bits, other recordings in 35 % and more (measured; half would be chance).
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

BYTES = 4
SECONDS_EACH = 0.1238
"""From one number to the next."""
FARTHEST = 160
"""Numbers by which one may begin later: 20 seconds."""
FEWEST = 24
"""Numbers that have to be compared: what is shorter may be alike by chance."""
SHARE = 0.5
"""Of the shorter fingerprint, so much has to be compared: a quotation is no copy."""
MOST_DIFFERENT = 0.2
CERTAIN = 80
"""Numbers (ten seconds) from which on more of them make it no more certain."""
MARKS = 64
_PLAIN = 8
"""A sound with fewer different numbers is too plain to be known by them: a tone, a hum."""


@dataclass(frozen=True)
class Likeness:
    """`offset_seconds`: how much later what both share comes in the first. `confidence` from 0 to 1."""

    confidence: float
    different: float
    """Part of the bits that differ."""
    offset_seconds: float
    overlap_seconds: float


def pack(numbers: Iterable[int]) -> bytes:
    """Numbers as they are kept."""
    return b"".join(one.to_bytes(BYTES, "little") for one in numbers)


def compare(first: bytes, second: bytes) -> Likeness | None:
    """How alike two are where they fit best; None when they are not, or too short to tell."""
    shorter = min(len(first), len(second)) // BYTES
    least = max(FEWEST, round(shorter * SHARE))
    found = [one for by in range(-FARTHEST, FARTHEST + 1) if (one := _laid(first, second, by, least))]
    different, count, by = min(found, default=(1.0, 0, 0))
    if different > MOST_DIFFERENT:
        return None
    sure = (1 - (different / 0.25) ** 2) * min(1.0, count / CERTAIN)
    return Likeness(sure, different, by * SECONDS_EACH, count * SECONDS_EACH)


def marks(fingerprint: bytes) -> list[int]:
    """Numbers by which copies are found among many: those of its different numbers that are smallest when mixed.

    Where in the sound they are plays no part, so copies that begin later have the same ones, but for those that differ.
    Each fits a signed integer of four bytes.
    """
    different = set(struct.unpack(f"<{len(fingerprint) // BYTES}I", fingerprint))
    if len(different) < _PLAIN:
        return []
    return sorted(_mixed(one) - (1 << 31) for one in different)[:MARKS]


def _laid(first: bytes, second: bytes, by: int, least: int) -> tuple[float, int, int] | None:
    """Part of different bits, and how many numbers were compared, with the second laid `by` numbers into the first."""
    here, there = first[max(0, by) * BYTES :], second[max(0, -by) * BYTES :]
    length = min(len(here), len(there)) // BYTES * BYTES
    if length < least * BYTES:
        return None
    differing = int.from_bytes(here[:length], "little") ^ int.from_bytes(there[:length], "little")
    return differing.bit_count() / (8 * length), length // BYTES, by


def _mixed(number: int) -> int:
    """A number of 32 bits that has nothing to do with this one's size: the end of MurmurHash3."""
    number = (number ^ number >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    number = (number ^ number >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return number ^ number >> 16
