"""Copies at the station's loudness, and on-air copies: what MPD plays instead of the files that people send.

An on-air copy is at the station's loudness and sample rate, without the silence around the music. It carries the
item's id as its only tag (the one thing that survives the way through MPD and Liquidsoap), and stays whole when
somebody overwrites or removes the original while it airs.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from uuid import UUID

from kit.command import OUTPUT_BYTES, CommandFailed, CommandTimedOut, run

from api.media import rules
from api.media.probe import NotPlayable, Sound, loudness_and_peak
from api.media.rules import Level
from api.media.tools import FFMPEG, IN_AIR_FORM, LOCAL_ONLY, MEASURE, file

BYTES_PER_SECOND = 48_000 * 4
SOME_MORE = 10_000_000
"""Bytes that a copy may be longer than its samples: what compresses badly, a picture, what is written around it."""
ATTEMPTS = 4
"""So often the limiter is set anew when its result is off."""
FORM = ("-ar", "48000", "-ac", "2", "-sample_fmt", "s16", "-c:a", "flac", "-compression_level", "3")


@dataclass(frozen=True)
class Form:
    """How a copy is written: ffmpeg's arguments from the codec to the container, inputs besides the sound itself, and
    the peak that is aimed at: a codec that loses something needs room above it. dBTP."""

    arguments: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    aim_dbtp: float = rules.PEAK_AIM_DBTP


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


async def make(source: Path, target: Path, item: UUID, sound: Sound) -> float:
    """Write an on-air copy in one step and return its length in seconds; raises `NotPlayable` and `DiskFull`."""
    return await make_as(source, target, sound, Form((*FORM, *_tags(item), "-f", "flac")))


async def make_as(source: Path, target: Path, sound: Sound, form: Form) -> float:
    """Write a copy of another form, as `make` does."""
    async with whole(target) as part:
        level = rules.first_level(sound.loudness_lufs, sound.true_peak_dbtp, form.aim_dbtp)
        if level.ceiling_dbtp is None or not await _limited(source, part, sound, form, level):
            linear = Level(rules.gain(sound.loudness_lufs, sound.true_peak_dbtp, form.aim_dbtp))
            await _write(source, part, sound, form, linear)
    return sound.ends_at - sound.begins_at


async def relabel(source: Path, target: Path, item: UUID) -> None:
    """Write a copy's sound once more, as it is, under another item's id; raises `NotPlayable` and `DiskFull`."""
    async with whole(target) as part:
        await ffmpeg(
            [*LOCAL_ONLY, "-i", file(source), "-map", "0:a:0", "-c", "copy", *_tags(item), "-f", "flac", file(part)],
            seconds=120,
        )


async def _limited(source: Path, part: Path, sound: Sound, form: Form, level: Level) -> bool:
    """Whether a copy through a limiter keeps the ceiling; its loudness is as near as the attempts brought it."""
    for attempt in range(1, ATTEMPTS + 1):
        heard = loudness_and_peak(await _write(source, part, sound, form, level))
        if heard is None:
            return False
        better = rules.better_level(level, sound.loudness_lufs, *heard, form.aim_dbtp)
        if better is None or (attempt == ATTEMPTS and rules.holds_the_ceiling(heard[1], form.aim_dbtp)):
            return True
        level = better
    return False


async def _write(source: Path, part: Path, sound: Sound, form: Form, level: Level) -> str:
    filters = [IN_AIR_FORM]
    if (sound.begins_at, sound.ends_at) != (0, sound.length_seconds):
        end = f":end={sound.ends_at:.4f}" if sound.ends_at < sound.length_seconds else ""
        filters.append(f"atrim=start={sound.begins_at:.4f}{end},asetpts=N/SR/TB")
    filters.append(f"volume={level.gain_db:.2f}dB")
    if level.ceiling_dbtp is not None:
        # At four samples for one a sample's peak is nearly the true peak.
        ceiling = f"limit={level.ceiling_dbtp:.2f}dB:level=false:latency=true"
        filters.append(f"aresample=192000,alimiter={ceiling}:attack=5:release=50,aresample=48000,{MEASURE}")
    inputs = [*LOCAL_ONLY, "-i", file(source), *form.inputs]
    arguments = ["-map", "0:a:0", "-af", ",".join(filters), *form.arguments, file(part)]
    most = int(sound.length_seconds * BYTES_PER_SECOND) + SOME_MORE
    return await ffmpeg([*inputs, *arguments], seconds=60 + sound.length_seconds / 5, output_bytes=most)


def _tags(item: UUID) -> list[str]:
    nothing = ["-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1"]
    return [*nothing, "-metadata", f"title={item}", "-fflags", "+bitexact"]


async def ffmpeg(arguments: list[str], *, seconds: float, output_bytes: int = OUTPUT_BYTES) -> str:
    """What ffmpeg says while it makes a file; raises `NotPlayable` and `DiskFull`."""
    try:
        _, said = await run([*FFMPEG, *arguments], seconds=seconds, output_bytes=output_bytes)
    except CommandTimedOut as error:
        raise NotPlayable("timed_out", "Making its copy takes too long.") from error
    except CommandFailed as error:
        if "No space left" in str(error):
            raise DiskFull("The disk is full.") from error
        raise NotPlayable("broken", "It is broken: no copy could be made of it.") from error
    return said


@asynccontextmanager
async def whole(target: Path) -> AsyncIterator[Path]:
    """A file beside the target that takes its place when it is complete, and leaves nothing otherwise.

    Its name is its own: whoever makes the same copy at the same time writes another.
    """
    part = target.with_name(f".{target.name}.{token_hex(4)}.part")
    try:
        yield part
        part.chmod(0o644)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
