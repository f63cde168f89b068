"""The ears of the test-suite: record a stream, and measure what a listener heard.

Each source plays its own tone (TONES); a claim about what is on air is a claim about tones, levels, gaps and moments.
"""

from .chirps import Found, chirp_position
from .describe import describe, describe_heard
from .ffmpeg import RATE, Pcm, decode, decode_file
from .gaps import Silence, Stall, longest_silence, silences, stalls
from .heard import Heard, heard
from .hls import HlsRecording, record_hls
from .joins import Click, largest_click
from .loudness import Loudness, loudness
from .phase import largest_phase_step
from .recorder import Outage, Recording, record
from .signals import chirp, chord, crossfade, encoded, join, mix, noise, silence, tone, write
from .spans import Span, crossfade_length, first_heard, last_heard, spans
from .tones import TONES, Levels, tone_levels

__all__ = [
    "RATE",
    "TONES",
    "Click",
    "Found",
    "Heard",
    "HlsRecording",
    "Levels",
    "Loudness",
    "Outage",
    "Pcm",
    "Recording",
    "Silence",
    "Span",
    "Stall",
    "chirp",
    "chirp_position",
    "chord",
    "crossfade",
    "crossfade_length",
    "decode",
    "decode_file",
    "describe",
    "describe_heard",
    "encoded",
    "first_heard",
    "heard",
    "join",
    "largest_click",
    "largest_phase_step",
    "last_heard",
    "longest_silence",
    "loudness",
    "mix",
    "noise",
    "record",
    "record_hls",
    "silence",
    "silences",
    "spans",
    "stalls",
    "tone",
    "tone_levels",
    "write",
]
