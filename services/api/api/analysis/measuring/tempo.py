"""Tempo: how long it takes until what begins begins again.

The onsets' autocorrelation has peaks at the beat, its multiples and often its parts. Of these one is chosen as people
tap: near 120 a minute rather than far from it, and the faster of two that are equally strong, up to 180. What a slow
ballad or drum and bass is called differs among people, too: half or double of what is found is a matter of taste.
"""

import numpy as np

from api.analysis.measuring.frames import PER_SECOND, Floats

SLOWEST, FASTEST = 50, 180
"""Beats a minute that are told."""
_PART = 12 * PER_SECOND
"""Frames of which one autocorrelation is made: a tempo that wanders is blurred only within these."""
_BEATS = 4
"""So many of the next beats have to be where they are expected."""
_LONGEST = _BEATS * 60 * PER_SECOND // SLOWEST + PER_SECOND
_SHORTEST = 10 * PER_SECOND
_SOMETHING = 1.0
"""Decibels that a part's strongest onset has at least: in a steady tone nothing begins."""
_RHYTHMIC = 0.15
"""Below this correlation with the next beats there is no beat: speech and noise stay below 0.1."""
_AS_STRONG = 0.9
_PEAK = 3
"""Frames beside a peak at which it has fallen."""
_USUAL_BPM = 120
_OCTAVES = 1.0
"""How far from the usual people still tap: the standard deviation."""


def tempo(onset: Floats) -> float | None:
    """Beats a minute, to about half a per cent; None for what has no beat, or is too short to tell."""
    again = repetition(onset)
    if again is None:
        return None
    lags = np.arange(60 * PER_SECOND // FASTEST, 60 * PER_SECOND // SLOWEST + 1)
    combs = np.array([_comb(again, int(lag)) for lag in lags])
    taste = np.exp(-0.5 * (np.log2(60 * PER_SECOND / lags / _USUAL_BPM) / _OCTAVES) ** 2)
    best = int(np.argmax(combs * taste))
    if combs[best] < _RHYTHMIC:
        return None
    lag = _near(again, int(lags[best]))
    half = _near(again, lag // 2)
    if FASTEST * half >= 60 * PER_SECOND and again[half] >= _AS_STRONG * again[lag]:
        lag = half
    beats = 60 * PER_SECOND / _exactly(again, lag)
    return beats if _is_peak(again, lag) and SLOWEST - 1 <= beats <= FASTEST + 1 else None


def repetition(onset: Floats) -> Floats | None:
    """How much a sound's onsets are like themselves so many frames later, from −1 to 1, on average over its parts."""
    found = []
    for start in range(0, max(1, len(onset) - _PART // 2), _PART // 2):
        part = onset[start : start + _PART] - onset[start : start + _PART].mean()
        if len(part) >= _SHORTEST and part.max() >= _SOMETHING:
            # By way of the spectrum, with as many zeros behind it as keep its end from meeting its beginning.
            here = np.fft.irfft(np.abs(np.fft.rfft(part, 2 * len(part))) ** 2)[:_LONGEST]
            found.append(here / here[0] * len(part) / (len(part) - np.arange(_LONGEST)))
    return np.mean(found, axis=0) if found else None


def _comb(again: Floats, lag: int) -> float:
    return float(np.mean([again[_near(again, beat * lag)] for beat in range(1, _BEATS + 1)]))


def _near(again: Floats, lag: int) -> int:
    """The best within a frame or two: beats are not whole frames long."""
    first = max(1, lag - 2)
    return first + int(np.argmax(again[first : lag + 3]))


def _is_peak(again: Floats, lag: int) -> bool:
    """Whether a beat comes just then; what is slow to change is like itself a moment sooner or later, too."""
    return bool(again[lag] > max(again[lag - _PEAK], again[lag + _PEAK]))


def _exactly(again: Floats, lag: int) -> float:
    """A beat's length in parts of a frame, from its multiples, each of which says it more exactly."""
    exact = float(lag)
    for beat in range(1, _BEATS + 1):
        peak = _near(again, round(beat * exact))
        left, top, right = again[peak - 1], again[peak], again[min(peak + 1, len(again) - 1)]
        bend = left - 2 * top + right
        beside = 0.5 * (left - right) / bend if bend < 0 else 0.0
        exact = (peak + min(1.0, max(-1.0, beside))) / beat
    return float(exact)
