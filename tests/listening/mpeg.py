"""MP3 frames: where each one ends in the bytes, and how long it sounds (MPEG-1/2/2.5 layer III)."""

from __future__ import annotations

from dataclasses import dataclass

BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
RATES = {3: (44100, 48000, 32000, 0), 2: (22050, 24000, 16000, 0), 0: (11025, 12000, 8000, 0)}


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame at bytes [start, end): `samples` at `rate` Hz."""

    start: int
    end: int
    samples: int
    rate: int
    kbits: int


def frame_at(data: bytes, at: int) -> Frame | None:
    """The frame whose header stands at this byte, if one does."""
    if len(data) < at + 4 or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return None
    version, rates = data[at + 1] >> 3 & 3, RATES.get(data[at + 1] >> 3 & 3)
    if rates is None:
        return None
    kbits = (BITRATES_1 if version == 3 else BITRATES_2)[data[at + 2] >> 4]
    rate, padding = rates[data[at + 2] >> 2 & 3], data[at + 2] >> 1 & 1
    if not kbits or not rate:
        return None
    samples = 1152 if version == 3 else 576
    return Frame(at, at + samples // 8 * kbits * 1000 // rate + padding, samples, rate, kbits)


def frames(data: bytes) -> list[Frame]:
    """The whole frames of a stream joined anywhere; a header counts if the next one follows it, or the data ends."""
    found: list[Frame] = []
    at = 0
    while at + 4 <= len(data):
        frame = frame_at(data, at)
        if frame and frame.end <= len(data) and (frame.end + 4 > len(data) or frame_at(data, frame.end)):
            if found or not _is_info(data, frame):
                found.append(frame)
            at = frame.end
        else:
            at = max(data.find(b"\xff", at + 1), at + 1)
            if data[at : at + 1] != b"\xff":
                break
    return found


def _is_info(data: bytes, frame: Frame) -> bool:
    """The first frame of a file may carry no sound, only a table (Xing/LAME)."""
    head = data[frame.start : frame.start + 64]
    return b"Xing" in head or b"Info" in head
