"""What a listener heard: PCM, and when its bytes arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .ffmpeg import RATE, Pcm

Samples = npt.NDArray[np.int64]
Moments = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Heard:
    """PCM in blocks. Block k ends before sample `ends[k]` and arrived, complete, at `arrivals[k]` (monotonic seconds).

    A block (an Ogg page, an MP3 frame) can be played when all of it is there, so all its samples arrive together: times
    of arrival are never earlier than the truth, and no finer than the blocks (0.1 s for the station's Opus pages).
    Audio time is seconds from the first sample of `pcm`; it is exact to the sample.
    """

    pcm: Pcm
    ends: Samples
    arrivals: Moments

    @property
    def mono(self) -> Pcm:
        return mono(self.pcm)

    @property
    def seconds(self) -> float:
        """Length of the audio."""
        return len(self.pcm) / RATE

    def arrival(self, second: float) -> float:
        """When the audio at this second (audio time) arrived; monotonic seconds."""
        block = int(np.searchsorted(self.ends, round(second * RATE), side="right"))
        return float(self.arrivals[min(block, len(self.arrivals) - 1)])

    def between(self, start: float, end: float) -> Heard:
        """Only the blocks which arrived from `start` to before `end` (monotonic seconds)."""
        first, last = int(np.searchsorted(self.arrivals, start)), int(np.searchsorted(self.arrivals, end))
        begin = int(self.ends[first - 1]) if first else 0
        finish = int(self.ends[last - 1]) if last > first else begin
        return Heard(self.pcm[begin:finish], self.ends[first:last] - begin, self.arrivals[first:last])


def mono(pcm: Pcm) -> Pcm:
    """Channels averaged."""
    return pcm if pcm.ndim == 1 else pcm.mean(axis=1, dtype=np.float32)


def heard(pcm: Pcm, *, block: float = 0.02, start: float = 0.0) -> Heard:
    """PCM as if it had arrived in blocks of `block` seconds, each on time, beginning at the moment `start`."""
    count = len(pcm)
    step = round(block * RATE)
    ends = np.minimum(np.arange(step, count + step, step, dtype=np.int64), count)
    return Heard(pcm, ends, start + ends / RATE)


def joined(pieces: Sequence[Heard]) -> Heard:
    """Pieces after each other, as one listener heard them."""
    pieces = [piece for piece in pieces if len(piece.pcm)]
    if not pieces:
        return Heard(np.zeros(0, np.float32), np.zeros(0, np.int64), np.zeros(0, np.float64))
    offsets = np.cumsum([0, *(len(piece.pcm) for piece in pieces[:-1])])
    return Heard(
        np.concatenate([piece.pcm for piece in pieces]),
        np.concatenate([piece.ends + offset for piece, offset in zip(pieces, offsets, strict=True)]),
        np.concatenate([piece.arrivals for piece in pieces]),
    )
