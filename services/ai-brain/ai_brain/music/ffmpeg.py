"""ffmpeg measures and encodes: low priority, one thread, limited in time, never left behind."""

from collections.abc import Mapping
from pathlib import Path

import structlog
from kit.command import CommandFailed, CommandTimedOut
from kit.command import run as run_command

from ai_brain.music import loudness
from ai_brain.music.loudness import Loudness
from ai_brain.music.refusals import ComposerFailed
from ai_brain.music.score.model import Decibels

BITRATE = "256k"
RAW = ("-f", "f32le", "-ar", "48000", "-ac", "2")
"""How the composer writes sound: interleaved float32 stereo at 48 kHz."""
logger = structlog.get_logger()


async def measure(sound: Path, patience: float) -> Loudness:
    """Loudness and true peak of raw sound by ITU-R BS.1770 and EBU R 128."""
    log = await run(
        *RAW, "-i", str(sound), "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-", patience=patience
    )
    return loudness.parse(log)


async def encode(sound: Path, mp3: Path, gain: Decibels, tags: Mapping[str, str], patience: float) -> None:
    """An MP3 of raw sound with plain gain and ID3v2 tags."""
    metadata = [part for name, value in tags.items() for part in ("-metadata", f"{name}={value}")]
    level = ("-af", f"volume={gain:.4f}dB:precision=float")
    await run(
        *RAW, "-i", str(sound), *level, "-b:a", BITRATE, "-id3v2_version", "3", *metadata, str(mp3), patience=patience
    )


async def run(*arguments: str, patience: float) -> str:
    """What ffmpeg logged. If it takes too long (TimeoutError) or nobody waits for it any more, it is killed."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-nostdin", "-threads", "1", *arguments]
    try:
        _, log = await run_command(command, seconds=patience)
    except CommandTimedOut:
        raise
    except CommandFailed as error:
        logger.error("ffmpeg_failed", log=str(error))
        raise ComposerFailed("The piece could not be encoded; the reason has been logged.") from error
    return log
