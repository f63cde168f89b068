"""How loud a copy is, how much of its silence it keeps, and whether a file is whole. Seconds, LUFS, dBTP, decibels."""

from collections.abc import Sequence
from dataclasses import dataclass

TARGET_LUFS = -16.0
PEAK_CEILING_DBTP = -1.0
PEAK_AIM_DBTP = PEAK_CEILING_DBTP - 0.1
"""What the meter rounds to the ceiling may lie above it."""
MOST_GAIN_DB = 20.0
"""Quiet music is raised at most this much: more would only raise its noise."""
NEAR_ENOUGH_LU = 0.5
LIMITER_TAKES = 1.3
LIMITER_MARGIN_DB = 0.2
"""The limiter's four samples for one still miss a little of what lies between them."""

SILENT_BELOW_DBFS = -60.0
SILENT_FOR = 0.3
KEPT_SILENCE = 0.1

MISSING_SECONDS = 0.5
MISSING_PART = 0.02
"""Encoders are inexact about lengths by their delays, some by more; what is cut off lacks more than this."""


@dataclass(frozen=True)
class Level:
    """What is done to a sound: gain, then a limiter, when there is a ceiling."""

    gain_db: float
    ceiling_dbtp: float | None = None


def gain(loudness_lufs: float, true_peak_dbtp: float, aim_dbtp: float = PEAK_AIM_DBTP) -> float:
    """Decibels that bring a sound as near to the station's loudness as its true peak allows without a limiter.

    Loudness and true peak as EBU R 128 measures them (ITU-R BS.1770).
    """
    return min(_wanted_gain(loudness_lufs), aim_dbtp - true_peak_dbtp)


def first_level(loudness_lufs: float, true_peak_dbtp: float, aim_dbtp: float = PEAK_AIM_DBTP) -> Level:
    """A limiter only for what would pass the ceiling otherwise."""
    wanted = _wanted_gain(loudness_lufs)
    linear = gain(loudness_lufs, true_peak_dbtp, aim_dbtp)
    if linear > wanted - NEAR_ENOUGH_LU:
        return Level(linear)
    return Level(wanted, aim_dbtp - LIMITER_MARGIN_DB)


def better_level(
    tried: Level, source_lufs: float, heard_lufs: float, heard_dbtp: float, aim_dbtp: float = PEAK_AIM_DBTP
) -> Level | None:
    """What to try after measuring the result of a level with a limiter; None when it is good."""
    ceiling = tried.ceiling_dbtp if tried.ceiling_dbtp is not None else aim_dbtp
    over = heard_dbtp - aim_dbtp
    if over > 1e-9:
        ceiling -= over + 0.1
    missing = min(TARGET_LUFS, source_lufs + MOST_GAIN_DB) - heard_lufs
    # The limiter takes a part of what is added, too.
    missing *= LIMITER_TAKES if missing > NEAR_ENOUGH_LU else 1.0
    raised = min(tried.gain_db + missing, MOST_GAIN_DB) if abs(missing) > NEAR_ENOUGH_LU else tried.gain_db
    better = Level(raised, ceiling)
    return None if better == tried else better


def holds_the_ceiling(heard_dbtp: float, aim_dbtp: float = PEAK_AIM_DBTP) -> bool:
    """Whether a copy may be aired."""
    return heard_dbtp <= aim_dbtp + 1e-9


def audible_part(silences: Sequence[tuple[float, float]], length: float) -> tuple[float, float] | None:
    """From when to when a sound is kept, given its stretches of silence; None when there is nothing else."""
    begins, ends = 0.0, length
    for start, end in silences:
        if start <= 0.01 and end >= length - 0.02:
            return None
        if start <= 0.01:
            begins = max(0.0, end - KEPT_SILENCE)
        elif end >= length - 0.02:
            ends = min(length, start + KEPT_SILENCE)
    return begins, ends


def is_cut_off(claimed: float | None, decoded: float) -> bool:
    """Whether a file lacks a part of what it claims to hold."""
    return claimed is not None and decoded < claimed - max(MISSING_SECONDS, claimed * MISSING_PART)


def _wanted_gain(loudness_lufs: float) -> float:
    return min(TARGET_LUFS - loudness_lufs, MOST_GAIN_DB)
