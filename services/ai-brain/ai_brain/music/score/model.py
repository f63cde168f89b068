"""The words a piece is written in. Everything is frozen: a score is decided once and then only read."""

from dataclasses import dataclass
from typing import NewType

Seconds = NewType("Seconds", float)
Hertz = NewType("Hertz", float)
Lufs = NewType("Lufs", float)
Decibels = NewType("Decibels", float)
Midi = NewType("Midi", int)
"""A pitch as a MIDI note number: 69 is A4, a semitone is one."""

MIDI_A4 = 69
HERTZ_A4 = 440.0


def hertz(pitch: Midi) -> Hertz:
    """The frequency of a pitch in equal temperament."""
    return Hertz(HERTZ_A4 * 2 ** ((pitch - MIDI_A4) / 12))


@dataclass(frozen=True)
class Mode:
    """Seven semitone steps above the key note, and the degrees that give the mode its colour."""

    name: str
    steps: tuple[int, ...]
    colours: tuple[int, ...]


@dataclass(frozen=True)
class Chord:
    """A harmony: its pitch classes, the voices that sing it from low to high, and the bass under it."""

    start: Seconds
    end: Seconds
    degree: int
    tones: tuple[int, ...]
    voices: tuple[Midi, ...]
    bass: Midi


@dataclass(frozen=True)
class Note:
    """One sounding event. Velocity is 0..1; pan is −1 (left) to 1 (right)."""

    start: Seconds
    end: Seconds
    pitch: Midi
    velocity: float
    pan: float = 0.0


@dataclass(frozen=True)
class Section:
    """A stretch of the form. Energy is 0..1 and drives level, brightness and how many parts play."""

    name: str
    start: Seconds
    end: Seconds
    energy: float


@dataclass(frozen=True)
class Palette:
    """The sound of one piece: which instruments play, in which room."""

    pad: str
    bell: str
    pluck: str
    spread_cents: float
    dark: Hertz
    bright: Hertz
    room: Seconds
    air: Hertz
    breath: Seconds
    bell_level: Decibels
    air_level: Decibels


@dataclass(frozen=True)
class Score:
    """A whole piece, ready to be played."""

    seed: int
    seconds: Seconds
    key: int
    mode: Mode
    beat: Seconds
    palette: Palette
    sections: tuple[Section, ...]
    chords: tuple[Chord, ...]
    pads: tuple[Note, ...]
    basses: tuple[Note, ...]
    bells: tuple[Note, ...]
    plucks: tuple[Note, ...]
