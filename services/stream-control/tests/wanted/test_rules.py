"""The commands that bring the programme's player to what is wanted, tried on a small model of MPD."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rig.model import obey, player
from stream_control.engine.state import Playback, PlayerState
from stream_control.wanted.rules import (
    USER_MODES,
    Command,
    Programme,
    cuts_current,
    hold,
    programme_changes,
    programme_modes,
    start,
)

PATHS = tuple(f"/copies/{letter}.flac" for letter in "abcdef")
RANDOM, LISTED = programme_modes(random=True), programme_modes(random=False)


@st.composite
def players(draw: st.DrawFn) -> PlayerState:
    queue = draw(st.lists(st.sampled_from(PATHS), max_size=8))
    playback: Playback = draw(st.sampled_from(["play", "pause", "stop"])) if queue else "stop"
    current = None if playback == "stop" else draw(st.integers(0, len(queue) - 1))
    modes = {name: draw(st.booleans()) for name in RANDOM}
    return player(queue, playback, current, output=draw(st.booleans()), modes=modes)


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    songs = draw(st.lists(st.sampled_from(PATHS), unique=True))
    return Programme(tuple(songs), random=draw(st.booleans()), cut=draw(st.frozensets(st.sampled_from(PATHS))))


@given(programmes(), players())
def test_one_round_is_enough(programme: Programme, state: PlayerState) -> None:
    assert programme_changes(programme, obey(state, programme_changes(programme, state))) == []


@given(programmes(), players())
def test_the_queue_holds_what_is_wanted_once_and_at_most_the_song_that_plays_besides(
    programme: Programme, state: PlayerState
) -> None:
    after = obey(state, programme_changes(programme, state))
    assert after.modes == programme_modes(random=programme.random)
    held = [song.path for song in after.queue]
    assert len(set(held)) == len(held)
    assert set(programme.songs) <= set(held)
    assert set(held) - set(programme.songs) <= {state.current.path if state.current else ""}


@given(programmes(), players())
def test_a_listed_programme_stands_in_its_order(programme: Programme, state: PlayerState) -> None:
    after = obey(state, programme_changes(replace(programme, random=False), state))
    assert [song.path for song in after.queue if song.path in programme.songs] == list(programme.songs)


@given(programmes(), players())
def test_the_song_that_plays_is_cut_only_when_it_may_be(programme: Programme, state: PlayerState) -> None:
    after = obey(state, programme_changes(programme, state))
    cut = state.current is not None and state.current not in after.queue
    assert cut == cuts_current(programme, state)
    if cut:
        assert state.current
        assert state.current.path in programme.cut
    else:
        assert after.current == state.current


@given(programmes(), players())
def test_a_full_programme_never_passes_through_an_empty_queue(programme: Programme, state: PlayerState) -> None:
    commands = programme_changes(programme, state)
    for number in range(len(commands) + 1):
        if state.queue and programme.songs:
            assert obey(state, commands[:number]).queue


@given(players())
def test_a_started_player_plays_and_needs_no_more(state: PlayerState) -> None:
    after = obey(state, start(state))
    assert after.output_enabled
    assert (after.playback == "play") == bool(state.queue)
    assert start(after) == []


@given(players())
def test_a_held_player_is_silent_keeps_its_place_and_needs_no_more(state: PlayerState) -> None:
    after = obey(state, hold(state))
    assert not after.output_enabled
    assert after.playback != "play"
    assert (after.current, after.queue) == (state.current, state.queue)
    assert hold(after) == []


QUEUES: dict[str, tuple[Programme, PlayerState, list[Command]]] = {
    "nothing to do": (Programme(("/a",), random=True), player(("/a",), modes=RANDOM), []),
    "a new song": (
        Programme(("/b", "/a"), random=True),
        player(("/a",), "play", 0, modes=RANDOM),
        [("addid", "file:///b", 1)],
    ),
    "a song leaves": (
        Programme(("/a",), random=True),
        player(("/a", "/b"), "play", 0, modes=RANDOM),
        [("deleteid", 2)],
    ),
    "the song that plays stays to its end": (
        Programme(("/b",), random=True),
        player(("/a", "/b"), "play", 0, modes=RANDOM),
        [],
    ),
    "the same in a listed programme": (
        Programme(("/b", "/c"), random=False),
        player(("/b", "/a", "/c"), "play", 1, modes=LISTED),
        [],
    ),
    "a starter gives way at once": (
        Programme(("/b",), random=True, cut=frozenset({"/a"})),
        player(("/a",), "play", 0, modes=RANDOM),
        [("addid", "file:///b", 0), ("deleteid", 1)],
    ),
    "a wanted starter plays on": (
        Programme(("/a",), random=True, cut=frozenset({"/a"})),
        player(("/a",), "play", 0, modes=RANDOM),
        [],
    ),
    "a random order is the player's": (
        Programme(("/c", "/b", "/a"), random=True),
        player(("/a", "/b", "/c"), modes=RANDOM),
        [],
    ),
    "a listed order is made the player's": (
        Programme(("/c", "/a", "/b"), random=False),
        player(("/a", "/b", "/c"), "play", 0, modes=LISTED),
        [("moveid", 3, 0)],
    ),
    "a song is put where it belongs": (
        Programme(("/a", "/x", "/b"), random=False),
        player(("/a", "/b"), "play", 0, modes=LISTED),
        [("addid", "file:///x", 1)],
    ),
    "modes come first": (
        Programme(("/a",), random=False),
        player((), modes=RANDOM),
        [("random", 0), ("addid", "file:///a", 0)],
    ),
}


@pytest.mark.parametrize("case", QUEUES)
def test_the_queue_is_changed_by_what_differs(case: str) -> None:
    programme, state, expected = QUEUES[case]
    assert programme_changes(programme, state) == expected


STARTS: list[tuple[PlayerState, list[Command]]] = [
    (player(("/a",), "play", 0), []),
    (player(("/a",), "stop"), [("play",)]),
    (player(("/a",), "pause", 0), [("pause", 0)]),
    (player((), "stop"), []),
    (player(("/a",), "pause", 0, output=False), [("enableoutput", 0), ("pause", 0)]),
    (player(("/a",), "play", 0, output=False), [("enableoutput", 0)]),
]
HOLDS: list[tuple[PlayerState, list[Command]]] = [
    (player(("/a",), "play", 0), [("pause", 1), ("disableoutput", 0)]),
    (player(("/a",), "pause", 0), [("disableoutput", 0)]),
    (player(("/a",), "stop"), [("disableoutput", 0)]),
    (player(("/a",), "pause", 0, output=False), []),
    (player(("/a",), "play", 0, output=False), [("pause", 1)]),
]


@pytest.mark.parametrize(("state", "commands"), STARTS)
def test_a_player_is_started(state: PlayerState, commands: list[Command]) -> None:
    assert start(state) == commands


@pytest.mark.parametrize(("state", "commands"), HOLDS)
def test_a_player_is_held(state: PlayerState, commands: list[Command]) -> None:
    assert hold(state) == commands


def test_the_programme_goes_round_for_ever_and_a_request_plays_once() -> None:
    assert RANDOM == {"random": True, "repeat": True, "consume": False, "single": False}
    assert USER_MODES == {"random": False, "repeat": False, "consume": True, "single": False}
