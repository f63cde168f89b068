"""Covers: the picture inside a sound file."""

from pathlib import Path

from kit.command import CommandFailed, run

from api.media.tools import FFMPEG, LOCAL_ONLY, file

MOST_PIXELS = 50_000_000
"""A small file may claim to be a picture that fills the memory."""


async def take(source: Path, target: Path) -> bool:
    """Write the file's cover as a JPEG of at most 600 pixels; False when it has none or none that can be read."""
    part = target.with_name(f".{target.name}.part")
    safely = [*LOCAL_ONLY, "-max_pixels", str(MOST_PIXELS), "-i", file(source), "-map", "0:v:0"]
    small = ["-frames:v", "1", "-vf", "scale='min(600,iw)':-2", "-c:v", "mjpeg", "-f", "image2", "-update", "1"]
    target.parent.mkdir(exist_ok=True)
    try:
        await run([*FFMPEG, "-loglevel", "error", *safely, *small, file(part)], seconds=30)
        part.chmod(0o644)
        part.replace(target)
    except (CommandFailed, FileNotFoundError):
        return False
    finally:
        part.unlink(missing_ok=True)
    return True
