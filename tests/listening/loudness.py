"""Loudness by EBU R 128, measured by ffmpeg."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from .ffmpeg import Pcm, raw_input, run


@dataclass(frozen=True, slots=True)
class Loudness:
    """`integrated` in LUFS, `range` in LU, `true_peak` in dBTP."""

    integrated: float
    range: float
    true_peak: float


def loudness(pcm: Pcm) -> Loudness:
    """Loudness of PCM; mono is measured as a player plays it, on both loudspeakers."""
    dual = "true" if pcm.ndim == 1 else "false"
    data = np.ascontiguousarray(pcm, np.float32).tobytes()
    arguments = (*raw_input(pcm), "-af", f"ebur128=peak=true:dualmono={dual}:framelog=verbose", "-f", "null", "-")
    _, messages = run(*arguments, data=data, loglevel="info")
    summary = messages[messages.rindex("Summary:") :]
    return Loudness(_figure("I:", summary), _figure("LRA:", summary), _figure("Peak:", summary))


def _figure(label: str, summary: str) -> float:
    found = re.search(rf"{label}\s+(-?[\d.]+|-?inf|nan)", summary)
    if not found:
        raise ValueError(f"no {label} in {summary}")
    return float(found[1])
