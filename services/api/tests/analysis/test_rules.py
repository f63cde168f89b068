"""What becomes of measurements beside a person's values, and what of a fingerprint makes two tracks one."""

import random
from typing import Any

import numpy as np
import pytest
from api.analysis import likeness, rules
from api.analysis.measuring.ends import cues, segue
from api.analysis.measuring.energy import Traits, energy
from api.analysis.measuring.frames import Floats
from api.analysis.measuring.intro import intro_end
from api.analysis.measuring.levels import body_db
from api.analysis.measuring.tempo import FASTEST, SLOWEST, tempo
from api.analysis.rules import MEASURED, NothingProposed, chosen, sort_out
from api.library.rules import POINTS, Points, fault_of
from hypothesis import given, settings
from hypothesis import strategies as st

NOTHING = dict.fromkeys(MEASURED)
FOUND = {
    **NOTHING,
    "cue_in": 0.1,
    "cue_out": 99.0,
    "intro_end": 8.0,
    "segue_at": 95.0,
    "hook_in": 40.0,
    "hook_out": 52.0,
}


@pytest.mark.parametrize(
    ("standing", "edited", "taken", "proposed"),
    [
        ({}, [], {"cue_in": 0.1, "intro_end": 8.0}, {}),
        ({"cue_in": 2.0}, ["cue_in"], {"intro_end": 8.0}, {"cue_in": 0.1}),
        # A person's word that it is unknown stands, too.
        ({"cue_in": None}, ["cue_in"], {"intro_end": 8.0}, {"cue_in": 0.1}),
        ({"cue_in": 0.1}, ["cue_in"], {"intro_end": 8.0}, {}),
        # A point that does not fit the person's is no value either.
        ({"cue_in": 20.0}, ["cue_in"], {"intro_end": None, "segue_at": 95.0}, {"cue_in": 0.1, "intro_end": 8.0}),
        ({"cue_out": 50.0}, ["cue_out"], {"segue_at": None, "hook_out": 52.0}, {"cue_out": 99.0, "segue_at": 95.0}),
        ({"hook_in": 60.0}, ["hook_in"], {"hook_out": None}, {"hook_in": 40.0, "hook_out": 52.0}),
        ({"title": "T"}, ["title"], {"cue_in": 0.1}, {}),
    ],
)
def test_what_a_person_set_stands_and_the_rest_fits_it(
    standing: dict[str, Any], edited: list[str], taken: dict[str, Any], proposed: dict[str, Any]
) -> None:
    outcome = sort_out(FOUND, {**NOTHING, **standing}, edited, 100.0)
    assert outcome.proposed == proposed
    assert taken.items() <= outcome.taken.items()
    assert not set(outcome.taken) & set(edited)


seconds = st.none() | st.floats(0, 120)
points = st.fixed_dictionaries(dict.fromkeys(POINTS, seconds))


@given(found=points, standing=points, edited=st.sets(st.sampled_from(POINTS)), length=st.floats(1, 100))
def test_whatever_is_taken_fits_whatever_stands(
    found: dict[str, Any], standing: dict[str, Any], edited: set[str], length: float
) -> None:
    theirs = {name: standing[name] if name in edited else None for name in POINTS}
    if fault_of(Points(**theirs), length):
        return
    outcome = sort_out({**NOTHING, **found}, {**NOTHING, **standing}, edited, length)
    assert (
        fault_of(Points(**{**theirs, **{name: outcome.taken[name] for name in POINTS if name not in edited}}), length)
        is None
    )
    for name, value in outcome.proposed.items():
        assert value is not None
        assert value != standing.get(name)


def test_values_are_told_no_more_exactly_than_they_are_measured() -> None:
    found = {
        **NOTHING,
        "cue_in": 0.123456,
        "cue_out": 60.004,
        "tempo_bpm": 120.0213,
        "energy": 0.4567,
        "gain_db": -3.456,
    }
    outcome = sort_out(found, NOTHING, [], 60.0)
    assert outcome.taken == {
        **NOTHING, "cue_in": 0.12, "cue_out": 60.0, "tempo_bpm": 120.0, "energy": 0.46, "gain_db": -3.5,
    }  # fmt: skip


def test_proposals_are_chosen_by_name_or_all_at_once() -> None:
    proposed = {"cue_in": 0.1, "energy": 0.5}
    assert chosen(proposed, None) == proposed
    assert chosen(proposed, ["energy"]) == {"energy": 0.5}
    for fields in (["cue_out"], ["energy", "title"]):
        with pytest.raises(NothingProposed):
            chosen(proposed, fields)
    with pytest.raises(NothingProposed):
        chosen({}, None)


numbers = st.lists(st.integers(0, 2**32 - 1), max_size=200)


@settings(deadline=None)
@given(numbers, st.integers(0, 60))
def test_a_fingerprint_is_like_itself_wherever_it_begins(numbers: list[int], cut: int) -> None:
    whole, rest = likeness.pack(numbers), likeness.pack(numbers[cut:])
    found = likeness.compare(whole, rest)
    if len(numbers) - cut < likeness.FEWEST:
        assert found is None
        return
    assert found is not None
    assert found.different == 0
    mirrored = likeness.compare(rest, whole)
    assert mirrored is not None
    assert mirrored.different == 0
    assert found.confidence == mirrored.confidence


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(24, 300), st.integers(24, 300))
def test_different_numbers_are_not_alike(seed: int, first: int, second: int) -> None:
    chance = random.Random(seed)
    prints = [likeness.pack(chance.getrandbits(32) for _ in range(count)) for count in (first, second)]
    assert likeness.compare(*prints) is None


@settings(deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.3), st.integers(-60, 60))
def test_the_more_bits_differ_the_less_certain_it_is(seed: int, share: float, offset: int) -> None:
    chance = random.Random(seed)
    one = [chance.getrandbits(32) for _ in range(200)]
    other = [number ^ sum((chance.random() < share) << bit for bit in range(32)) for number in one]
    cut = likeness.compare(likeness.pack(one[max(0, offset) :]), likeness.pack(other[max(0, -offset) :]))
    if share > 0.22:
        assert cut is None
    if share < 0.18:
        assert cut is not None
        assert cut.different == pytest.approx(share, abs=0.02)
        assert cut.offset_seconds == pytest.approx(-offset * likeness.SECONDS_EACH)
        assert cut.confidence == pytest.approx(1 - (cut.different / 0.25) ** 2)


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**32 - 1), min_size=100, max_size=300), st.integers(0, 50))
def test_marks_do_not_depend_on_where_a_sound_begins(numbers: list[int], cut: int) -> None:
    whole, rest = (set(likeness.marks(likeness.pack(some))) for some in (numbers, numbers[cut:]))
    assert len(whole) <= likeness.MARKS
    assert all(-(2**31) <= mark < 2**31 for mark in whole)
    if len(set(numbers[cut:])) >= likeness.MARKS:
        # What the rest has no more is replaced by as many others.
        assert len(whole & rest) >= likeness.MARKS - len(set(numbers) - set(numbers[cut:]))


def test_a_plain_sound_has_no_marks() -> None:
    assert likeness.marks(likeness.pack([5] * 500)) == []
    assert likeness.marks(b"") == []


traits = st.builds(Traits, st.floats(0, 100), st.floats(0, 12_000), st.floats(0, 60))


@given(traits, traits)
def test_more_of_everything_is_never_less_energy(one: Traits, other: Traits) -> None:
    more = Traits(max(one.onsets, other.onsets), max(one.centroid, other.centroid), min(one.crest_db, other.crest_db))
    assert 0 <= energy(one) <= energy(more) <= 1


def powers(shortest: int = 1) -> st.SearchStrategy[Floats]:
    """Levels that jump between silence and full scale, each for a while."""
    step = st.tuples(st.integers(1, 400), st.sampled_from([0.0, 1e-7, 1e-5, 1e-3, 0.1, 0.5]))
    return st.lists(step, min_size=shortest, max_size=12).map(
        lambda steps: np.concatenate([np.full(count, power, np.float32) for count, power in steps])
    )


@settings(deadline=None)
@given(powers())
def test_points_lie_in_their_order_within_the_sound(power: Floats) -> None:
    found = cues(power, body_db(power))
    if found is None:
        assert power.max() < 1e-5
        return
    cue_in, cue_out = found
    assert 0 <= cue_in < cue_out <= len(power) / 100
    assert cue_in <= segue(power, cue_in, cue_out) <= cue_out
    intro = intro_end(power, cue_in, cue_out)
    assert intro is None or cue_in < intro < cue_out


@settings(deadline=None)
@given(powers(3))
def test_a_tempo_is_one_that_people_tap(onset: Floats) -> None:
    found = tempo(onset * 20)
    assert found is None or SLOWEST * 0.95 <= found <= FASTEST * 1.05


@pytest.mark.parametrize(("length", "seconds"), [(None, 60), (180, 96), (3600, 780)])
def test_a_long_sound_may_take_longer(length: float | None, seconds: float) -> None:
    assert rules.seconds_for(length) == seconds
