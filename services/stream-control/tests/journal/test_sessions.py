"""Who was live and how long they were heard, by the journal's lines."""

from itertools import accumulate
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.contracts.air import TIERS
from kit.contracts.facts import LiveConnected, LiveEnded, LiveHeard, LiveTitle
from pydantic import TypeAdapter
from rig.journals import boot, lengths, live, pulse, run, run_from, tier, titled, track
from stream_control.journal.lines import Line, cleaned
from stream_control.journal.rules import AirState
from stream_control.journal.sessions import TELL_EVERY, LiveOutcome

ONE, OTHER = UUID(int=1), UUID(int=2)


def told(*lines: Line) -> list[LiveOutcome]:
    facts = (LiveConnected, LiveHeard, LiveTitle, LiveEnded)
    return [outcome for outcome in run(lines) if isinstance(outcome, facts)]


def ended(*lines: Line) -> list[tuple[UUID, str, float]]:
    facts = [fact for fact in told(*lines) if isinstance(fact, LiveEnded)]
    return [(fact.session_id, fact.reason, fact.heard_seconds) for fact in facts]


def test_a_session_is_heard_while_its_tier_is_on_air() -> None:
    show = [live(10, ONE), tier(11, "live", "fallback"), tier(15, "fallback", "live"), live(16, ONE, "disconnected")]
    assert ended(*show) == [(ONE, "disconnected", 4)]


def test_silence_in_the_middle_of_a_show_is_not_counted() -> None:
    lines = [live(10, ONE), tier(11, "live"), tier(14, "fallback"), tier(30, "live"), live(33, ONE, "cut")]
    assert ended(*lines) == [(ONE, "cut", 6)]


def test_a_session_that_was_never_heard_has_no_seconds() -> None:
    assert ended(live(10, ONE), tier(11, "fallback"), live(500, ONE, "disconnected")) == [(ONE, "disconnected", 0)]


def test_the_end_of_a_session_is_told_once_however_often_it_is_written() -> None:
    end = live(12, ONE, "disconnected")
    assert len(ended(live(10, ONE), live(10, ONE), end, end, live(13, ONE, "cut"))) == 1


def test_an_end_of_another_session_ends_nothing() -> None:
    assert ended(live(10, ONE), live(11, OTHER, "disconnected")) == []


def test_a_session_whose_end_nobody_wrote_is_lost_when_the_next_one_connects() -> None:
    assert ended(live(10, ONE), tier(10, "live"), live(14, OTHER)) == [(ONE, "lost", 4)]


def test_a_restart_of_the_engine_ends_a_session_where_it_was_last_alive() -> None:
    lines = [live(10, ONE), tier(11, "live"), pulse(18), boot(300), tier(301, "fallback"), tier(302, "live")]
    assert ended(*lines) == [(ONE, "engine_restarted", 7)]


def test_how_long_a_session_was_heard_is_told_while_it_is() -> None:
    lines = [live(0.5, ONE), tier(1, "live"), *(pulse(at) for at in range(5, 40, 5)), tier(40, "fallback"), pulse(90)]
    heard = [(fact.at.timestamp(), fact.heard_seconds) for fact in told(*lines) if isinstance(fact, LiveHeard)]
    assert heard == [(15, 14), (25, 24), (35, 34)]


def test_titles_are_told_when_they_change_and_only_of_who_is_live() -> None:
    lines = [titled(1, ONE, "early"), live(2, ONE), titled(3, OTHER, "foreign"), titled(4, ONE, "A", "B")]
    lines += [titled(5, ONE, "A", "B"), titled(6, ONE, "")]
    titles = [(fact.title, fact.artist) for fact in told(*lines) if isinstance(fact, LiveTitle)]
    assert titles == [("A", "B"), (None, None)]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a\x00b\x1b[31mc\r\nd", "a b [31mc d"),
        ("x" * 20_000, "x" * 200),
        ("<b>Grüße</b> 名前 \U0001f3b6", "<b>Grüße</b> 名前 \U0001f3b6"),
        ("safe\u202eevil", "safe evil"),
        (" \t ", ""),
    ],
)
def test_what_an_encoder_said_is_one_short_line(said: str, shown: str) -> None:
    assert cleaned(said) == shown


kinds: st.SearchStrategy[Any] = st.one_of(
    st.tuples(st.just(boot)),
    st.tuples(st.just(pulse)),
    st.tuples(st.just(tier), st.sampled_from(TIERS), st.none()),
    st.tuples(st.just(track), st.sampled_from(TIERS), st.just("a")),
    st.tuples(st.just(live), st.sampled_from([ONE, OTHER]), st.sampled_from(["connected", "disconnected", "cut"])),
    st.tuples(st.just(titled), st.sampled_from([ONE, OTHER]), st.text(max_size=5)),
)


@st.composite
def journals(draw: st.DrawFn) -> list[Line]:
    """Lines of any kind in any order, at moments that never go back."""
    events = draw(st.lists(kinds, max_size=40))
    steps = draw(st.lists(st.floats(0, 120), min_size=len(events), max_size=len(events)))
    return [kind(1 + at, *rest) for at, (kind, *rest) in zip(accumulate(steps), events, strict=True)]


@given(journals())
def test_sessions_follow_each_other_and_are_heard_no_longer_than_they_last(lines: list[Line]) -> None:
    began, known = 0.0, None
    heard = 0.0
    for fact in told(*lines):
        if isinstance(fact, LiveConnected):
            assert known is None
            known, began, heard = fact.session_id, fact.at.timestamp(), 0.0
        else:
            assert fact.session_id == known
        if isinstance(fact, LiveHeard):
            assert fact.heard_seconds >= heard + TELL_EVERY - 0.01
            heard = fact.heard_seconds
        if isinstance(fact, LiveEnded):
            assert heard <= fact.heard_seconds <= fact.at.timestamp() - began + 0.01
            known = None


@given(journals(), st.integers(0, 40))
def test_a_state_that_was_kept_goes_on_like_one_that_was_not(lines: list[Line], at: int) -> None:
    states = TypeAdapter(AirState)
    state, before = run_from(AirState(), lines[:at], lengths({}))
    kept = states.validate_python(states.dump_python(state, mode="json"))
    assert before + run_from(kept, lines[at:], lengths({}))[1] == run(lines)


def test_a_state_kept_by_an_older_version_knows_of_nobody_live() -> None:
    states = TypeAdapter(AirState)
    old = states.dump_python(AirState(), mode="json")
    del old["live"]
    assert states.validate_python(old).live.session is None
