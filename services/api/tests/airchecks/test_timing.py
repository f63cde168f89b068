"""Where a moment is in a joined recording, what is missing in it, and what its chapters are."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from api.airchecks import timing
from api.airchecks.timing import Chapter, Gap, Part, Placed, Said
from hypothesis import given
from hypothesis import strategies as st

BEGIN = datetime(2026, 3, 1, 20, tzinfo=UTC)
TWO = [Placed(0, 60, BEGIN), Placed(60, 30, BEGIN + timedelta(seconds=70))]
"""A minute, ten seconds missing, half a minute."""


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def said(seconds: float, title: str | None, artist: str | None = None) -> Said:
    return Said(at(seconds), title, artist)


@pytest.mark.parametrize(
    ("parts", "starts", "missing"),
    [
        ([], [], []),
        ([Part(at(0), 60)], [0], []),
        ([Part(at(0), 60), Part(at(70), 30)], [0, 60], [Gap(60, 10)]),
        # A clock that is a little off is no gap; nor are parts that overlap by it.
        ([Part(at(0), 60), Part(at(60.4), 30), Part(at(90.1), 5)], [0, 60, 90], []),
        # Nobody wrote down when it began: it follows the one before it, or begins with the session.
        ([Part(None, 60), Part(None, 30), Part(at(100), 5)], [0, 60, 90], [Gap(90, 10)]),
    ],
)
def test_parts_stand_one_after_another_and_what_is_missing_is_told(
    parts: list[Part], starts: list[float], missing: list[Gap]
) -> None:
    placed = timing.place(parts, BEGIN)
    assert [one.starts for one in placed] == starts
    assert timing.gaps(placed) == missing


@pytest.mark.parametrize(
    ("moment", "position"), [(-5, 0), (0, 0), (59, 59), (60, 60), (65, 60), (70, 60), (80, 70), (99, 89), (500, 90)]
)
def test_a_moment_is_found_in_its_part_and_one_in_a_gap_at_the_join(moment: float, position: float) -> None:
    assert timing.position(TWO, at(moment)) == position


@pytest.mark.parametrize(
    ("titles", "chapters"),
    [
        ([], []),
        ([said(0, "One", "A"), said(30, "Two")], [(0, "A – One"), (25, "Two")]),
        # Said before the copy begins: it counts from there on, the last of them.
        ([said(-9, "Old"), said(2, "One"), said(30, "Two")], [(0, "One"), (25, "Two")]),
        # In a gap: from the join on. After the end: not at all.
        ([said(65, "After the gap"), said(95, "Too late"), said(900, "Much too late")], [(55, "After the gap")]),
        # The encoder corrects itself at once, says the same again, or says nothing.
        ([said(10, "Tw"), said(10.5, "Two"), said(30, "Two"), said(40, None), said(50, "")], [(5.5, "Two")]),
        ([said(30, "Two"), said(10, "One")], [(5, "One"), (25, "Two")]),
    ],
)
def test_titles_become_chapters_of_the_copy(titles: list[Said], chapters: list[tuple[float, str]]) -> None:
    # The copy leaves out five seconds at the beginning and five at the end.
    assert timing.chapters(titles, TWO, (5, 85)) == [Chapter(starts, title) for starts, title in chapters]


def test_gaps_move_with_what_is_left_out() -> None:
    found = [Gap(3, 1), Gap(60, 10), Gap(88, 2)]
    assert timing.shifted(found, (5, 85)) == [Gap(55, 10)]


PARTS = st.lists(
    st.builds(
        Part,
        st.none() | st.floats(-100, 5000).map(at),
        st.floats(0.1, 3600),
    ),
    max_size=6,
)
TITLES = st.lists(
    st.builds(said, st.floats(-100, 20_000), st.sampled_from([None, "", "One", "Two", "Three"])), max_size=30
)


@given(parts=PARTS, titles=TITLES, cut=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_chapters_are_in_order_apart_and_within_the_copy_whatever_the_clocks_say(
    parts: list[Part], titles: list[Said], cut: tuple[float, float]
) -> None:
    placed = timing.place(parts, BEGIN)
    length = sum(part.seconds for part in parts)
    kept = (min(cut) * length, max(cut) * length)
    found = timing.chapters(titles, placed, kept)
    starts = [one.starts for one in found]
    assert all(0 <= one <= kept[1] - kept[0] + 0.001 for one in starts)
    assert all(after - before >= timing.SHORTEST_CHAPTER - 0.001 for before, after in pairwise(starts))
    assert all(before.title != after.title for before, after in pairwise(found))
    assert {one.title for one in found} <= {"One", "Two", "Three"}
    for gap in timing.gaps(placed):
        assert 0 < gap.at <= length
    moments = [timing.position(placed, at(seconds)) for seconds in range(-100, 20_000, 500)]
    assert all(0 <= one <= length + 1e-6 for one in moments)
