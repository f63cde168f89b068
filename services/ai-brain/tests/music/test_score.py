"""Rules of composition, for any seed and any length."""

from itertools import pairwise
from random import Random

import pytest
from ai_brain.music import rules
from ai_brain.music.score import form, harmony, melody, voicing
from ai_brain.music.score.model import Mode, Score, Seconds
from hypothesis import given
from hypothesis import strategies as st

seeds = st.integers(0, 2**32 - 1)
lengths = st.integers(10, 600).map(lambda whole: Seconds(float(whole)))
scores = st.builds(rules.compose, seeds, lengths)


def scale_of(score: Score) -> set[int]:
    return {(score.key + step) % 12 for step in score.mode.steps}


@given(scores)
def test_everything_that_sounds_is_in_the_key(score: Score) -> None:
    notes = (*score.pads, *score.basses, *score.bells, *score.plucks)
    assert {note.pitch % 12 for note in notes} <= scale_of(score)
    assert all(set(chord.tones) <= scale_of(score) for chord in score.chords)


@given(scores)
def test_voices_go_from_chord_to_chord_in_small_steps(score: Score) -> None:
    for before, after in pairwise(score.chords):
        steps = voicing.movement(before.voices, after.voices)
        ways = voicing.voicings(after.tones)
        reachable = any(max(voicing.movement(before.voices, way)) <= voicing.FURTHEST for way in ways)
        assert max(steps) <= (voicing.FURTHEST if reachable else 12)
        assert sum(steps) <= 24


@given(scores)
def test_a_piece_begins_and_ends_at_home(score: Score) -> None:
    assert score.chords[0].degree == score.chords[-1].degree == 0
    assert score.chords[-1].bass % 12 == score.key


@given(scores)
def test_each_chord_sings_exactly_its_tones_without_clusters(score: Score) -> None:
    for chord in score.chords:
        assert {voice % 12 for voice in chord.voices} == set(chord.tones)
        assert all(high - low >= 2 for low, high in pairwise(chord.voices))


@given(scores)
def test_sections_and_chords_cover_the_piece_without_gaps(score: Score) -> None:
    sections = [(section.start, section.end) for section in score.sections]
    chords = [(chord.start, chord.end) for chord in score.chords]
    for spans in (sections, chords):
        assert spans[0][0] == Seconds(0)
        assert all(end == start for (_, end), (start, _) in pairwise(spans))
        assert all(end > start for start, end in spans)
    assert score.sections[-1].end == score.seconds
    assert score.seconds - score.chords[-1].end == pytest.approx(min(8, score.seconds / 4))


@given(scores)
def test_no_note_begins_or_ends_outside_the_piece(score: Score) -> None:
    for note in (*score.pads, *score.basses, *score.bells, *score.plucks):
        assert 0 <= note.start < note.end <= score.seconds
        assert 0 < note.velocity <= 1
        assert -1 <= note.pan <= 1


@given(seeds, lengths)
def test_the_same_seed_and_length_is_the_same_score(seed: int, seconds: Seconds) -> None:
    assert rules.compose(seed, seconds) == rules.compose(seed, seconds)


@given(st.lists(seeds, min_size=12, max_size=12, unique=True))
def test_seeds_are_different_pieces(some: list[int]) -> None:
    scores = [rules.compose(seed, Seconds(60)) for seed in some]
    assert len({(s.key, s.mode.name, s.beat, s.palette.pad, s.palette.room) for s in scores}) == len(scores)
    assert len({(s.key, s.mode.name) for s in scores}) >= 4
    assert len({tuple(chord.voices for chord in s.chords) for s in scores}) >= 11


@given(seeds, st.integers(120, 600))
def test_the_middle_is_fuller_than_the_ends(seed: int, seconds: int) -> None:
    sections = rules.compose(seed, Seconds(seconds)).sections
    middle = max(section.energy for section in sections if section.name == "middle")
    assert sections[0].name == "intro"
    assert sections[-1].name == "outro"
    assert middle > 2 * max(sections[0].energy, sections[-1].energy)


@given(st.sampled_from(harmony.MODES), st.integers(0, 11), st.integers(0, 6))
def test_every_restful_chord_can_be_voiced(mode: Mode, key: int, degree: int) -> None:
    for stack in harmony.restful_stacks(mode, degree):
        tones = tuple((key + harmony.degree_pitch(mode, degree + step)) % 12 for step in stack)
        assert voicing.voicings(tones)


@given(seeds)
def test_the_motif_leaves_from_and_arrives_at_chord_tones(seed: int) -> None:
    score = rules.compose(seed, Seconds(60))
    ladder = melody.scale(score.key, score.mode)
    for chord in score.chords:
        pitches = melody.state(melody.invent(Random(seed)), chord, ladder, ladder[7])
        assert {pitches[0] % 12, pitches[-1] % 12} <= set(chord.tones)


@given(scores, st.floats(0, 1))
def test_energy_stays_between_calm_and_full(score: Score, part: float) -> None:
    assert 0 < form.energy_at(score.sections, Seconds(part * score.seconds)) <= 1


def test_a_piece_without_a_name_gets_one_from_its_seed() -> None:
    names = {rules.name(seed, None) for seed in range(200)}
    assert len(names) > 120
    assert rules.name(7, None) == rules.name(7, None)
    assert rules.name(7, "My Own") == "My Own"
