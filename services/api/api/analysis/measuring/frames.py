"""What is kept of a sound while it passes by: a few numbers for every hundredth of a second, and its chords.

An hour of it is 9 MB. All points that analysis finds come from these frames.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from api.analysis.measuring.decoding import RATE, Samples

PER_SECOND = 100
HOP = RATE // PER_SECOND
"""Samples from one frame to the next."""
CHORD_FRAMES = 50
"""Frames of one chord: half a second."""
WINDOW = 2048
_BESIDE = (WINDOW - HOP) // 2
"""Samples of a window before its frame, and after it."""
_SINE = (WINDOW / 4) ** 2
"""The power that a full-scale sine has in its bin."""
_BANDS = 64
_FLOOR = 1e-8
"""A band with less than this, −80 dBFS, counts as empty: hiss that comes and goes is no beat."""
_LAG = 4
"""Frames between the two spectra whose difference is an onset: half a window, as attacks are smeared over it."""
_VOICE_HZ = (300, 3000)
_NOTES_HZ = (150, 4000)
"""Lower notes are nearer to each other than bins are, higher ones are overtones."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Frames:
    """A sound in frames of 10 ms. Powers are mean squares over both channels; full scale is 1."""

    power: Floats
    voice: Floats
    """Power between 300 and 3,000 Hz, where voices and melodies are."""
    low: Floats
    high: Floats
    """The lowest and the highest sample of either channel."""
    onset: Floats
    """Decibels by which the spectrum's bands rise, on average: that something begins here."""
    centroid: Floats
    """The middle of the spectrum, in Hz."""
    chords: Floats
    """Shape (halves of seconds, 12): how strong each of the twelve notes is."""


def gather(blocks: Iterable[Samples]) -> Frames:
    """Look at each block once, and forget it."""
    parts = defaultdict[str, list[Floats]](list)
    spectra = _Spectra()
    for block in blocks:
        frames = np.pad(block, ((0, -len(block) % HOP), (0, 0))).reshape(-1, HOP, block.shape[1])
        parts["power"].append((frames**2).mean(axis=(1, 2)))
        parts["low"].append(frames.min(axis=(1, 2)))
        parts["high"].append(frames.max(axis=(1, 2)))
        spectra.add(frames.mean(axis=2).ravel(), parts)
    spectra.add(np.zeros(_BESIDE, np.float32), parts)
    return Frames(**{name: _joined(name, parts[name]) for name in Frames.__dataclass_fields__})


class _Spectra:
    """Remembers what the windows and differences of the next samples need of those before."""

    def __init__(self) -> None:
        self._samples = np.zeros(_BESIDE, np.float32)
        self._bands: Floats | None = None
        self._notes = np.zeros((0, 12), np.float32)

    def add(self, samples: Floats, parts: dict[str, list[Floats]]) -> None:
        """Add to the parts what is complete now."""
        here = np.concatenate([self._samples, samples])
        count = max(0, (len(here) - WINDOW) // HOP + 1)
        self._samples = here[count * HOP :]
        if not count:
            return
        windows = np.lib.stride_tricks.sliding_window_view(here, WINDOW)[: count * HOP : HOP]
        amplitude: Floats = np.abs(np.fft.rfft(windows * _hann())).T.astype(np.float32)
        power = np.asarray(amplitude**2 / _SINE, np.float32)
        parts["voice"].append(power[_voice()].sum(axis=0) / 3)
        parts["onset"].append(self._onsets(power))
        parts["centroid"].append(_hertz() @ amplitude / np.maximum(amplitude.sum(axis=0), _FLOOR))
        parts["chords"].append(self._chords(power))

    def _onsets(self, power: Floats) -> Floats:
        bands = 10 * np.log10(np.maximum(_bands() @ power, _FLOOR))
        before = np.full((_BANDS, _LAG), bands.min(), np.float32) if self._bands is None else self._bands
        lately = np.concatenate([before, bands], axis=1)
        self._bands = lately[:, -_LAG:]
        return np.asarray(np.maximum(0, lately[:, _LAG:] - lately[:, :-_LAG]).mean(axis=0))

    def _chords(self, power: Floats) -> Floats:
        notes = np.concatenate([self._notes, (_notes() @ power).T])
        whole = len(notes) // CHORD_FRAMES * CHORD_FRAMES
        self._notes = notes[whole:]
        return np.asarray(np.sqrt(notes[:whole].reshape(-1, CHORD_FRAMES, 12).mean(axis=1)))


def _joined(name: str, parts: list[Floats]) -> Floats:
    nothing = np.zeros((0, 12) if name == "chords" else 0, np.float32)
    return np.concatenate([nothing, *parts]).astype(np.float32)


@cache
def _hann() -> Floats:
    return np.hanning(WINDOW + 1)[:-1].astype(np.float32)


@cache
def _hertz() -> Floats:
    return np.asarray(np.fft.rfftfreq(WINDOW, 1 / RATE), np.float32)


@cache
def _voice() -> npt.NDArray[np.bool_]:
    return np.asarray((_hertz() >= _VOICE_HZ[0]) & (_hertz() <= _VOICE_HZ[1]))


@cache
def _bands() -> Floats:
    """Shape (bands, bins): triangles, each over two bands of the mel scale, which is as wide as ears resolve."""
    mel = 2595 * np.log10(1 + _hertz() / 700)
    centres = np.linspace(0, mel[-1], _BANDS + 2)[1:-1, None]
    return np.asarray(np.maximum(0, 1 - np.abs(mel - centres) / (centres[1] - centres[0])), np.float32)


@cache
def _notes() -> Floats:
    """Shape (12, bins): how much each bin belongs to each note, A first, whatever the octave."""
    hertz = np.maximum(_hertz(), 1)
    apart = (12 * np.log2(hertz / 440) - np.arange(12)[:, None] + 6) % 12 - 6
    heard = (hertz >= _NOTES_HZ[0]) & (hertz <= _NOTES_HZ[1])
    return np.where(heard, np.maximum(0, 1 - np.abs(apart)), 0).astype(np.float32)
