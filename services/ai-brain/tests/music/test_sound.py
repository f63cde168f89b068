"""Real renders, listened to by measurement."""

import asyncio
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from ai_brain.music import ffmpeg
from ai_brain.music.loudness import Loudness
from ai_brain.music.score.model import Decibels
from ai_brain.music.synthesis import jobs
from ai_brain.music.synthesis.tape import RATE, Sound
from numpy.typing import NDArray
from scipy import signal

SEEDS = (4, 21)
SHORT, LONG = 12, 60


@pytest.fixture(scope="module")
def listen(tmp_path_factory: pytest.TempPathFactory) -> "Listen":
    return Listen(tmp_path_factory.mktemp("music"))


class Listen:
    """Renders each piece once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sound = cache(self._sound)

    def path(self, seed: int, seconds: int) -> Path:
        return self._folder / f"{seed}-{seconds}.f32"

    def _sound(self, seed: int, seconds: int) -> Sound:
        jobs.render(seed, seconds, self.path(seed, seconds))
        return np.fromfile(self.path(seed, seconds), np.float32).reshape(-1, 2).T

    def measured(self, seed: int, seconds: int) -> Loudness:
        self.sound(seed, seconds)
        return asyncio.run(ffmpeg.measure(self.path(seed, seconds), 30))


def level(sound: Sound) -> float:
    """Effective level in dB of full scale."""
    return 20 * float(np.log10(np.sqrt(np.mean(sound**2)) + 1e-9))


def spectrum(sound: Sound) -> NDArray[np.float64]:
    """Level in each third of an octave from 50 Hz up, dB."""
    frequencies, power = signal.welch(sound.mean(axis=0), RATE, nperseg=8192)
    edges = 50 * 2 ** (np.arange(26) / 3)
    bands = [power[(frequencies >= low) & (frequencies < high)].sum() for low, high in pairwise(edges)]
    return np.asarray(10 * np.log10(np.array(bands) + 1e-15))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_piece_has_its_exact_length_and_is_stereo(listen: Listen, seed: int) -> None:
    left, right = sound = listen.sound(seed, SHORT)
    assert sound.shape == (2, SHORT * RATE)
    assert -0.2 < np.corrcoef(left, right)[0, 1] < 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_there_is_no_direct_current_and_no_click(listen: Listen, seed: int) -> None:
    sound = listen.sound(seed, LONG)
    sound = sound / np.abs(sound).max()
    assert np.abs(sound.mean(axis=1)).max() < 1e-4
    assert np.abs(np.diff(sound, axis=1)).max() < 0.2
    # A click is broad: above 9 kHz, where the music has next to nothing, it would stand out.
    highest = signal.sosfilt(signal.butter(4, 9000, "highpass", fs=RATE, output="sos"), sound, axis=1)
    assert np.abs(highest).max() < 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_it_fades_in_and_comes_to_a_natural_end(listen: Listen, seed: int) -> None:
    sound = listen.sound(seed, LONG)
    assert np.abs(sound[:, 0]).max() < 1e-4
    assert np.abs(sound[:, -1]).max() < 1e-4
    assert level(sound[:, : RATE // 2]) < level(sound[:, 3 * RATE : 5 * RATE]) - 6
    ending = [level(sound[:, -second * RATE :][:, :RATE]) for second in range(8, 0, -1)]
    assert ending[0] > ending[3] > ending[-1]
    assert ending[3] > ending[0] - 25, "the reverberation is still there four seconds before the end"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_piece_grows_and_thins(listen: Listen, seed: int) -> None:
    assert 4 <= listen.measured(seed, LONG).range <= 8


@pytest.mark.parametrize("seed", SEEDS)
def test_the_highs_are_soft_but_present(listen: Listen, seed: int) -> None:
    frequencies, power = signal.welch(listen.sound(seed, LONG).mean(axis=0), RATE, nperseg=8192)
    assert power[frequencies > 6000].sum() < 0.001 * power.sum()
    assert power[frequencies > 2000].sum() > 0.0005 * power.sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sound_moves(listen: Listen, seed: int) -> None:
    sound = listen.sound(seed, LONG)
    pictures = [spectrum(sound[:, start * RATE : (start + 5) * RATE]) for start in range(5, 50, 5)]
    changes = [float(np.abs(after - before).mean()) for before, after in pairwise(pictures)]
    assert min(changes) > 1, "dB of mean change from five seconds to the next five"


def test_the_same_seed_is_the_same_sound_to_the_bit(listen: Listen, tmp_path: Path) -> None:
    again = tmp_path / "again.f32"
    first = listen.sound(SEEDS[0], SHORT)
    jobs.render(SEEDS[0], SHORT, again)
    assert again.read_bytes() == first.T.tobytes()


def test_two_seeds_sound_different(listen: Listen) -> None:
    one, other = (spectrum(listen.sound(seed, LONG)) for seed in SEEDS)
    assert np.abs((one - one.mean()) - (other - other.mean())).mean() > 2


def test_limiting_in_stretches_leaves_no_seam(listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listen.sound(SEEDS[0], SHORT)
    whole, stretches = tmp_path / "whole.f32", tmp_path / "stretches.f32"
    jobs.limit(listen.path(SEEDS[0], SHORT), whole, Decibels(-12))
    monkeypatch.setattr(jobs, "STRETCH", 1.7)
    jobs.limit(listen.path(SEEDS[0], SHORT), stretches, Decibels(-12))
    assert np.allclose(np.fromfile(whole, np.float32), np.fromfile(stretches, np.float32), atol=1e-6)
