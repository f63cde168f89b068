"""Make a piece: wait for a turn, render in the worker, set its level, encode it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ai_brain.music import ffmpeg, loudness, rules
from ai_brain.music.line import Line
from ai_brain.music.refusals import TookTooLong
from ai_brain.music.schemas import MusicWish
from ai_brain.music.worker import Worker

RENDER, LIMIT = "ai_brain.music.synthesis.jobs:render", "ai_brain.music.synthesis.jobs:limit"


@dataclass(frozen=True)
class Studio:
    """What a piece is made with. Times in seconds."""

    worker: Worker
    line: Line
    timeout: float
    ffmpeg_timeout: float


async def compose(studio: Studio, wish: MusicWish) -> bytes:
    """The MP3 of a piece. Nothing stays behind, however this ends."""
    async with studio.line.turn():
        try:
            async with asyncio.timeout(studio.timeout):
                with TemporaryDirectory(prefix="airtight-music-") as folder:
                    return await _make(studio, wish, Path(folder))
        except TimeoutError as error:
            raise TookTooLong("The piece took too long to make; ask for a shorter one or try later.") from error
        finally:
            # A process that has composed keeps some 300 MB: a station that asks once a month should not pay for it.
            if studio.line.is_empty:
                studio.worker.close()


async def _make(studio: Studio, wish: MusicWish, folder: Path) -> bytes:
    sound, mp3 = folder / "sound.f32", folder / "piece.mp3"
    await studio.worker.run(RENDER, wish.seed, wish.seconds, sound)
    measured = await ffmpeg.measure(sound, studio.ffmpeg_timeout)
    if (ceiling := loudness.limit_for(measured)) is not None:
        await studio.worker.run(LIMIT, sound, limited := folder / "limited.f32", ceiling)
        sound = limited
        measured = await ffmpeg.measure(sound, studio.ffmpeg_timeout)
    tags = {
        "title": rules.name(wish.seed, wish.title),
        "artist": wish.artist,
        "genre": "Ambient",
        "comment": f"Composed by Airtight from seed {wish.seed}",
    }
    await ffmpeg.encode(sound, mp3, loudness.safe_gain(measured), tags, studio.ffmpeg_timeout)
    return await asyncio.to_thread(mp3.read_bytes)
