"""Whatever the journal says, what aired makes sense."""

from itertools import accumulate
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from kit.contracts.air import TIERS, Tier
from pydantic import TypeAdapter
from rig.journals import boot, lengths, lost, noted, pulse, resumed, run_from, silence, sound, tier, track
from stream_control.journal.lines import Line
from stream_control.journal.rules import AirState, Changed, Ended, Started

LENGTHS = lengths({"a": 5.0, "b": 20.0, "c": 300.0})
STATES = TypeAdapter(AirState)
tiers = st.sampled_from(TIERS)
kinds: st.SearchStrategy[Any] = st.one_of(
    st.tuples(st.just(boot)),
    st.tuples(st.just(pulse)),
    st.tuples(st.just(tier), tiers, st.none() | tiers),
    st.tuples(st.just(track), tiers, st.sampled_from(["a", "b", "c", "unknown", ""])),
    st.tuples(st.just(lost), tiers),
    st.tuples(st.just(noted), tiers, st.sampled_from(["skipped", "replaced", "paused"])),
    st.tuples(st.just(resumed), tiers),
    st.tuples(st.just(silence), tiers, st.none(), st.floats(0, 100)),
    st.tuples(st.just(sound), tiers),
)


@st.composite
def journals(draw: st.DrawFn) -> list[Line]:
    """Lines of any kind in any order, at moments that never go back."""
    events = draw(st.lists(kinds, max_size=40))
    steps = draw(st.lists(st.floats(0, 120), min_size=len(events), max_size=len(events)))
    return [kind(1 + at, *rest) for at, (kind, *rest) in zip(accumulate(steps), events, strict=True)]


@given(journals())
@settings(max_examples=200)
def test_nothing_is_heard_longer_than_it_played(lines: list[Line]) -> None:
    began: dict[Tier, float] = {}
    for outcome in run_from(AirState(), lines, LENGTHS)[1]:
        if isinstance(outcome, Started):
            began[outcome.tier] = outcome.at
        elif isinstance(outcome, Ended):
            assert 0 <= outcome.heard_seconds <= outcome.at - began[outcome.tier] + 1e-6


@given(journals())
@settings(max_examples=200)
def test_one_item_at_a_time_is_open_on_each_tier_and_ends_once(lines: list[Line]) -> None:
    state, outcomes = run_from(AirState(), lines, LENGTHS)
    open_on: set[Tier] = set()
    for outcome in outcomes:
        if isinstance(outcome, Started):
            assert outcome.tier not in open_on
            open_on.add(outcome.tier)
        elif isinstance(outcome, Ended):
            assert outcome.tier in open_on
            open_on.remove(outcome.tier)
    assert open_on == set(state.airings)


@given(journals(), st.data())
def test_reading_on_later_tells_the_same(lines: list[Line], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(lines)))
    state, first = run_from(AirState(), lines[:cut], LENGTHS)
    kept = STATES.validate_json(STATES.dump_json(state))
    assert run_from(kept, lines[cut:], LENGTHS)[1] == run_from(AirState(), lines, LENGTHS)[1][len(first) :]


@given(journals())
def test_every_tier_entered_is_told_with_the_one_before(lines: list[Line]) -> None:
    previous: Tier | None = None
    entered = iter(line for line in lines if line.event in ("tier", "boot"))
    for outcome in run_from(AirState(), lines, LENGTHS)[1]:
        if isinstance(outcome, Changed):
            while (line := next(entered)).event == "boot":
                previous = None
            assert (outcome.previous, outcome.at) == (previous, line.at)
            previous = outcome.tier


@given(journals())
def test_the_fold_changes_nothing_it_was_given(lines: list[Line]) -> None:
    states = [AirState()]
    for line in lines:
        before = STATES.dump_json(states[-1])
        after, _ = run_from(states[-1], [line], LENGTHS)
        assert STATES.dump_json(states[-1]) == before
        states.append(after)
