"""Levels in decibels from the powers of frames, and what of a sound is its body."""

import numpy as np

from api.analysis.measuring.frames import PER_SECOND, Floats

SILENT_DB = -100.0


def decibels(power: Floats) -> Floats:
    """Levels of powers, in dB below full scale; nothing is below `SILENT_DB`."""
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (SILENT_DB / 10))), np.float32)


def smooth(power: Floats, seconds: float) -> Floats:
    """Each frame's mean with those around it; at both ends with as many as there are."""
    width = max(1, round(seconds * PER_SECOND))
    total = np.concatenate([[0.0], np.cumsum(power, dtype=np.float64)])
    at = np.arange(len(power))
    first, last = np.maximum(0, at - width // 2), np.minimum(len(power), at - width // 2 + width)
    return np.asarray((total[last] - total[first]) / (last - first), np.float32)


def body_db(power: Floats) -> float:
    """The level of what is neither pause nor quiet passage, as EBU R 128 gates: in blocks of 400 ms, first those above
    −70 dB, then those within 10 dB of their mean. `SILENT_DB` when there is nothing."""
    blocks = smooth(power, 0.4)[:: PER_SECOND // 10]
    for gate in (1e-7, 0.1):
        floor = gate if gate == 1e-7 else gate * blocks.mean()
        blocks = blocks[blocks > floor]
        if not len(blocks):
            return SILENT_DB
    return float(decibels(np.array([blocks.mean()], np.float32))[0])
