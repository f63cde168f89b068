"""Clocks as people write them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_generator.planning.clocks import KINDS, Anchor
from log_generator.planning.mending import mend
from log_generator.planning.reading import read
from planned import EXAMPLE

SCALARS = st.none() | st.booleans() | st.integers(-10, 100_000) | st.floats() | st.text(max_size=4)
VALUES = SCALARS | st.lists(SCALARS, max_size=3)
NAMES = ["type", "title", "count", "fill", "seconds", "fallback", "anchor", "part", "category", "genres", "tempo", "id"]
ROWS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)
ANCHORS = st.fixed_dictionaries({"kind": VALUES, "at": VALUES}, optional={"grace": VALUES})


def told(element: dict[str, Any]) -> str:
    return "\n".join(map(str, read({"hour": "06:00", "elements": [{"type": "LIN"}, element]})[1]))


def test_the_example_of_the_specification_is_read_as_it_is() -> None:
    clock, problems = read(EXAMPLE)
    assert problems == ()
    assert clock.name == "06:00"
    assert [element.kind for element in clock.elements] == ["LIN", "BED", "INT", "ADV", "MUS"]
    assert clock.elements[0].title == "Top-of-Hour ID"
    assert clock.elements[3].fallback == ("PSA",)
    assert clock.elements[4].count == 3


def test_everything_that_a_clock_can_say_is_read() -> None:
    music = {
        "type": "mus", "fill": "TIME", "seconds": 600, "category": "GOLD", "genres": ["rock"], "moods": "calm",
        "tags": ["summer"], "tempo": [2, 4], "energy": [1, 5], "years": [1980, 1989],
    }  # fmt: skip
    anchored = {"type": "NEWS", "anchor": {"kind": "hard", "at": "29:30", "grace": 5}}
    back = {"type": "LIN", "anchor": {"kind": "back_timed", "at": 3600}}
    avail = {"type": "ADV", "seconds": 120, "fallback": ["PSA", "PRO"]}
    feature = {"type": "INT", "title": "Talk", "part": 2}
    clock, problems = read({"name": "all", "elements": [music, anchored, avail, feature, back]})
    assert problems == ()
    first = clock.elements[0]
    assert (first.fill, first.length_ms, first.wanted.years) == ("TIME", 600_000, (1980, 1989))
    assert clock.elements[1].anchor == Anchor("hard", 1_770_000, 5_000)
    assert (clock.elements[2].count, clock.elements[2].fallback) == (0, ("PSA", "PRO"))
    assert clock.elements[3].part == 2
    assert clock.elements[4].anchor == Anchor("back_timed", 3_600_000)


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ({"type": "SONG"}, "element 2 (SONG): “SONG” is no type of element"),
        ({"type": "INT", "seconds": -5}, "element 2 (INT): -0.0833333 minutes cannot be its length"),
        ({"type": "INT", "title": "Talk", "seconds": 1e8}, "element 2 (INT “Talk”): 1.66667e+06 minutes cannot be"),
        ({"type": "MUS", "count": 0}, "element 2 (MUS): a count of 0 is not from 1 to 60"),
        ({"type": "MUS", "count": "three"}, "element 2: “count” is not a number"),
        ({"type": "ADV", "fallback": ["PSA", "PRO", "ADV"]}, "its fallback goes in a circle: ADV → PSA → PRO → ADV"),
        ({"type": "ADV", "fallback": "ADV"}, "its fallback goes in a circle: ADV → ADV"),
        ({"type": "ADV", "fallback": "SPOT"}, "it falls back on “SPOT”, which is no type of element"),
        ({"type": "LIN", "fill": "TO_END"}, "only music fills an hour to its end"),
        ({"type": "MUS", "fill": "TIME"}, "it fills a time but has no length"),
        ({"type": "MUS", "fill": "SOME"}, "“SOME” is no way to fill"),
        ({"type": "MUS", "tempo": [5, 1]}, "tempo from 5 to 1 is nothing"),
        ({"type": "MUS", "tempo": [5]}, "element 2: “tempo” is not [from, to]"),
        ({"type": "LIN", "anchor": {"kind": "hard", "at": "75:00"}}, "75 minutes is not in the hour"),
        ({"type": "LIN", "anchor": {"kind": "hard", "at": "soon"}}, "“soon” is no time in the hour"),
        ({"type": "LIN", "anchor": {"kind": "rigid", "at": 5}}, "“rigid” is no kind of anchor"),
        ({"type": "INT", "part": 0}, "parts count from 1"),
        ({"type": "LIN", "colour": "red"}, "element 2: “colour” means nothing here"),
    ],
)
def test_a_mistake_is_told_with_the_element_it_is_in(element: dict[str, Any], said: str) -> None:
    assert said in told(element)


def test_anchors_that_go_back_in_time_and_ids_that_come_twice_are_put_right() -> None:
    late = {"type": "LIN", "id": "a", "anchor": {"kind": "hard", "at": 1200}}
    early = {"type": "LIN", "id": "a", "anchor": {"kind": "hard", "at": 600}}
    clock, problems = read({"elements": [late, early]})
    assert clock.elements[1].anchor is None
    assert len({element.id for element in clock.elements}) == 2
    assert len(problems) == 2


@given(
    data=st.fixed_dictionaries({"elements": st.lists(ROWS | VALUES, max_size=5)}) | VALUES, anchors=st.lists(ANCHORS)
)
def test_whatever_is_written_becomes_a_clock_without_mistakes(data: Any, anchors: list[Any]) -> None:
    if isinstance(data, dict):
        data["elements"] += [{"type": "LIN", "anchor": anchor} for anchor in anchors]
    clock, _ = read(data)
    assert all(element.kind in KINDS for element in clock.elements)
    assert mend(clock) == (clock, ())
