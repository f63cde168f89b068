"""On-air copies: what MPD plays instead of the files people drop.

A copy is at the station's loudness and sample rate, carries the item's id as its only tag (the one thing that survives
the way through MPD and Liquidsoap), and stays whole when somebody overwrites or removes the original while it airs.
"""

import shutil
from pathlib import Path
from uuid import UUID

from kit.command import CommandFailed, run

from stream_control.programme.probe import LOCAL_ONLY, NotPlayable, Sound
from stream_control.programme.rules import gain

BYTES_PER_SECOND = 48_000 * 4


class DiskFull(Exception):
    """There is no room for a copy; it is made when there is."""


def path_of(folder: Path, item: UUID) -> Path:
    """Where the copy of an item is."""
    return folder / f"{item}.flac"


def require_room(folder: Path, *, seconds: float, reserve_mb: int) -> None:
    """Refuse a copy that would eat into the reserve: a full disk would silence more than this file."""
    free = shutil.disk_usage(folder).free
    needed = int(seconds * BYTES_PER_SECOND) + reserve_mb * 1_000_000
    if free < needed:
        raise DiskFull(f"The disk is nearly full: {free // 1_000_000} MB free, {needed // 1_000_000} MB needed.")


async def make(source: Path, target: Path, item: UUID, sound: Sound) -> None:
    """Write the copy in one step; raises `NotPlayable`."""
    part = target.with_name(f".{target.name}.part")
    level = gain(sound.loudness_lufs, sound.true_peak_dbtp)
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *LOCAL_ONLY, "-i", f"file:{source}"]
    form = ["-ar", "48000", "-ac", "2", "-sample_fmt", "s16", "-c:a", "flac", "-compression_level", "3"]
    tags = ["-map_metadata", "-1", "-map_chapters", "-1", "-metadata", f"title={item}", "-fflags", "+bitexact"]
    try:
        await run(
            [*command, "-map", "0:a:0", "-af", f"volume={level:.2f}dB", *form, *tags, "-f", "flac", f"file:{part}"],
            seconds=60 + sound.length_seconds / 5,
        )
        part.chmod(0o644)
        part.replace(target)
    except CommandFailed as error:
        raise NotPlayable(f"No copy could be made of it: {error}") from error
    finally:
        part.unlink(missing_ok=True)


async def take_cover(source: Path, target: Path) -> bool:
    """Write the file's cover as a JPEG of at most 600 pixels; False when it cannot be read."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *LOCAL_ONLY, "-i", f"file:{source}"]
    scale = "scale='min(600,iw)':-2"
    target.parent.mkdir(exist_ok=True)
    try:
        await run([*command, "-map", "0:v:0", "-frames:v", "1", "-vf", scale, f"file:{target}"], seconds=30)
    except CommandFailed:
        return False
    return target.exists()
