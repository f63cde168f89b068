"""An HLS listener: follows a playlist and keeps its segments."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field

import httpx
import numpy as np

from .ffmpeg import RATE, Pcm, decode
from .heard import Heard

SEGMENT = re.compile(r"#EXTINF:([\d.]+)[^\n]*\n(?:#[^\n]*\n)*([^#\s]\S*)")


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of `seconds` (as the playlist says), fetched by the moment `at` (monotonic seconds)."""

    url: str
    seconds: float
    at: float
    data: bytes


@dataclass(slots=True)
class HlsRecording:
    """The segments in playlist order. Arrival is known per segment only."""

    url: str
    segments: list[Segment] = field(default_factory=list)

    def pcm(self, *, channels: int = 1) -> Pcm:
        """All segments decoded as one."""
        return decode(b"".join(segment.data for segment in self.segments), "mpegts", channels=channels)

    def heard(self, *, channels: int = 1) -> Heard:
        """PCM with the arrival of each segment; the segment borders are the playlist's, good to some 50 ms."""
        pcm = self.pcm(channels=channels)
        ends = np.cumsum([segment.seconds for segment in self.segments]) * RATE
        ends = np.clip(ends.round().astype(np.int64), 0, len(pcm))
        ends[-1:] = len(pcm)
        return Heard(pcm, ends, np.array([segment.at for segment in self.segments]))


async def record_hls(url: str, seconds: float, *, every: float = 0.5) -> HlsRecording:
    """Follow a playlist (a master playlist leads to its first variant) for `seconds`, asking every `every` seconds."""
    recording, known = HlsRecording(url), set[str]()
    until = time.monotonic() + seconds
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as client:
        while True:
            for segment_url, length in await _playlist(client, url):
                if segment_url not in known:
                    known.add(segment_url)
                    data = (await client.get(segment_url)).raise_for_status().content
                    recording.segments.append(Segment(segment_url, length, time.monotonic(), data))
            if time.monotonic() + every > until:
                return recording
            await asyncio.sleep(every)


async def _playlist(client: httpx.AsyncClient, url: str) -> list[tuple[str, float]]:
    answer = (await client.get(url)).raise_for_status()
    if "#EXT-X-STREAM-INF" in answer.text:
        variant = next(line for line in answer.text.splitlines() if line and not line.startswith("#"))
        return await _playlist(client, str(answer.url.join(variant)))
    return [(str(answer.url.join(name)), float(length)) for length, name in SEGMENT.findall(answer.text)]
