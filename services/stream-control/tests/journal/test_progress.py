"""What became of each request by the journal's word."""

import pytest
from rig.journals import boot, lengths, lost, noted, pulse, resumed, tier, track
from stream_control.journal.lines import Line
from stream_control.journal.progress import LeftOff, Progress, advance
from stream_control.journal.rules import AirState, fold

LENGTHS = lengths({"a": 100.0, "b": 50.0})
HEARD = tier(1, "user")


def progress(*lines: Line) -> Progress:
    state, told = AirState(), Progress()
    for line in lines:
        before = state
        state, outcomes = fold(state, line, LENGTHS)
        told = advance(told, before, state, outcomes)
    return told


def test_nothing_has_begun_at_first() -> None:
    assert progress(HEARD) == Progress()


def test_a_song_plays_from_its_title_on() -> None:
    told = progress(HEARD, track(10, "user", "a"))
    assert told == Progress(playing="a", starts=1, began=frozenset({"a"}))


@pytest.mark.parametrize(
    "ending",
    [
        (track(110, "user", "b"),),
        (lost(110, "user"),),
        (noted(20, "user", "skipped"), lost(20, "user")),
        (track(20, "user", "b"),),
        (noted(20, "user", "replaced"), track(20, "user", "b")),
    ],
)
def test_a_song_that_was_heard_out_skipped_or_replaced_is_over(ending: tuple[Line, ...]) -> None:
    told = progress(HEARD, track(10, "user", "a"), *ending)
    assert told.over == {"a"}
    assert told.left_off == {}


LEFT: dict[str, tuple[tuple[Line, ...], LeftOff]] = {
    "the player died": ((lost(40, "user"),), LeftOff(30, True, "interrupted")),
    "it was paused": ((noted(40, "user", "paused"), lost(40.5, "user")), LeftOff(30.5, True, "paused")),
    "the engine died and nobody knows how long it was away": (
        (pulse(40), boot(90)),
        LeftOff(30, True, "engine_restarted"),
    ),
}


@pytest.mark.parametrize("case", LEFT)
def test_a_song_that_was_interrupted_is_known_with_its_place(case: str) -> None:
    lines, left = LEFT[case]
    told = progress(HEARD, track(10, "user", "a"), *lines)
    assert told == Progress(starts=1, began=frozenset({"a"}), left_off={"a": left})


def test_what_nobody_heard_is_left_off_where_it_began() -> None:
    told = progress(tier(1, "live"), track(10, "user", "a"), noted(12, "user", "paused"), lost(12, "user"))
    assert told.left_off == {"a": LeftOff(0, False, "paused")}


def test_a_song_that_goes_on_is_left_off_no_more_and_its_place_adds_up() -> None:
    lines = [HEARD, track(10, "user", "a"), lost(40, "user"), track(50, "user", "a")]
    told = progress(*lines)
    assert (told.playing, told.left_off, told.starts) == ("a", {}, 2)
    assert progress(*lines, lost(60, "user")).left_off["a"].position == 40


def test_two_songs_may_be_left_off() -> None:
    told = progress(HEARD, track(10, "user", "a"), lost(40, "user"), track(41, "user", "b"), lost(51, "user"))
    assert {item: left.position for item, left in told.left_off.items()} == {"a": 30, "b": 10}


def test_what_is_over_is_never_left_off_again() -> None:
    told = progress(HEARD, track(10, "user", "a"), track(110, "user", "b"), track(120, "user", "a"), lost(125, "user"))
    assert told.over == {"a", "b"}
    assert told.left_off == {}


def test_the_programme_is_none_of_its_business() -> None:
    lines = (tier(1, "fallback"), track(2, "fallback", "a"), lost(9, "fallback"), resumed(10, "fallback"))
    assert progress(*lines) == Progress()
