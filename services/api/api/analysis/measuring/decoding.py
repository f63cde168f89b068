"""Sound in blocks, from ffmpeg through a pipe: however long it is, only one block of it is in memory."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from api.media.tools import FFMPEG, LOCAL_ONLY, file

RATE = 24_000
"""Samples a second. Half of the on-air copy's: what lies above 12 kHz tells nothing of cues, beats or chords."""
CHANNELS = 2
BLOCK_SECONDS = 20
_SAMPLE = 4

Samples = npt.NDArray[np.float32]


class NotDecodable(Exception):
    """ffmpeg did not come to the end of it; the text is what it said."""


def blocks(source: Path) -> Iterator[Samples]:
    """Arrays of shape (samples, 2), all but the last `BLOCK_SECONDS` long; raises `NotDecodable`."""
    form = ("-map", "0:a:0", "-af", f"aresample={RATE}", "-ac", str(CHANNELS), "-f", "f32le", "pipe:1")
    command = [*FFMPEG, "-loglevel", "error", *LOCAL_ONLY, "-i", file(source), *form]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        try:
            assert process.stdout
            while block := process.stdout.read(BLOCK_SECONDS * RATE * CHANNELS * _SAMPLE):
                yield np.frombuffer(block, "<f4").reshape(-1, CHANNELS)
            if process.wait():
                said.seek(0)
                raise NotDecodable(said.read(500).decode(errors="replace").strip())
        finally:
            process.kill()
            process.wait()
