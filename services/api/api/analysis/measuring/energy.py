"""Energy: how much a sound drives, from 0, calm, to 1.

A mean of three things that listeners call energetic: that much begins (onsets), that it is bright, and that it is
dense, its level near its peaks. More of one of them is always more energy. How loud the file is plays no part: on air
all are equally loud, and it is the on-air copy that is measured.
"""

import math
from dataclasses import dataclass

from api.analysis.measuring.frames import Frames
from api.analysis.measuring.levels import SILENT_DB, body_db, decibels

BUSY = 6.0
"""Decibels a frame by which the spectrum rises on average in what could hardly be busier."""
DARK_HZ, BRIGHT_HZ = 500.0, 5000.0
SPARSE_DB, DENSE_DB = 24.0, 6.0
"""From the body's level to the highest peak."""
WEIGHTS = (0.5, 0.35, 0.15)
"""Of onsets, brightness and density. A steady tone is as dense as can be, so that counts least."""
AUDIBLE_DB = 30.0
"""What lies farther below the body does not count."""


@dataclass(frozen=True)
class Traits:
    """Onsets in decibels a frame, the spectrum's middle in Hz, and the crest in dB."""

    onsets: float
    centroid: float
    crest_db: float


def energy(traits: Traits) -> float:
    """From 0 to 1."""
    parts = (
        traits.onsets / BUSY,
        math.log(max(traits.centroid, 1.0) / DARK_HZ) / math.log(BRIGHT_HZ / DARK_HZ),
        (SPARSE_DB - traits.crest_db) / (SPARSE_DB - DENSE_DB),
    )
    return sum(weight * min(1.0, max(0.0, part)) for weight, part in zip(WEIGHTS, parts, strict=True))


def traits(frames: Frames) -> Traits | None:
    """What of a sound makes its energy; None when nothing is audible."""
    body = body_db(frames.power)
    audible = decibels(frames.power) > body - AUDIBLE_DB
    if body == SILENT_DB or not audible.any():
        return None
    peak = max(-float(frames.low.min()), float(frames.high.max()))
    return Traits(
        onsets=float(frames.onset[audible].mean()),
        centroid=float(frames.centroid[audible].mean()),
        crest_db=20 * math.log10(max(peak, 1e-9)) - body,
    )
