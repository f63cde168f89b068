"""The only door to ffmpeg."""

from __future__ import annotations

import subprocess

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.float32]
"""Float samples, full scale 1.0: shape (samples,) or (samples, channels)."""

RATE = 48_000
"""Samples per second of all PCM here."""


def run(*arguments: str, data: bytes = b"", loglevel: str = "error") -> tuple[bytes, str]:
    """Run ffmpeg on `data`; its standard output and its messages. Raises RuntimeError with the messages if it fails."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-nostats", "-v", loglevel, *arguments]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    messages = done.stderr.decode("utf-8", "replace")
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{messages[-2000:]}")
    return done.stdout, messages


def decode(data: bytes, container: str, *, channels: int = 1) -> Pcm:
    """Decode bytes of a container ("ogg", "mp3", "mpegts", …) to 48 kHz PCM; one channel gives shape (samples,)."""
    return _shaped(run("-f", container, "-i", "pipe:0", *_raw(channels), data=data)[0], channels)


def decode_file(path: str, *, channels: int = 1) -> Pcm:
    """Decode any audio file to 48 kHz PCM."""
    return _shaped(run("-i", path, *_raw(channels))[0], channels)


def raw_input(pcm: Pcm) -> tuple[str, ...]:
    """The arguments that make ffmpeg read `pcm` (as bytes) from its standard input."""
    return ("-f", "f32le", "-ar", str(RATE), "-ac", str(1 if pcm.ndim == 1 else pcm.shape[1]), "-i", "pipe:0")


def _raw(channels: int) -> tuple[str, ...]:
    return ("-map", "0:a:0", "-f", "f32le", "-ac", str(channels), "-ar", str(RATE), "pipe:1")


def _shaped(raw: bytes, channels: int) -> Pcm:
    pcm = np.frombuffer(raw, np.float32)
    return pcm if channels == 1 else pcm.reshape(-1, channels)
