"""From the chunks of a connection to PCM with arrival times."""

from __future__ import annotations

import numpy as np

from . import mpeg, opus
from .connection import Connection
from .ffmpeg import RATE, Pcm, decode
from .heard import Heard, Moments, Samples, joined

PREROLL = 0.5
"""Seconds decoded before the first audio wanted, so that the decoder has settled by then."""


def decode_connection(connection: Connection, *, settle: float, since: float, channels: int) -> Heard:
    """What a connection brought from `settle` seconds after it opened, and not before the moment `since`."""
    chunks = list(connection.chunks)
    wanted = max(since, connection.opened_at + settle)
    if connection.is_mp3:
        pieces = [_decode_mp3(chunks, wanted - PREROLL, channels)]
    else:
        pieces = [_decode_chain(chain, wanted - PREROLL, channels) for chain in opus.chains(chunks)]
    return joined([piece.between(wanted, np.inf) for piece in pieces])


def _decode_chain(chain: opus.Chain, since: float, channels: int) -> Heard:
    """ffmpeg 5.1 aborts where chains join, so each is decoded alone; the decoder drops the pre-skip at the start."""
    audio = [page for page in chain.audio if page.at >= since and page.samples]
    while audio and audio[0].page.continued:
        audio.pop(0)
    if not audio:
        return joined([])
    data = b"".join(page.raw for page in chain.headers) + b"".join(one.page.raw for one in audio)
    pcm = decode(data, "ogg", channels=channels)
    ends = np.cumsum([page.samples for page in audio]) - chain.pre_skip
    return _heard(pcm, ends, np.array([page.at for page in audio]))


def _decode_mp3(chunks: list[tuple[float, bytes]], since: float, channels: int) -> Heard:
    chunks = [chunk for chunk in chunks if chunk[0] >= since]
    data = b"".join(chunk for _, chunk in chunks)
    frames = mpeg.frames(data)
    if not frames:
        return joined([])
    pcm = decode(b"".join(data[frame.start : frame.end] for frame in frames), "mp3", channels=channels)
    ends = np.cumsum([frame.samples * RATE / frame.rate for frame in frames]).round().astype(np.int64)
    received = np.cumsum([len(chunk) for _, chunk in chunks])
    completing = np.searchsorted(received, [frame.end for frame in frames])
    arrivals = np.array([at for at, _ in chunks])[completing]
    return _heard(pcm, ends - (int(ends[-1]) - len(pcm)), arrivals)  # a decoder without its bit reservoir begins late


def _heard(pcm: Pcm, ends: Samples, arrivals: Moments) -> Heard:
    return Heard(pcm, np.clip(ends, 0, len(pcm)).astype(np.int64), arrivals)
