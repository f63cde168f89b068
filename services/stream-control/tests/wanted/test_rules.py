"""The commands that bring a player to what is wanted, tried on a small model of MPD."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stream_control.engine.state import Playback, PlayerState, QueuedSong
from stream_control.wanted.rules import MODES, Command, Wanted, cuts_current, hold, queue_changes, start

PATHS = tuple(f"/copies/{letter}.flac" for letter in "abcdef")
GOOD_MODES = dict(MODES["fallback"])
paths = st.frozensets(st.sampled_from(PATHS))


def player(
    queue: tuple[str, ...] = (), playback: Playback = "stop", current: int | None = None, *, output: bool = True
) -> PlayerState:
    """A player with these songs, numbered from 1."""
    songs = tuple(QueuedSong(number, path) for number, path in enumerate(queue, start=1))
    return PlayerState(playback, GOOD_MODES, output, songs, songs[current] if current is not None else None)


@st.composite
def players(draw: st.DrawFn) -> PlayerState:
    queue = draw(st.lists(st.sampled_from(PATHS), max_size=8))
    playback: Playback = draw(st.sampled_from(["play", "pause", "stop"])) if queue else "stop"
    current = None if playback == "stop" else draw(st.integers(0, len(queue) - 1))
    modes = {name: draw(st.booleans()) for name in GOOD_MODES}
    return replace(player(tuple(queue), playback, current, output=draw(st.booleans())), modes=modes)


@st.composite
def wishes(draw: st.DrawFn) -> Wanted:
    songs = draw(st.none() | paths)
    return Wanted(draw(st.sampled_from([MODES["user"], MODES["fallback"]])), songs, cut=draw(paths))


def obey(state: PlayerState, commands: list[Command]) -> PlayerState:
    """What MPD does with these commands."""
    for name, *arguments in commands:
        state = _obey(state, name, arguments)
    return state


def _obey(state: PlayerState, name: str, arguments: list[Any]) -> PlayerState:
    match name, *arguments:
        case "addid", uri:
            number = max((song.song_id for song in state.queue), default=0) + 1
            state = replace(state, queue=(*state.queue, QueuedSong(number, uri.removeprefix("file://"))))
        case "deleteid", number:
            state = _delete(state, number)
        case (("enableoutput" | "disableoutput"), 0):
            state = replace(state, output_enabled=name == "enableoutput")
        case "pause", flag:
            state = replace(state, playback="pause" if flag else "play")
        case ("play",):
            state = replace(state, playback="play", current=state.queue[0])
        case (("random" | "repeat" | "consume" | "single"), value):
            state = replace(state, modes={**state.modes, name: bool(value)})
        case _:
            raise AssertionError(f"MPD knows no {name} {arguments}")
    return state


def _delete(state: PlayerState, number: int) -> PlayerState:
    kept = tuple(song for song in state.queue if song.song_id != number)
    assert len(kept) == len(state.queue) - 1, "deleted what is not there"
    if state.current and state.current.song_id == number:
        return replace(
            state, queue=kept, current=kept[0] if kept else None, playback=state.playback if kept else "stop"
        )
    return replace(state, queue=kept)


@given(wishes(), players())
def test_one_round_is_enough(wanted: Wanted, state: PlayerState) -> None:
    assert queue_changes(wanted, obey(state, queue_changes(wanted, state))) == []


@given(wishes(), players())
def test_the_queue_holds_what_is_wanted_and_at_most_the_song_that_plays_besides(
    wanted: Wanted, state: PlayerState
) -> None:
    after = obey(state, queue_changes(wanted, state))
    assert after.modes == wanted.modes
    if wanted.songs is None:
        assert after.queue == state.queue
        return
    held = {song.path for song in after.queue}
    assert wanted.songs <= held
    assert held - wanted.songs <= {state.current.path if state.current else ""}


@given(wishes(), players())
def test_the_song_that_plays_is_cut_only_when_it_may_be(wanted: Wanted, state: PlayerState) -> None:
    after = obey(state, queue_changes(wanted, state))
    cut = state.current is not None and state.current not in after.queue
    assert cut == cuts_current(wanted, state)
    if cut:
        assert state.current
        assert state.current.path in wanted.cut


@given(paths, players())
def test_a_full_programme_never_passes_through_an_empty_queue(songs: frozenset[str], state: PlayerState) -> None:
    commands = queue_changes(Wanted(GOOD_MODES, songs, cut=frozenset(PATHS)), state)
    for number in range(len(commands) + 1):
        if state.queue and songs:
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


QUEUES: dict[str, tuple[Wanted, PlayerState, list[Command]]] = {
    "nothing to do": (Wanted(GOOD_MODES, frozenset({"/a"})), player(("/a",)), []),
    "a new song": (
        Wanted(GOOD_MODES, frozenset({"/b", "/a"})),
        player(("/a",), "play", 0),
        [("addid", "file:///b")],
    ),
    "a song leaves": (Wanted(GOOD_MODES, frozenset({"/a"})), player(("/a", "/b"), "play", 0), [("deleteid", 2)]),
    "the song that plays stays to its end": (
        Wanted(GOOD_MODES, frozenset({"/b"})),
        player(("/a", "/b"), "play", 0),
        [],
    ),
    "a starter gives way at once": (
        Wanted(GOOD_MODES, frozenset({"/b"}), cut=frozenset({"/a"})),
        player(("/a",), "play", 0),
        [("addid", "file:///b"), ("deleteid", 1)],
    ),
    "a wanted starter plays on": (
        Wanted(GOOD_MODES, frozenset({"/a"}), cut=frozenset({"/a"})),
        player(("/a",), "play", 0),
        [],
    ),
    "requests are left alone": (Wanted(GOOD_MODES, None), player(("/x",)), []),
    "modes come first": (
        Wanted(MODES["user"], frozenset({"/a"})),
        player(("/a",)),
        [("consume", 1), ("random", 0), ("repeat", 0)],
    ),
}


@pytest.mark.parametrize("case", QUEUES)
def test_the_queue_is_changed_by_what_differs(case: str) -> None:
    wanted, state, expected = QUEUES[case]
    assert queue_changes(wanted, state) == expected


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
    assert MODES["fallback"] == {"random": True, "repeat": True, "consume": False, "single": False}
    assert MODES["user"] == {"random": False, "repeat": False, "consume": True, "single": False}
