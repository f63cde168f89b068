"""What holds for every track: its points, and what analysis may write."""

import pytest
from api.library.rules import EDITABLE, KINDS, POINTS, Points, fault_of, requestable_by_kind, settle
from hypothesis import given
from hypothesis import strategies as st

SECONDS = st.none() | st.floats(-5, 400, allow_nan=False)


@pytest.mark.parametrize(
    ("points", "length", "fault"),
    [
        (Points(), None, None),
        (Points(), 10.0, None),
        (Points(cue_in=0, cue_out=10, intro_end=3, segue_at=9, hook_in=4, hook_out=6), 10.0, None),
        (Points(intro_end=0.0, segue_at=10.0), 10.0, None),
        (Points(cue_in=-0.1), 10.0, "cue_in must lie between 0 and the track's length"),
        (Points(hook_out=10.1), 10.0, "hook_out must lie between 0 and the track's length"),
        (Points(cue_in=5, cue_out=5), 10.0, "cue_in must lie before cue_out"),
        (Points(cue_in=10), 10.0, "cue_in must lie before cue_out"),
        (Points(cue_in=2, intro_end=1), 10.0, "intro_end must lie between cue_in and cue_out"),
        (Points(cue_out=8, segue_at=9), 10.0, "segue_at must lie between cue_in and cue_out"),
        (Points(cue_out=8, segue_at=9), None, "segue_at must lie between cue_in and cue_out"),
        (Points(hook_in=6, hook_out=4), 10.0, "hook_in must lie before hook_out"),
    ],
)
def test_points_lie_in_the_track_and_in_their_order(points: Points, length: float | None, fault: str | None) -> None:
    assert fault_of(points, length) == fault


@given(st.builds(Points, *[SECONDS] * len(POINTS)), st.floats(0.5, 300))
def test_points_without_a_fault_never_make_the_engine_jump_backwards(points: Points, length: float) -> None:
    if fault_of(points, length) is not None:
        return
    end = length if points.cue_out is None else points.cue_out
    assert 0 <= (points.cue_in or 0) < end <= length
    for at in (points.intro_end, points.segue_at):
        assert at is None or (points.cue_in or 0) <= at <= end


@given(st.dictionaries(st.sampled_from(EDITABLE), st.integers()), st.sets(st.sampled_from(EDITABLE)))
def test_analysis_never_writes_what_a_person_set_and_loses_nothing(found: dict[str, int], edited: set[str]) -> None:
    taken, proposed = settle(found, edited)
    assert not taken.keys() & edited
    assert proposed.keys() <= edited
    assert {**taken, **proposed} == found


def test_listeners_may_ask_for_music_unless_somebody_decides_otherwise() -> None:
    assert [kind for kind in KINDS if requestable_by_kind(kind)] == ["MUS"]
