"""Sounds of which everything is known: their tempo, where the voice comes in, which of them are one recording."""

import numpy as np
from listening import RATE, Pcm, mix
from numpy.random import Generator, default_rng

CHORDS = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16))


def clicks(bpm: float, seconds: float) -> Pcm:
    """A metronome."""
    times = np.arange(int(0.02 * RATE)) / RATE
    return _every(60 / bpm, seconds, np.exp(-times / 0.004) * np.sin(2 * np.pi * 1500 * times) / 2)


def drums(bpm: float, seconds: float) -> Pcm:
    """A bass drum and a snare in turns, and hats between them."""
    times, hiss = np.arange(int(0.15 * RATE)) / RATE, default_rng(7).standard_normal(int(0.15 * RATE))
    kick = np.exp(-times / 0.05) * np.sin(2 * np.pi * 55 * times)
    snare = np.exp(-times / 0.05) * hiss * 0.4
    hat = np.exp(-times / 0.015) * np.diff(hiss, prepend=0) * 0.2
    beat = 60 / bpm
    return mix(
        _every(2 * beat, seconds, kick),
        _every(2 * beat, seconds, snare, first=beat),
        _every(beat, seconds, hat, first=beat / 2),
    )


def organ(seconds: float, *, seed: int = 0, each: float = 2.0) -> Pcm:
    """Chords that last `each` seconds; the seed says which."""
    choice = default_rng(seed)
    parts = [_chord(each, 110 * 2 ** (choice.integers(12) / 12), choice) for _ in range(int(np.ceil(seconds / each)))]
    return np.concatenate(parts)[: round(seconds * RATE)].astype(np.float32)


def melody(seconds: float, *, seed: int = 0) -> Pcm:
    """Notes of a scale, each struck, over chords; the seed says which."""
    choice = default_rng(seed)
    wave = np.zeros(round(seconds * RATE))
    at = 0.0
    while at < seconds:
        length = float(choice.choice([0.25, 0.5]))
        times = np.arange(int(length * RATE)) / RATE
        hertz = 220 * 2 ** (choice.choice([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
        note = sum(np.sin(2 * np.pi * hertz * part * times) / part for part in (1, 2, 3, 4)) * np.exp(-2 * times)
        _put(wave, note * 0.15, at)
        at += length
    return mix(wave.astype(np.float32), organ(seconds, seed=seed + 1000) * 0.5)


def voice(seconds: float, *, seed: int = 0) -> Pcm:
    """Something like speech or singing: voiced syllables of uneven length, some hissed."""
    choice = default_rng(seed)
    wave = np.zeros(round(seconds * RATE))
    at = 0.0
    while at < seconds:
        length = choice.uniform(0.12, 0.3)
        _put(wave, _syllable(length, choice), at)
        at += length + choice.uniform(0, 0.04)
    return wave.astype(np.float32)


def song(bpm: float, seconds: float, *, seed: int = 0) -> Pcm:
    """Drums and chords."""
    return mix(drums(bpm, seconds) * 0.5, organ(seconds, seed=seed, each=240 / bpm) * 0.3)


def faded(pcm: Pcm, seconds: float) -> Pcm:
    """The same, with an end that fades linearly for so long."""
    ramp = np.ones(len(pcm), np.float32)
    ramp[-round(seconds * RATE) :] = np.linspace(1, 0, round(seconds * RATE))
    return np.asarray(pcm * ramp, np.float32)


def at_level(pcm: Pcm, peak_db: float) -> Pcm:
    """The same, with its highest sample at so many dBFS."""
    return np.asarray(pcm * (10 ** (peak_db / 20) / np.abs(pcm).max()), np.float32)


def _every(period: float, seconds: float, what: np.ndarray, *, first: float = 0.0) -> Pcm:
    wave = np.zeros(round(seconds * RATE))
    for at in np.arange(first, seconds, period):
        _put(wave, what, float(at))
    return wave.astype(np.float32)


def _put(wave: np.ndarray, what: np.ndarray, at: float) -> None:
    start = round(at * RATE)
    part = what[: max(0, len(wave) - start)]
    wave[start : start + len(part)] += part


def _chord(seconds: float, root: float, choice: Generator) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    notes = [root * 2 ** (step / 12) for step in CHORDS[choice.integers(len(CHORDS))]]
    edge = np.minimum(1, np.minimum(times, times[::-1]) / 0.01)
    waves = [np.sin(2 * np.pi * note * part * times) / part for note in notes for part in (1, 2, 3)]
    return np.asarray(edge * np.sum(waves, axis=0) * 0.15)


def _syllable(seconds: float, choice: Generator) -> np.ndarray:
    times = np.arange(int(seconds * RATE)) / RATE
    if choice.random() < 0.15:
        return np.diff(choice.standard_normal(len(times)), prepend=0) * np.hanning(len(times)) * 0.1
    pitch, formant = choice.uniform(100, 180), choice.uniform(500, 900)
    parts = [
        np.exp(-(((part * pitch - formant) / 500) ** 2)) * np.sin(2 * np.pi * part * pitch * times)
        for part in range(1, 20)
    ]
    return np.asarray(np.sum(parts, axis=0) * np.hanning(len(times)) ** 0.3 * 0.2)
