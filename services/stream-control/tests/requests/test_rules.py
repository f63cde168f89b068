"""What the requests' player should hold and begin, case by case."""

import pytest
from rig.model import obey, player
from stream_control.engine.state import PlayerState
from stream_control.journal.progress import LeftOff, Progress
from stream_control.requests.rules import (
    EARLIER,
    Beginning,
    Request,
    Trials,
    beginning,
    fail,
    judge,
    queue_changes,
    upcoming,
)
from stream_control.wanted.rules import Command

A, B, C, LEAD_IN = (f"/media/{name}.flac" for name in ("a", "b", "c", "lead-in"))
NOTHING = Progress()
A_PLAYS = Progress(playing="a", starts=1, began=frozenset({"a"}))
A_IS_OVER = Progress(starts=1, began=frozenset({"a"}), over=frozenset({"a"}))
A_LEFT = Progress(
    starts=1, began=frozenset({"a"}), left_off={"a": LeftOff(position=30, heard=True, reason="interrupted")}
)
A_UNHEARD = Progress(starts=1, began=frozenset({"a"}), left_off={"a": LeftOff(0, heard=False, reason="paused")})


def requests(*paths: str, seconds: float = 100) -> list[Request]:
    return [Request(path, seconds) for path in paths]


UPCOMING: dict[str, tuple[list[str], Progress, list[str]]] = {
    "what never began": ([A, B], NOTHING, [A, B]),
    "what plays is not to come": ([A, B], A_PLAYS, [B]),
    "what is over is not to come": ([A, B], A_IS_OVER, [B]),
    "what was interrupted comes first": ([B, A], A_LEFT, [A, B]),
    "what is not wanted does not come": ([B], A_LEFT, [B]),
}


@pytest.mark.parametrize("case", UPCOMING)
def test_what_may_still_be_played_comes_in_order(case: str) -> None:
    wanted, progress, expected = UPCOMING[case]
    assert [one.path for one in upcoming(requests(*wanted), progress, frozenset())] == expected


def test_what_was_given_up_does_not_come() -> None:
    assert upcoming(requests(A, B), NOTHING, {"a"}) == requests(B)


@pytest.mark.parametrize(("reason", "comes"), [("interrupted", False), ("paused", True), ("engine_restarted", True)])
def test_a_song_whose_player_was_lost_at_its_very_end_is_over(reason: str, comes: bool) -> None:
    left = LeftOff(99, heard=True, reason="interrupted")
    left = {"interrupted": left, "paused": LeftOff(99, True, "paused")}.get(
        reason, LeftOff(99, True, "engine_restarted")
    )
    progress = Progress(began=frozenset({"a"}), left_off={"a": left})
    assert bool(upcoming(requests(A), progress, frozenset())) == comes


QUEUES: dict[str, tuple[list[str], PlayerState, Progress, list[Command]]] = {
    "an empty player is filled": (
        [A, B],
        player(),
        NOTHING,
        [("addid", f"file://{A}", 0), ("addid", f"file://{B}", 1)],
    ),
    "nothing to do": ([B], player((A, B), "play", 0), A_PLAYS, []),
    "one more": ([B, C], player((A, B), "play", 0), A_PLAYS, [("addid", f"file://{C}", 2)]),
    "one in between": ([C, B], player((A, B), "play", 0), A_PLAYS, [("addid", f"file://{C}", 1)]),
    "another order": ([C, B], player((A, B, C), "play", 0), A_PLAYS, [("moveid", 3, 1)]),
    "one was taken out": ([C], player((A, B, C), "play", 0), A_PLAYS, [("deleteid", 2)]),
    "all were taken out": ([], player((A, B), "play", 0), A_PLAYS, [("deleteid", 2)]),
    "the player has gone on before the journal": ([C], player((B, C), "play", 0), A_PLAYS, []),
    "it had not when it was asked": ([C], player((A, B, C), "play", 0), Progress("b", 2, frozenset("ab")), []),
    "a lead-in plays": ([A], player((LEAD_IN, A), "play", 0), NOTHING, []),
    "a lead-in was left behind": ([A], player((LEAD_IN, A), "pause", 0), NOTHING, [("deleteid", 1)]),
    "what was paused at its end has ended": ([B], player((A, B), "pause", 0), A_IS_OVER, [("deleteid", 1)]),
    "what was paused stays": ([A, B], player((A, B), "pause", 0), A_LEFT, []),
    "a song stands there twice": ([B], player((A, B, B), "play", 0), A_PLAYS, [("deleteid", 3)]),
    "a player that died is filled with what it lost": (
        [A, B],
        player(),
        A_LEFT,
        [("addid", f"file://{A}", 0), ("addid", f"file://{B}", 1)],
    ),
}


@pytest.mark.parametrize("case", QUEUES)
def test_the_queue_is_changed_by_what_differs(case: str) -> None:
    coming, state, progress, expected = QUEUES[case]
    commands = queue_changes(requests(*coming), state, progress)
    assert commands == expected
    assert queue_changes(requests(*coming), obey(state, commands), progress) == []


BEGINNINGS: dict[str, tuple[list[str], PlayerState, Progress, Beginning | None]] = {
    "nothing to play": ([], player(), NOTHING, None),
    "the first song": ([A, B], player((A, B)), NOTHING, Beginning(A, 0)),
    "one plays": ([B], player((A, B), "play", 0), A_PLAYS, None),
    "one plays that the journal does not know yet": ([A], player((A,), "play", 0), NOTHING, None),
    "the lead-in of a process that died": ([A], player((LEAD_IN, A), "play", 0), NOTHING, Beginning(A, 0)),
    "where the player left it": ([A], player((A,), "pause", 0, elapsed=42), A_LEFT, Beginning(A, 42 - EARLIER)),
    "where the journal left it": ([A], player((A,)), A_LEFT, Beginning(A, 30 - EARLIER)),
    "never before its beginning": ([A], player((A,), "pause", 0, elapsed=0.3), A_LEFT, Beginning(A, 0)),
    "played, but nobody heard it": ([A], player((A,), "pause", 0, elapsed=2), A_UNHEARD, Beginning(A, 0)),
    "played on while the engine was away": ([A], player((A,), "pause", 0, elapsed=2), NOTHING, Beginning(A, 0)),
    "paused at its end": ([B], player((A, B), "pause", 0, elapsed=99), A_IS_OVER, Beginning(B, 0)),
}


@pytest.mark.parametrize("case", BEGINNINGS)
def test_a_player_at_rest_begins(case: str) -> None:
    coming, state, progress, expected = BEGINNINGS[case]
    assert beginning(requests(*coming), state, progress) == expected


def test_a_song_that_the_player_dropped_unbegun_has_failed() -> None:
    trials = judge(Trials(), requests(A, B), player((A, B), "play", 0), NOTHING)
    assert trials.held == {"a", "b"}
    trials = judge(trials, requests(A, B), player((A,), "play", 0), NOTHING)
    assert trials == Trials({"b": 1}, frozenset({"a"}))


def test_a_song_that_began_and_ended_has_not_failed() -> None:
    trials = judge(Trials(), requests(A, B), player((A, B), "play", 0), NOTHING)
    assert judge(trials, requests(A, B), player((B,), "play", 0), A_PLAYS).failed == {}


def test_a_song_that_was_taken_out_has_not_failed() -> None:
    trials = judge(Trials(), requests(A, B), player((A, B), "play", 0), NOTHING)
    trials = judge(trials, requests(A), player((A, B), "play", 0), NOTHING)
    assert judge(trials, requests(A), player((A,), "play", 0), NOTHING).failed == {}


def test_three_failures_are_enough_and_a_beginning_makes_them_good() -> None:
    trials = Trials()
    for expected in (set(), set(), {"a"}):
        trials = fail(trials, "a")
        assert trials.given_up == expected
    assert judge(trials, [], player(), A_PLAYS).given_up == set()
