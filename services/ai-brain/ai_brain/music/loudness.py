"""Loudness: what was measured, and what is to be done about it. Pure."""

import re
from dataclasses import dataclass

from ai_brain.music.score.model import Decibels, Lufs

TARGET = Lufs(-16.0)
CEILING = Decibels(-2.0)
"""Highest true peak before encoding, dBTP: half a decibel under what is promised, because MP3 adds some."""
MARGIN = 0.8
"""The limiter works on samples and lowers the loudness a little; this much below the ceiling makes up for both, dB."""


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness (LUFS), loudness range (LU) and true peak (dBTP) of a piece."""

    integrated: Lufs
    range: float
    peak: Decibels


def parse(log: str) -> Loudness:
    """The summary that ffmpeg's ebur128 filter logs at the end."""
    summary = log[log.rindex("Summary:") :]

    def value(name: str) -> float:
        found = re.search(rf"^\s*{name}:\s+(\S+)", summary, re.MULTILINE)
        if not found:
            raise ValueError(f"ffmpeg reported no {name}")
        return float(found[1])

    return Loudness(Lufs(value("I")), value("LRA"), Decibels(value("Peak")))


def gain_to_target(measured: Loudness) -> Decibels:
    """The plain gain that brings a piece to the station's loudness."""
    return Decibels(TARGET - measured.integrated)


def limit_for(measured: Loudness) -> Decibels | None:
    """The level (dBFS) to which peaks must be limited before the gain, or None if there is room for them."""
    highest = CEILING - gain_to_target(measured)
    return Decibels(highest - MARGIN) if measured.peak > highest else None


def safe_gain(measured: Loudness) -> Decibels:
    """The gain to the target, or what the ceiling leaves of it."""
    return Decibels(min(gain_to_target(measured), CEILING - measured.peak))
