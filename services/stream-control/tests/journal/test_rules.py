"""What aired, told from what the journal saw."""

import pytest
from kit.contracts.air import EndReason
from rig.journals import boot, lengths, lost, noted, pulse, resumed, run, run_from, tier, track
from stream_control.journal.lines import Line
from stream_control.journal.rules import AirState, Changed, Ended, Outcome, Started, heard_until

HUNDRED = {"a": 100.0, "b": 100.0}
ON = tier(1, "fallback")


def endings(lines: list[Line], known: dict[str, float] | None = None) -> list[tuple[str, EndReason]]:
    """Items that ended, and why."""
    open_items: dict[str, str] = {}
    found: list[tuple[str, EndReason]] = []
    for outcome in run(lines, HUNDRED if known is None else known):
        if isinstance(outcome, Started):
            open_items[outcome.tier] = outcome.item
        elif isinstance(outcome, Ended):
            found.append((open_items[outcome.tier], outcome.reason))
    return found


ENDINGS: dict[str, tuple[list[Line], list[tuple[str, EndReason]]]] = {
    "whole, then the next": ([track(10, "fallback", "a"), track(110, "fallback", "b")], [("a", "finished")]),
    "title a moment early": ([track(10, "fallback", "a"), track(108.5, "fallback", "b")], [("a", "finished")]),
    "whole, then the queue's end": ([track(10, "user", "a"), lost(110, "user")], [("a", "finished")]),
    "cut by the next": ([track(10, "fallback", "a"), track(40, "fallback", "b")], [("a", "replaced")]),
    "the same again": ([track(10, "fallback", "a"), track(110, "fallback", "a")], [("a", "finished")]),
    "skipped": (
        [track(10, "fallback", "a"), noted(39, "fallback", "skipped"), track(40, "fallback", "b")],
        [("a", "skipped")],
    ),
    "skipped at its very end": (
        [track(10, "fallback", "a"), noted(109, "fallback", "skipped"), track(110, "fallback", "b")],
        [("a", "skipped")],
    ),
    "skipped into the queue's end": (
        [track(10, "user", "a"), noted(39, "user", "skipped"), lost(40, "user")],
        [("a", "skipped")],
    ),
    "replaced by word": (
        [track(10, "fallback", "a"), noted(39, "fallback", "replaced"), track(40, "fallback", "b")],
        [("a", "replaced")],
    ),
    "a note is for one track alone": (
        [
            track(10, "fallback", "a"),
            noted(39, "fallback", "skipped"),
            track(40, "fallback", "b"),
            track(140, "fallback", "a"),
        ],
        [("a", "skipped"), ("b", "finished")],
    ),
    "a note for another tier": (
        [track(10, "fallback", "a"), noted(39, "user", "skipped"), track(40, "fallback", "b")],
        [("a", "replaced")],
    ),
    "paused and resumed": (
        [
            track(10, "fallback", "a"),
            noted(49, "fallback", "paused"),
            lost(50, "fallback"),
            resumed(80, "fallback"),
            track(81, "fallback", "a"),
            track(140, "fallback", "b"),
        ],
        [("a", "paused"), ("a", "finished")],
    ),
    "resumed without saying its title again": (
        [
            track(10, "fallback", "a"),
            noted(49, "fallback", "paused"),
            lost(50, "fallback"),
            resumed(80, "fallback"),
            track(140, "fallback", "b"),
        ],
        [("a", "paused"), ("a", "finished")],
    ),
    "interrupted and resumed": (
        [track(10, "fallback", "a"), lost(50, "fallback"), track(51, "fallback", "a"), track(111, "fallback", "b")],
        [("a", "interrupted"), ("a", "finished")],
    ),
    "interrupted, and another came": (
        [track(10, "fallback", "a"), lost(50, "fallback"), track(51, "fallback", "b"), track(61, "fallback", "a")],
        [("a", "interrupted"), ("b", "replaced")],
    ),
    "the engine restarted": (
        [track(10, "fallback", "a"), pulse(30), boot(40), track(41, "fallback", "a"), track(111, "fallback", "b")],
        [("a", "engine_restarted"), ("a", "finished")],
    ),
    "the engine was away longer than the track": (
        [track(10, "fallback", "a"), pulse(30), boot(500), track(501, "fallback", "a"), track(550, "fallback", "b")],
        [("a", "engine_restarted"), ("a", "replaced")],
    ),
    "the only song goes round": (
        [track(10, "fallback", "a"), pulse(60), pulse(113), pulse(160), pulse(213), lost(230, "fallback")],
        [("a", "finished"), ("a", "finished"), ("a", "interrupted")],
    ),
    "the only song goes round after it was interrupted": (
        [
            track(10, "fallback", "a"),
            lost(60, "fallback"),
            track(62, "fallback", "a"),
            pulse(121),
            lost(150, "fallback"),
        ],
        [("a", "interrupted"), ("a", "finished"), ("a", "interrupted")],
    ),
    "metadata a moment late": (
        [track(10, "fallback", "a"), pulse(111), track(112, "fallback", "b")],
        [("a", "finished")],
    ),
    "lost and nothing played": ([lost(10, "fallback")], []),
    "resumed and nothing was paused": ([resumed(10, "fallback")], []),
    "resumed while it plays": (
        [track(10, "fallback", "a"), resumed(20, "fallback"), track(110, "fallback", "b")],
        [("a", "finished")],
    ),
}


@pytest.mark.parametrize("case", ENDINGS)
def test_a_track_ends_with_its_reason(case: str) -> None:
    lines, expected = ENDINGS[case]
    assert endings([ON, *lines]) == expected


def test_an_item_of_unknown_length_that_gave_way_to_the_next_was_whole() -> None:
    assert endings([ON, track(10, "user", "?"), track(40, "user", "a")], {}) == [("?", "finished")]


def test_an_item_of_unknown_length_that_was_lost_was_interrupted() -> None:
    assert endings([ON, track(10, "user", "?"), lost(40, "user")], {}) == [("?", "interrupted")]


def test_noise_airs_exactly_while_it_is_heard() -> None:
    outcomes = run([tier(1, "noise"), tier(11, "fallback", "noise")])
    assert outcomes == [
        Changed("noise", None, 1),
        Started("noise", "", 1),
        Changed("fallback", "noise", 11),
        Ended("noise", 11, "recovered", 10),
    ]


def test_noise_after_noise_is_two_airings() -> None:
    outcomes = run([tier(1, "noise"), tier(11, "noise"), tier(21, "user")])
    assert [one.reason for one in outcomes if isinstance(one, Ended)] == ["recovered", "recovered"]


def test_what_an_engine_restart_cut_off_ended_with_the_last_sign_of_life() -> None:
    outcomes = run([boot(1), tier(2, "user"), track(10, "user", "a"), pulse(30), boot(500)], HUNDRED)
    assert outcomes[-1] == Ended("user", 30, "engine_restarted", 20)


def test_after_a_restart_no_tier_is_on_air_until_one_is_entered() -> None:
    state, _ = run_from(AirState(), [tier(2, "user"), boot(500)], lengths({}))
    assert (state.tier, state.airings) == (None, {})


HEARD: dict[str, tuple[list[Line], float]] = {
    "on air throughout": ([tier(1, "fallback"), track(10, "fallback", "a"), track(110, "fallback", "b")], 100),
    "never on air": ([tier(1, "live"), track(10, "fallback", "a"), track(110, "fallback", "b")], 0),
    "before any tier is known": ([track(10, "fallback", "a"), track(110, "fallback", "b")], 0),
    "a show in its middle": (
        [
            tier(1, "fallback"),
            track(10, "fallback", "a"),
            tier(30, "live", "fallback"),
            tier(50, "fallback", "live"),
            track(110, "fallback", "b"),
        ],
        80,
    ),
    "on air from its middle": (
        [tier(1, "live"), track(10, "fallback", "a"), tier(60, "fallback", "live"), track(110, "fallback", "b")],
        50,
    ),
    "off air from its middle to its end": (
        [tier(1, "fallback"), track(10, "fallback", "a"), tier(60, "user", "fallback"), track(110, "fallback", "b")],
        50,
    ),
    "another tier's changes": (
        [
            tier(1, "live"),
            track(10, "fallback", "a"),
            tier(20, "user", "live"),
            tier(30, "live", "user"),
            track(110, "fallback", "b"),
        ],
        0,
    ),
    "its tier entered twice": (
        [tier(1, "fallback"), track(10, "fallback", "a"), tier(60, "fallback"), track(110, "fallback", "b")],
        100,
    ),
}


@pytest.mark.parametrize("case", HEARD)
def test_seconds_are_heard_while_the_tier_is_on_air(case: str) -> None:
    lines, expected = HEARD[case]
    ended = next(one for one in run(lines, HUNDRED) if isinstance(one, Ended))
    assert ended.heard_seconds == pytest.approx(expected)


def test_what_is_heard_is_known_before_the_end() -> None:
    state, _ = run_from(AirState(), [tier(1, "user"), track(10, "user", "a"), tier(30, "live")], lengths({}))
    assert heard_until(state.airings["user"], 100) == 20


def test_two_tiers_air_side_by_side() -> None:
    lines = [tier(1, "user"), track(19, "fallback", "a"), track(20, "user", "b"), lost(120, "user")]
    outcomes: list[Outcome] = run(lines, HUNDRED)
    assert outcomes[1:] == [
        Started("fallback", "a", 19),
        Started("user", "b", 20),
        Ended("user", 120, "finished", 100),
    ]


def test_a_song_that_goes_round_is_heard_once_for_each_round() -> None:
    lines = [tier(1, "fallback"), track(10, "fallback", "a"), pulse(113), tier(150, "user"), pulse(213)]
    outcomes = run(lines, HUNDRED)
    assert outcomes[1:] == [
        Started("fallback", "a", 10),
        Ended("fallback", 110, "finished", 100),
        Started("fallback", "a", 110),
        Changed("user", "fallback", 150),
        Ended("fallback", 210, "finished", 40),
        Started("fallback", "a", 210),
    ]


def test_after_a_long_silence_of_the_journal_a_round_is_not_made_up() -> None:
    outcomes = run([tier(1, "fallback"), track(10, "fallback", "a"), pulse(1000)], HUNDRED)
    assert outcomes[1:] == [
        Started("fallback", "a", 10),
        Ended("fallback", 110, "finished", 100),
        Started("fallback", "a", 1000),
    ]
