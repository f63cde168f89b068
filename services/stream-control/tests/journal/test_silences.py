"""Which tiers were silent, for how long and in whose show, by the journal's lines."""

from itertools import accumulate
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.contracts.air import TIERS, Tier
from kit.contracts.facts import SilenceDetected, SilenceEnded
from pydantic import TypeAdapter
from rig.journals import boot, live, pulse, run, silence, sound, tier
from stream_control.journal.lines import Line
from stream_control.journal.rules import AirState

ONE, OTHER = UUID(int=1), UUID(int=2)


def told(*lines: Line) -> list[tuple[str, str, float, float, UUID | None]]:
    """Kind, tier, moment, seconds and show of each fact."""
    kinds = {SilenceDetected: "begins", SilenceEnded: "ends"}
    return [
        (kinds[type(one)], one.tier, one.at.timestamp(), one.seconds, one.session_id)
        for one in run(lines)
        if isinstance(one, SilenceDetected | SilenceEnded)
    ]


TOLD: dict[str, tuple[list[Line], list[tuple[str, str, float, float, UUID | None]]]] = {
    "a show is silent, and goes on": (
        [silence(20, "live", ONE), tier(20.1, "fallback", "live"), sound(25, "live")],
        [("begins", "live", 20, 10, ONE), ("ends", "live", 25, 15, ONE)],
    ),
    "a player is silent": (
        [silence(20, "user", seconds=8), sound(20.5, "user")],
        [("begins", "user", 20, 8, None), ("ends", "user", 20.5, 8.5, None)],
    ),
    "two tiers side by side": (
        [silence(20, "live", ONE), silence(30, "user", seconds=8), sound(31, "live"), sound(33, "user")],
        [
            ("begins", "live", 20, 10, ONE),
            ("begins", "user", 30, 8, None),
            ("ends", "live", 31, 21, ONE),
            ("ends", "user", 33, 11, None),
        ],
    ),
    "it is told twice": (
        [silence(20, "live", ONE), silence(21, "live", ONE), sound(25, "live"), sound(26, "live")],
        [("begins", "live", 20, 10, ONE), ("ends", "live", 25, 15, ONE)],
    ),
    "the engine died in it": (
        [silence(20, "live", ONE), pulse(24), boot(90), sound(91, "live")],
        [("begins", "live", 20, 10, ONE), ("ends", "live", 24, 14, ONE)],
    ),
    "the next show is silent, too": (
        [silence(20, "live", ONE), live(25, ONE, "disconnected"), sound(25, "live"), silence(40, "live", OTHER)],
        [("begins", "live", 20, 10, ONE), ("ends", "live", 25, 15, ONE), ("begins", "live", 40, 10, OTHER)],
    ),
    "sound without silence": ([sound(20, "live"), boot(21)], []),
}


@pytest.mark.parametrize("case", TOLD)
def test_silence_is_told_with_its_end(case: str) -> None:
    lines, facts = TOLD[case]
    assert told(*lines) == facts


kinds: st.SearchStrategy[Any] = st.one_of(
    st.tuples(st.just(boot)),
    st.tuples(st.just(pulse)),
    st.tuples(st.just(silence), st.sampled_from(TIERS), st.sampled_from([None, ONE]), st.floats(0, 20)),
    st.tuples(st.just(sound), st.sampled_from(TIERS)),
)


@st.composite
def journals(draw: st.DrawFn) -> list[Line]:
    """Lines of any kind in any order, at moments that never go back."""
    events = draw(st.lists(kinds, max_size=40))
    steps = draw(st.lists(st.floats(0, 120), min_size=len(events), max_size=len(events)))
    return [kind(1 + at, *rest) for at, (kind, *rest) in zip(accumulate(steps), events, strict=True)]


@given(journals())
def test_each_silence_of_a_tier_begins_before_it_ends_and_lasts_at_least_as_long_as_was_said(
    lines: list[Line],
) -> None:
    silent: dict[str, tuple[float, float, UUID | None]] = {}
    for kind, name, at, seconds, session in told(*lines):
        if kind == "begins":
            assert name not in silent
            silent[name] = (at, seconds, session)
        else:
            began, known, whose = silent.pop(name)
            assert session == whose
            assert seconds == pytest.approx(known + at - began, abs=0.01)


def test_a_state_kept_by_an_older_version_knows_of_no_silence() -> None:
    states = TypeAdapter(AirState)
    old = states.dump_python(AirState(), mode="json")
    del old["silence"]
    assert states.validate_python(old).silence.silent == {}


@pytest.mark.parametrize("name", TIERS)
def test_any_tier_may_be_silent(name: Tier) -> None:
    assert [one[:2] for one in told(silence(20, name), sound(21, name))] == [("begins", name), ("ends", name)]
