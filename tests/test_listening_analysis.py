"""The ears measure known material, coded as the station's stream is (Opus 128 kbit/s), within stated errors.

What Opus allows: silence between tones only gets shorter, by up to 4 ms; one of 5 ms vanishes; after loud noise some
20 ms of ringing stay above -50 dBFS.
"""

from pathlib import Path

import numpy as np
import pytest
from listening import (
    RATE,
    TONES,
    Pcm,
    chirp,
    chirp_position,
    chord,
    crossfade,
    crossfade_length,
    decode,
    decode_file,
    describe_heard,
    encoded,
    first_heard,
    heard,
    join,
    largest_click,
    largest_phase_step,
    last_heard,
    longest_silence,
    loudness,
    mix,
    noise,
    silence,
    silences,
    spans,
    stalls,
    tone,
    tone_levels,
    write,
)
from listening.heard import Heard

EDGE = 0.02


def through_opus(pcm: Pcm) -> Pcm:
    return decode(encoded(pcm, ".opus"), "ogg")


def outline(pcm: Pcm) -> list[tuple[str, float]]:
    return [(span.name, span.audio_start) for span in spans(heard(pcm))]


def test_every_source_is_told_from_all_others() -> None:
    sounds = [chord(0.4) if source == "standby" else tone(source, 0.4) for source in TONES]
    assert [name for name, _ in outline(through_opus(join(*sounds, noise(0.4))))] == [*TONES, "noise"]


def test_every_source_is_told_from_all_others_when_loud_and_distorted() -> None:
    for source in set(TONES) - {"standby"}:
        clipped = np.clip(tone(source, 0.5, -6), -0.4, 0.4)
        assert [span.name for span in spans(heard(clipped))] == [source]


def test_a_programme_of_changes_is_read_back_to_within_20_ms() -> None:
    parts = [("programme", 1.013), ("silence", 0.2), ("user", 0.777), ("live", 0.5), ("noise", 0.6), ("standby", 0.5)]
    made = {"silence": silence, "noise": noise, "standby": chord}
    pcm = join(*(made[name](seconds) if name in made else tone(name, seconds) for name, seconds in parts))
    starts = np.cumsum([0, *(seconds for _, seconds in parts[:-1])])
    found = outline(through_opus(pcm))
    assert [name for name, _ in found] == [name for name, _ in parts], found
    assert [start for _, start in found] == pytest.approx(starts, abs=EDGE)


def test_a_silence_of_37_ms_is_measured_to_within_5_ms_wherever_it_falls() -> None:
    gap, steps = 0.037, [0.5, 0.5031, 0.5077, 0.5113, 0.5169]
    sound = heard(
        through_opus(join(*(join(tone("programme", step), silence(gap)) for step in steps), tone("user", 0.5)))
    )
    found = silences(sound)
    assert [one.seconds for one in found] == pytest.approx([gap] * len(steps), abs=0.004)
    assert [one.start for one in found] == pytest.approx(np.cumsum(steps) + gap * np.arange(len(steps)), abs=0.004)
    assert longest_silence(sound) == max(one.seconds for one in found)


def test_an_unbroken_tone_has_no_silence() -> None:
    for source in ("standby", "programme", "jingle"):
        assert longest_silence(heard(through_opus(tone(source, 1)))) == 0


def test_silence_is_looked_for_only_in_the_time_asked_for() -> None:
    sound = heard(join(tone("user", 1), silence(0.3), tone("user", 1)), start=100.0)
    assert longest_silence(sound, (100.0, 100.9)) == 0
    assert longest_silence(sound, (100.9, 101.5)) == pytest.approx(0.3, abs=0.002)


def test_levels_of_tones_and_noise_are_right_to_half_a_decibel() -> None:
    levels = tone_levels(through_opus(mix(tone("programme", 1, -12), tone("user", 1, -30))))
    middle = slice(10, -10)
    assert levels.tones["programme"][middle] == pytest.approx(-12, abs=0.5)
    assert levels.tones["user"][middle] == pytest.approx(-30, abs=0.5)
    assert np.max(levels.tones["live"][middle]) < -60
    assert tone_levels(through_opus(noise(1))).rms[middle].mean() == pytest.approx(
        -20.8, abs=0.5
    )  # no sound over 20 kHz


def test_stereo_is_heard_like_mono() -> None:
    both = np.stack([tone("user", 1), tone("user", 1)], axis=1)
    assert outline(both) == [("user", 0.0)]
    assert heard(both).seconds == 1


def test_a_source_is_first_heard_when_it_begins() -> None:
    sound = heard(through_opus(join(tone("programme", 1.234), tone("user", 1))), block=0.001, start=50.0)
    assert first_heard(sound, "user", 50.0) == pytest.approx(51.234, abs=EDGE)
    assert last_heard(sound, "programme") == pytest.approx(51.234, abs=EDGE)
    assert first_heard(sound, "programme", 50.5) == pytest.approx(50.5, abs=EDGE)
    assert first_heard(sound, "programme", 51.5) is None
    assert first_heard(sound, "live", 50.0) is None


def test_noise_is_first_heard_when_it_begins_though_a_tone_goes_on() -> None:
    sound = heard(through_opus(mix(tone("programme", 2), join(silence(1), noise(1)))), block=0.001)
    assert first_heard(sound, "noise", 0.0) == pytest.approx(1, abs=EDGE)


def test_a_crossfade_lasts_while_both_are_audible_and_has_no_click() -> None:
    sound = heard(through_opus(crossfade(tone("programme", 3), tone("user", 3), 2)))
    assert crossfade_length(sound, "programme", "user") == pytest.approx(1.6, abs=0.03)
    assert [span.name for span in spans(sound)] == ["programme", "mixed", "user"]
    assert spans(sound)[1].sources == ("programme", "user")
    click = largest_click(sound)
    assert click
    assert click.ratio < 1.1


def test_a_cut_is_no_crossfade_and_its_click_is_found() -> None:
    cut = join(tone("programme", 1.0005), tone("user", 1))
    sound = heard(through_opus(cut))
    assert crossfade_length(sound, "programme", "user") == 0
    click = largest_click(sound)
    assert click
    assert click.ratio > 2
    assert click.at == pytest.approx(1.0005, abs=0.002)


def test_steady_sound_has_no_click() -> None:
    for steady in (chord(1), noise(1), mix(tone("user", 1), noise(1, -40)), tone("jingle", 1, -3)):
        click = largest_click(heard(through_opus(steady)))
        assert click
        assert click.ratio < 1.1


def test_a_sample_too_few_turns_the_phase_of_a_tone() -> None:
    sound = join(silence(0.5), tone("live", 3), silence(0.5))
    assert largest_phase_step(sound, "live") < 0.01
    cut = np.delete(sound, RATE * 2)
    assert largest_phase_step(cut, "live") > 0.1


def test_loudness_is_that_of_ebu_r128() -> None:
    stereo = np.stack([tone(1000.0, 4)] * 2, axis=1)
    for pcm in (stereo, tone(1000.0, 4)):
        measured = loudness(pcm)
        assert measured.integrated == pytest.approx(-20, abs=0.1)
        assert measured.true_peak == pytest.approx(-20, abs=0.1)
        assert measured.range == 0


@pytest.mark.parametrize("level_db", [-10, -30])
def test_a_chirp_is_found_to_the_millisecond_even_under_noise(level_db: float) -> None:
    quiet = join(silence(1.23456), chirp(level_db=level_db), silence(1))
    found = chirp_position(through_opus(mix(quiet, noise(2.7, -26))), chirp())
    assert found.at == pytest.approx(1.23456, abs=0.001)
    assert found.quality > 0.3


def test_a_chirp_which_is_not_there_has_no_quality() -> None:
    assert chirp_position(noise(2), chirp()).quality < 0.1
    assert chirp_position(silence(2), chirp()).quality < 0.1


def test_a_late_delivery_is_a_stall_of_what_it_lacked() -> None:
    steady = heard(tone("user", 3), block=0.1)
    late = Heard(steady.pcm, steady.ends, np.maximum(steady.arrivals, np.where(steady.arrivals > 1.45, 2.3, 0)))
    (stall,) = stalls(late)
    assert stall.at == pytest.approx(1.5)
    assert stall.seconds == pytest.approx(0.8)
    assert stalls(steady) == []


def test_nothing_heard_is_nothing_to_measure() -> None:
    nothing = heard(silence(0))
    assert [*spans(nothing), *silences(nothing), *stalls(nothing)] == []
    assert first_heard(nothing, "user", 0.0) is None
    assert largest_click(nothing) is None
    assert "0.000 s" in describe_heard(nothing)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a"])
def test_material_is_written_in_every_format_and_sounds_the_same(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"song{suffix}", tone("user", 1), {"title": "A song", "artist": "Nobody"})
    pcm = decode_file(str(path))
    assert len(pcm) / 48_000 == pytest.approx(1, abs=0.06)
    assert {span.name for span in spans(heard(pcm)) if span.seconds > 0.03} == {"user"}
