"""Test material: tones, noise and chirps, and files made of them. PCM is mono, 48 kHz, full scale 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .ffmpeg import RATE, Pcm, raw_input, run
from .tones import STANDBY_CHORD, TONES

ENCODERS: dict[str, tuple[str, ...]] = {
    ".wav": ("-c:a", "pcm_s16le", "-f", "wav"),
    ".flac": ("-c:a", "flac", "-f", "flac"),
    ".mp3": ("-c:a", "libmp3lame", "-b:a", "192k", "-f", "mp3"),
    ".ogg": ("-c:a", "libvorbis", "-q:a", "6", "-f", "ogg"),
    ".opus": ("-c:a", "libopus", "-b:a", "128k", "-vbr", "off", "-page_duration", "100000", "-f", "ogg"),
    ".m4a": ("-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", "-f", "ipod"),
}
"""How each kind of file is made; .opus is coded as the station's stream is."""


def tone(source: str | float, seconds: float, level_db: float = -20.0) -> Pcm:
    """A sine of a source (a name in TONES, or Hz); `level_db` is its peak amplitude in dBFS."""
    hertz = TONES[source] if isinstance(source, str) else source
    return _pcm(10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * _times(seconds)))


def chord(seconds: float, level_db: float = -20.0) -> Pcm:
    """The standby chord; each note at `level_db` dBFS."""
    return mix(*(tone(note, seconds, level_db) for note in STANDBY_CHORD))


def noise(seconds: float, level_db: float = -20.0, *, seed: int = 1) -> Pcm:
    """White noise; `level_db` is its RMS in dBFS."""
    return _pcm(10 ** (level_db / 20) * np.random.default_rng(seed).standard_normal(round(seconds * RATE)))


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * RATE), np.float32)


def chirp(seconds: float = 0.5, level_db: float = -10.0, *, low: float = 300.0, high: float = 6000.0) -> Pcm:
    """A sine that slides from `low` to `high` Hz, with 5 ms fades so that no codec trips over its edges."""
    times = _times(seconds)
    wave = np.sin(2 * np.pi * (low * times + (high - low) / (2 * seconds) * times**2))
    edge = np.minimum(1, np.minimum(times, times[::-1]) / 0.005)
    return _pcm(10 ** (level_db / 20) * edge * wave)


def join(*parts: Pcm) -> Pcm:
    """Parts after each other, cut hard."""
    return np.concatenate(parts)


def mix(*parts: Pcm) -> Pcm:
    """Parts at once, from their beginnings."""
    longest = max(len(part) for part in parts)
    return _pcm(np.sum([np.pad(part, (0, longest - len(part))) for part in parts], axis=0))


def crossfade(outgoing: Pcm, incoming: Pcm, seconds: float) -> Pcm:
    """The end of one over the beginning of the other, with linear fades of `seconds`."""
    count = round(seconds * RATE)
    ramp = np.linspace(0, 1, count, dtype=np.float32)
    middle = outgoing[-count:] * (1 - ramp) + incoming[:count] * ramp
    return join(outgoing[:-count], _pcm(middle), incoming[count:])


def encoded(pcm: Pcm, suffix: str, tags: Mapping[str, str] | None = None) -> bytes:
    """PCM as the bytes of a file of this kind (".opus", ".mp3", …; not .m4a, which needs a file to go back in)."""
    return run(*raw_input(pcm), *_tagged(tags), *ENCODERS[suffix], "pipe:1", data=pcm.tobytes())[0]


def write(path: Path, pcm: Pcm, tags: Mapping[str, str] | None = None) -> Path:
    """Write a sound file; its suffix says how: .wav .flac .mp3 .ogg .opus .m4a."""
    run(*raw_input(pcm), *_tagged(tags), *ENCODERS[path.suffix], "-y", str(path), data=pcm.tobytes())
    return path


def _tagged(tags: Mapping[str, str] | None) -> list[str]:
    return [word for key, value in (tags or {}).items() for word in ("-metadata", f"{key}={value}")]


def _times(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.arange(round(seconds * RATE), dtype=np.float64) / RATE


def _pcm(values: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> Pcm:
    return values.astype(np.float32)
