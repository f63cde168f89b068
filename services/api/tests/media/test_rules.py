"""How loud a copy is, what it keeps, and whether a file is whole."""

import pytest
from api.media.rules import (
    LIMITER_MARGIN_DB,
    MOST_GAIN_DB,
    NEAR_ENOUGH_LU,
    PEAK_AIM_DBTP,
    PEAK_CEILING_DBTP,
    TARGET_LUFS,
    Level,
    audible_part,
    better_level,
    first_level,
    gain,
    is_cut_off,
)
from hypothesis import given
from hypothesis import strategies as st

loudness = st.floats(-69.9, 5)
peaks = st.floats(-69.9, 12) | st.just(float("-inf"))


@given(loudness, peaks)
def test_no_peak_is_lifted_above_the_ceiling(lufs: float, peak: float) -> None:
    assert peak + gain(lufs, peak) <= PEAK_CEILING_DBTP + 1e-9


@given(loudness, peaks)
def test_a_file_comes_to_the_stations_loudness_when_its_peak_and_its_noise_allow_it(lufs: float, peak: float) -> None:
    wanted = TARGET_LUFS - lufs
    if wanted <= MOST_GAIN_DB and peak + wanted <= PEAK_AIM_DBTP:
        assert lufs + gain(lufs, peak) == pytest.approx(TARGET_LUFS, abs=0.1)


@given(loudness, peaks)
def test_no_file_is_made_louder_than_the_station_or_lifted_too_far(lufs: float, peak: float) -> None:
    assert gain(lufs, peak) <= min(TARGET_LUFS - lufs, MOST_GAIN_DB) + 1e-9


@pytest.mark.parametrize(
    ("lufs", "peak", "decibels"), [(-16, -3, 0), (-9, 0.5, -7), (-23, -10, 7), (-23, -3, 1.9), (-60, -45, 20)]
)
def test_gain_in_plain_numbers(lufs: float, peak: float, decibels: float) -> None:
    assert gain(lufs, peak) == pytest.approx(decibels)


@given(loudness, peaks)
def test_only_what_would_pass_the_ceiling_or_stay_too_quiet_is_limited(lufs: float, peak: float) -> None:
    level = first_level(lufs, peak)
    if level.ceiling_dbtp is None:
        assert peak + level.gain_db <= PEAK_CEILING_DBTP + 1e-9
        assert lufs + level.gain_db >= min(TARGET_LUFS, lufs + MOST_GAIN_DB) - NEAR_ENOUGH_LU - 1e-9
    else:
        assert peak + level.gain_db > PEAK_AIM_DBTP
        assert level.ceiling_dbtp == PEAK_AIM_DBTP - LIMITER_MARGIN_DB


levels = st.builds(Level, st.floats(-20, MOST_GAIN_DB), st.floats(-4, -1))


@given(levels, loudness, loudness, peaks)
def test_the_next_try_goes_in_the_right_direction(tried: Level, source: float, heard: float, peak: float) -> None:
    better = better_level(tried, source, heard, peak)
    wanted = min(TARGET_LUFS, source + MOST_GAIN_DB)
    if better is None:
        assert peak <= PEAK_CEILING_DBTP
        assert abs(wanted - heard) <= NEAR_ENOUGH_LU or tried.gain_db == MOST_GAIN_DB or heard < wanted
        return
    assert better.gain_db <= MOST_GAIN_DB
    assert better.ceiling_dbtp is not None
    assert tried.ceiling_dbtp is not None
    assert better.ceiling_dbtp <= tried.ceiling_dbtp
    if peak > PEAK_AIM_DBTP + 0.001:
        assert better.ceiling_dbtp < tried.ceiling_dbtp
    assert (better.gain_db > tried.gain_db) <= (heard < wanted)
    assert (better.gain_db < tried.gain_db) <= (heard > wanted)


@pytest.mark.parametrize(
    ("silences", "kept"),
    [
        ([], (0, 10)),
        ([(0, 2)], (1.9, 10)),
        ([(8, 10)], (0, 8.1)),
        ([(0, 2), (4, 5), (8, 9.99)], (1.9, 8.1)),
        ([(4, 5)], (0, 10)),
        ([(0, 10)], None),
    ],
)
def test_silence_at_the_edges_is_left_out_but_for_a_breath(
    silences: list[tuple[float, float]], kept: tuple[float, float] | None
) -> None:
    found = audible_part(silences, 10)
    assert found == (None if kept is None else pytest.approx(kept))


@pytest.mark.parametrize(
    ("claimed", "decoded", "cut"),
    [
        (None, 1, False),
        (180, 180, False),
        (180, 177, False),
        (180, 176, True),
        (3, 2.6, False),
        (3, 2.4, True),
        (1, 9, False),
    ],
)
def test_what_lacks_more_than_encoders_get_wrong_is_cut_off(claimed: float | None, decoded: float, cut: bool) -> None:
    assert is_cut_off(claimed, decoded) is cut
