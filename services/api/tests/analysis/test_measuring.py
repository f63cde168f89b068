"""How exactly sounds are measured whose truth is known: they are generated, written as on-air copies, and read back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from api.analysis import laboratory, likeness
from api.analysis.laboratory import NotMeasured
from api.analysis.measuring.child import measure
from api.analysis.measuring.decoding import NotDecodable
from api.analysis.messages import Measured, Order
from api.library.rules import Kind
from desk.music import at_level, clicks, faded, melody, organ, song, voice
from desk.sounds import ffmpeg, sound_file
from listening import Pcm, join, mix, noise, silence, tone

NEAR_CUE = 0.02
NEAR = 0.5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def measured(folder: Path, pcm: Pcm, kind: Kind = "MUS", suffix: str = ".flac") -> Measured:
    path = sound_file(folder / f"{len(list(folder.iterdir()))}{suffix}", pcm)
    return measure(Order(copy_path=str(path), kind=kind))


@pytest.mark.parametrize("bpm", [60, 90, 128, 174])
def test_a_metronome_has_its_tempo(folder: Path, bpm: int) -> None:
    assert measured(folder, clicks(bpm, 12)).tempo_bpm == pytest.approx(bpm, rel=0.02)


@pytest.mark.parametrize("bpm", [70, 100, 128, 174])
def test_a_song_has_its_tempo_or_the_octave_of_it(folder: Path, bpm: int) -> None:
    found = measured(folder, song(bpm, 14)).tempo_bpm
    assert found
    assert any(found == pytest.approx(bpm * octave, rel=0.02) for octave in (0.5, 1, 2))


@pytest.mark.parametrize("sound", [voice(14), noise(14), organ(14), tone(440, 14), clicks(120, 6)])
def test_what_has_no_beat_or_is_too_short_to_tell_has_no_tempo(folder: Path, sound: Pcm) -> None:
    assert measured(folder, sound).tempo_bpm is None


@pytest.mark.parametrize(("before", "after"), [(0, 0), (1.5, 2), (0.25, 0.8)])
@pytest.mark.parametrize("peak_db", [-3, -40])
def test_silence_around_a_sound_lies_outside_its_cues(
    folder: Path, before: float, after: float, peak_db: float
) -> None:
    sound = at_level(tone(440, 2), peak_db)
    found = measured(folder, join(silence(before), sound, silence(after)))
    assert found.cue_in == pytest.approx(before, abs=NEAR_CUE)
    assert found.cue_out == pytest.approx(before + 2, abs=NEAR_CUE)
    assert found.length_seconds == pytest.approx(before + 2 + after, abs=0.01)


def test_hiss_and_a_crackle_before_the_music_are_no_beginning(folder: Path) -> None:
    crackle = np.zeros(48_000, np.float32)
    crackle[20_000:20_040] = 0.5
    hiss = noise(5, -75)
    found = measured(folder, mix(hiss, join(silence(1), crackle, silence(1) * 0, tone(440, 2, -6))))
    assert found.cue_in == pytest.approx(3, abs=NEAR_CUE)


def test_what_is_silent_has_no_points_and_is_no_error(folder: Path) -> None:
    found = measured(folder, silence(2))
    assert (found.cue_in, found.cue_out, found.segue_at, found.energy) == (None, None, None, None)
    assert json.loads(found.waveform)["data"]


@pytest.mark.parametrize("kind", ["MUS", "VT"])
def test_the_next_one_may_begin_where_a_fade_has_fallen_by_ten_decibels(folder: Path, kind: Kind) -> None:
    found = measured(folder, faded(organ(14), 6), kind)
    # A linear fade is 10 dB down where 0.316 of it is left.
    assert found.segue_at == pytest.approx(8 + 6 * 0.684, abs=NEAR)


@pytest.mark.parametrize("sound", [song(120, 12), organ(8), voice(8), join(song(120, 12), silence(1))])
def test_after_a_cold_end_the_next_one_begins_at_the_end_itself(folder: Path, sound: Pcm) -> None:
    found = measured(folder, sound)
    assert found.segue_at
    assert found.cue_out
    assert found.segue_at == pytest.approx(found.cue_out, abs=NEAR)


def test_a_calm_last_verse_is_no_tail(folder: Path) -> None:
    found = measured(folder, join(song(100, 20), song(100, 20) * 0.2))
    assert found.segue_at == pytest.approx(40, abs=NEAR)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_introduction_ends_where_the_voice_comes_in(folder: Path, seed: int) -> None:
    band = song(100, 24, seed=seed) * 0.5
    found = measured(folder, mix(band, join(silence(7), voice(17, seed=seed))))
    assert found.intro_end == pytest.approx(7, abs=NEAR)


@pytest.mark.parametrize(
    "sound",
    [
        mix(song(100, 24) * 0.5, voice(24)),
        song(100, 24),
        np.linspace(0.1, 1, 24 * 48_000, dtype=np.float32) * organ(24, each=24),
        join(song(100, 35) * 0.4, mix(song(100, 15), voice(15))),
        join(organ(3) * 0.1, organ(2)),
    ],
    ids=["sung throughout", "never sung", "grows slowly", "a chorus late", "too short"],
)
def test_without_a_clear_step_there_is_no_introduction(folder: Path, sound: Pcm) -> None:
    assert measured(folder, sound).intro_end is None


def test_the_hook_is_what_comes_again_and_is_louder(folder: Path) -> None:
    verses = [organ(14, seed=seed, each=1) * 0.4 for seed in (1, 2, 3)]
    chorus = melody(14, seed=9)
    found = measured(folder, join(verses[0], chorus, verses[1], chorus, verses[2]))
    assert found.hook_in is not None
    assert found.hook_out == found.hook_in + 12
    assert any(start - 1 <= found.hook_in and found.hook_out <= start + 15 for start in (14, 42))


def test_only_music_has_an_introduction_a_hook_and_a_tempo(folder: Path) -> None:
    sound = mix(song(100, 32) * 0.5, join(silence(7), voice(25)))
    music, bed, news = (measured(folder, sound, kind) for kind in ("MUS", "BED", "NEWS"))
    assert None not in (music.intro_end, music.hook_in, music.tempo_bpm, music.energy)
    assert (bed.intro_end, bed.hook_in) == (None, None)
    assert None not in (bed.tempo_bpm, bed.energy, bed.segue_at)
    assert (news.intro_end, news.hook_in, news.tempo_bpm, news.energy) == (None, None, None, None)
    assert None not in (news.cue_in, news.cue_out, news.segue_at)


def test_busy_bright_music_has_more_energy_than_calm_music(folder: Path) -> None:
    sounds = (organ(12), song(70, 12), song(128, 12), song(174, 12))
    energies = [measured(folder, at_level(one, -3)).energy or 0 for one in sounds]
    assert energies == sorted(energies)
    assert energies[0] < 0.25
    assert energies[-1] > 0.6


def test_a_quiet_master_has_about_the_energy_of_a_loud_one(folder: Path) -> None:
    loud, quiet = (measured(folder, at_level(song(120, 12), level)).energy or 0 for level in (-1, -9))
    assert quiet == pytest.approx(loud, abs=0.1)


def test_a_waveform_shows_what_is_loud_in_few_columns(folder: Path) -> None:
    drawn = json.loads(measured(folder, join(tone(440, 10, -6), silence(10), tone(440, 10, -20))).waveform)
    low, high = drawn["data"][::2], drawn["data"][1::2]
    assert (drawn["version"], drawn["bits"], drawn["channels"]) == (2, 8, 1)
    assert len(low) == len(high) == drawn["length"] == 1500
    assert drawn["length"] * drawn["samples_per_pixel"] / drawn["sample_rate"] == pytest.approx(30, abs=0.05)
    # A mono file is 3 dB lower in each of two channels, and on air.
    assert max(high[:490]) == pytest.approx(127 * 10 ** (-9 / 20), abs=2)
    assert set(high[510:990]) <= {0, 1}
    assert min(low[1010:]) == pytest.approx(-128 * 10 ** (-23 / 20), abs=2)


def test_copies_of_one_recording_are_known_and_others_are_not(folder: Path) -> None:
    original = melody(22, seed=1)
    prints = {
        "flac": measured(folder, original),
        "mp3": measured(folder, original, suffix=".mp3"),
        "quiet": measured(folder, original * 0.2, suffix=".ogg"),
        "cut": measured(folder, original[3 * 48_000 :]),
        "other": measured(folder, melody(22, seed=2)),
        "third": measured(folder, song(128, 22)),
    }
    packed = {name: likeness.pack(one.fingerprint) for name, one in prints.items()}
    alike = {(a, b): likeness.compare(packed[a], packed[b]) for a in packed for b in packed if a < b}
    same = {"flac", "mp3", "quiet", "cut"}
    assert {pair for pair, found in alike.items() if found} == {(a, b) for a in same for b in same if a < b}
    assert all(found.confidence > 0.8 for found in alike.values() if found)
    cut = alike["cut", "flac"]
    assert cut
    assert cut.offset_seconds == pytest.approx(-3, abs=0.2)
    marks = {name: set(likeness.marks(one)) for name, one in packed.items()}
    assert all(len(marks[a] & marks[b]) >= 2 for a in same for b in same)
    assert not any(marks[one] & marks[other] for one in same for other in ("other", "third"))


def test_what_is_too_short_has_no_fingerprint(folder: Path) -> None:
    assert measured(folder, tone(440, 1)).fingerprint == []


def test_a_broken_copy_is_told_apart_from_a_short_one(folder: Path) -> None:
    path = folder / "broken.flac"
    path.write_bytes(b"no sound at all")
    with pytest.raises(NotDecodable):
        measure(Order(copy_path=str(path), kind="MUS"))


async def test_the_child_measures_the_same_with_nothing_of_the_stations_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    path = sound_file(folder / "name with 'quotes' and $(signs).flac", song(128, 12))
    assert await laboratory.measure(path, "MUS", seconds=60) == measure(Order(copy_path=str(path), kind="MUS"))


async def test_a_child_that_fails_or_takes_too_long_says_so_in_a_sentence(folder: Path) -> None:
    path = folder / "broken.flac"
    path.write_bytes(b"no sound at all")
    with pytest.raises(NotMeasured, match="Measuring it failed: "):
        await laboratory.measure(path, "MUS", seconds=60)
    with pytest.raises(NotMeasured, match="too long"):
        await laboratory.measure(sound_file(folder / "good.flac", song(128, 12)), "MUS", seconds=0.05)


def test_a_long_sound_takes_hardly_more_memory_than_a_short_one(folder: Path) -> None:
    short, long = folder / "short.flac", folder / "long.flac"
    for path, seconds in ((short, 25), (long, 150)):
        ffmpeg("-f", "lavfi", "-i", f"anoisesrc=d={seconds}:a=0.1:r=8000", "-ar", "48000", "-ac", "2", path)
    grown = _peak_kilobytes(long) - _peak_kilobytes(short)
    assert grown < 20_000


def _peak_kilobytes(path: Path) -> int:
    order = Order(copy_path=str(path), kind="BED").model_dump_json()
    child = subprocess.Popen([sys.executable, "-m", "api.analysis.measuring.child", order], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_maxrss
