"""A waveform to look at, in the form of audiowaveform's JSON (version 2), which wavesurfer.js and peaks.js draw."""

import numpy as np

from api.analysis.measuring.decoding import RATE
from api.analysis.measuring.frames import HOP, Frames

MOST_COLUMNS = 1500
"""More than a screen is wide; a file of these is about 10 kB."""


def waveform(frames: Frames) -> dict[str, object]:
    """Lowest and highest sample of each column, as whole numbers from −128 to 127, in turns."""
    wide = max(1, -(-len(frames.low) // MOST_COLUMNS))
    starts = np.arange(0, len(frames.low), wide)
    low, high = np.minimum.reduceat(frames.low, starts), np.maximum.reduceat(frames.high, starts)
    # Outwards, so that a quiet sound is not drawn as nothing.
    pairs = np.stack([np.floor(low * 128), np.ceil(high * 127)], axis=1).clip(-128, 127)
    return {
        "version": 2,
        "channels": 1,
        "sample_rate": RATE,
        "samples_per_pixel": wide * HOP,
        "bits": 8,
        "length": len(starts),
        "data": pairs.astype(int).ravel().tolist(),
    }
