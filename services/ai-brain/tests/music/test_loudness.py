"""Levels: what is decided from a measurement, and the limiter that makes room."""

import numpy as np
import pytest
from ai_brain.music import loudness
from ai_brain.music.loudness import Loudness
from ai_brain.music.score.model import Decibels, Lufs
from ai_brain.music.synthesis import limiter
from hypothesis import given
from hypothesis import strategies as st

measurements = st.builds(
    Loudness,
    st.floats(-60, 0).map(Lufs),
    st.floats(0, 20),
    st.floats(-60, 6).map(Decibels),
)
SUMMARY = """[Parsed_ebur128_0 @ 0x1] Summary:

  Integrated loudness:
    I:         -14.1 LUFS
    Threshold: -24.9 LUFS

  Loudness range:
    LRA:         6.9 LU
    Threshold: -34.9 LUFS
    LRA low:   -19.9 LUFS

  True peak:
    Peak:       -1.2 dBFS
"""


def test_the_summary_of_ffmpeg_is_understood() -> None:
    assert loudness.parse(SUMMARY) == Loudness(Lufs(-14.1), 6.9, Decibels(-1.2))


@given(measurements)
def test_the_gain_never_lifts_a_peak_over_the_ceiling(measured: Loudness) -> None:
    assert measured.peak + loudness.safe_gain(measured) <= loudness.CEILING + 1e-9


@given(measurements)
def test_the_limiter_is_used_only_where_there_is_no_room(measured: Loudness) -> None:
    limit = loudness.limit_for(measured)
    if limit is None:
        assert measured.integrated + loudness.safe_gain(measured) == pytest.approx(loudness.TARGET)
    else:
        assert limit < measured.peak


@given(st.integers(0, 2**32 - 1), st.floats(-12, -1))
def test_no_sample_passes_the_limiter_and_quiet_ones_pass_untouched(seed: int, ceiling: float) -> None:
    sound = np.random.default_rng(seed).normal(0, 0.08, (2, 24_000)).astype(np.float32)
    sound[:, 12_000] = (0.99, -0.5)
    limited = limiter.limit(sound, Decibels(ceiling))
    assert np.abs(limited).max() <= 10 ** (ceiling / 20) + 1e-6
    assert np.all(np.abs(limited) <= np.abs(sound) + 1e-6)
    if np.abs(sound[:, :10_000]).max() < 10 ** (ceiling / 20):
        assert np.allclose(limited[:, :4000], sound[:, :4000], atol=1e-6)


def test_the_limiter_turns_a_tone_down_without_bending_it() -> None:
    moments = np.arange(48_000) / 48_000
    tone = np.sin(2 * np.pi * 220 * moments).astype(np.float32)
    limited = limiter.limit(np.stack((tone, tone)), Decibels(-6))[0]
    spectrum = np.abs(np.fft.rfft(limited * np.hanning(48_000)))
    assert spectrum[440:2000].max() < spectrum[220] * 0.001
