"""A streamer's encoder for listening tests: ffmpeg that sends a tone to the harbor."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from listening import TONES
from station import Station

LEVEL_DB = -20.0
CODECS: dict[str, tuple[str, ...]] = {
    "opus": ("-c:a", "libopus", "-b:a", "128k", "-page_duration", "60000", "-content_type", "audio/ogg", "-f", "ogg"),
    # What ffmpeg does when nobody tells it otherwise: a second in a page.
    "opus_pages": ("-c:a", "libopus", "-b:a", "128k", "-content_type", "audio/ogg", "-f", "ogg"),
    "mp3": ("-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg", "-f", "mp3"),
    "aac": ("-c:a", "aac", "-b:a", "128k", "-content_type", "audio/aac", "-f", "adts"),
}


@dataclass
class Encoder:
    """A running ffmpeg; moments are `time.monotonic()` seconds."""

    process: subprocess.Popen[bytes]
    began: float
    log: Path

    def kill(self) -> float:
        """End it as a crash would; returns the moment."""
        moment = time.monotonic()
        self.process.kill()
        self.process.wait()
        return moment

    def freeze(self) -> float:
        """Stop sending without hanging up; returns the moment."""
        moment = time.monotonic()
        os.kill(self.process.pid, signal.SIGSTOP)
        return moment

    async def until_gone(self, seconds: float) -> float:
        """Wait until it was sent away; returns the moment."""
        await asyncio.to_thread(self.process.wait, seconds)
        return time.monotonic()

    @property
    def said(self) -> str:
        """What ffmpeg complained of."""
        return self.log.read_text(errors="replace")


def source_of(tone: str, *, silent_from: float | None = None, silent_for: float = 0.0) -> str:
    """An ffmpeg source of a tone, with silence in the middle when asked for."""
    amplitude = f"{10 ** (LEVEL_DB / 20):.4f}*sin(2*PI*{TONES[tone]}*t)"
    if silent_from is None:
        return f"aevalsrc={amplitude}:s=48000"
    end = silent_from + silent_for
    return f"aevalsrc='{amplitude}*(lt(t,{silent_from})+gte(t,{end}))':s=48000"


@asynccontextmanager
async def encoder(
    station: Station,
    token: str,
    tone: str = "live",
    *,
    codec: str = "opus",
    folder: Path,
    source: str | None = None,
    put: bool = False,
) -> AsyncIterator[Encoder]:
    """An encoder that sends a tone until the end of the block, over `icecast://` or a plain HTTP PUT."""
    port = 8003 + station.offset
    target = [f"icecast://source:{token}@127.0.0.1:{port}/live"]
    if put:
        target = ["-method", "PUT", "-auth_type", "basic", f"http://source:{token}@127.0.0.1:{port}/live"]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", source or source_of(tone), "-ac", "2"]
    log = folder / f"{tone}-{time.monotonic_ns()}.log"
    with log.open("wb") as said:
        began = time.monotonic()
        process = subprocess.Popen([*command, *CODECS[codec], *target], stderr=said)
        running = Encoder(process, began, log)
        try:
            yield running
        finally:
            running.kill()
