"""What ffprobe and ffmpeg say of a file: is it sound, how long, how loud, and what is it called."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kit.command import CommandFailed, CommandTimedOut, run

from api.media import disguise, rules
from api.media import tags as reading
from api.media.kinds import agree
from api.media.tags import Tags
from api.media.tools import FFMPEG, IN_AIR_FORM, LOCAL_ONLY, MEASURE, file

QUIET = -70.0
"""LUFS at which EBU R 128 gates everything away: there is nothing to hear."""
MOST_CHANNELS = 8
FASTEST = 192_000
"""Samples a second. Whatever is within is brought down to the station's form; more is nobody's music."""
Problem = Literal["not_audio", "broken", "silent", "too_long", "too_short", "timed_out"]


class NotPlayable(Exception):
    """A file that cannot be put on air. `code` is the reason in one word, the text says it to a person."""

    def __init__(self, code: Problem, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Sound:
    """A file that decodes from its first second to its last. Seconds, LUFS, dBTP."""

    length_seconds: float
    loudness_lufs: float
    true_peak_dbtp: float
    tags: Tags
    has_cover: bool
    begins_at: float
    ends_at: float
    """What is kept lies between these: silence before and after it is left out of the copy."""


@dataclass(frozen=True)
class _Told:
    """What a file says of itself; `claimed` seconds are None when it says nothing of its length."""

    claimed: float | None
    tags: Tags
    has_cover: bool


async def probe(path: Path, *, shortest_seconds: float, longest_seconds: float) -> Sound:
    """Decode a whole file and measure it; raises `NotPlayable`."""
    told = await _describe(path)
    if told.claimed and told.claimed > longest_seconds:
        raise _too_long(longest_seconds)
    said = await _decode(path, longest_seconds)
    length, loudness, peak = _measured(said)
    if length > longest_seconds:
        raise _too_long(longest_seconds)
    if rules.is_cut_off(told.claimed, length):
        raise NotPlayable("broken", f"It is broken off: {length:.0f} of {told.claimed:.0f} seconds are there.")
    kept = rules.audible_part(_silences(said, length), length)
    if length >= shortest_seconds and (kept is None or loudness <= QUIET):
        raise NotPlayable("silent", "It is silent.")
    if kept is None or kept[1] - kept[0] < shortest_seconds:
        raise NotPlayable("too_short", f"It is shorter than {shortest_seconds:g} seconds.")
    return Sound(length, loudness, peak, told.tags, told.has_cover, *kept)


def _too_long(longest_seconds: float) -> NotPlayable:
    return NotPlayable("too_long", f"It is longer than {_in_words(longest_seconds)}.")


def _in_words(seconds: float) -> str:
    for unit, name in ((3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:g} {name}"
    return f"{seconds:g} seconds"


async def _describe(path: Path) -> _Told:
    # Tags of an ID3v1 are no UTF-8, and not to be replaced by question marks.
    ask = ["-v", "warning", *LOCAL_ONLY, "-show_format", "-show_streams", "-of", "json=string_validation=ignore"]
    try:
        out, warnings = await run(["ffprobe", *ask, file(path)], seconds=30)
    except CommandFailed as error:
        raise NotPlayable("not_audio", "It is not a sound file, or it is broken at its start.") from error
    about = json.loads(out)
    streams, whole = about.get("streams", []), about.get("format", {})
    await _require_one_thing(path, whole.get("format_name", ""))
    sounds = [one for one in streams if one.get("codec_type") == "audio"]
    if not sounds:
        raise NotPlayable("not_audio", "There is no sound in it.")
    _require_usual(sounds[0])
    pictures = [one for one in streams if one.get("disposition", {}).get("attached_pic")]
    # A length that ffprobe works out from the bit rate is no claim of the file's, and often wrong.
    told = "Estimating duration" not in warnings
    only_sound = len(sounds) + len(pictures) == len(streams)
    length = sounds[0].get("duration") or (whole.get("duration") if only_sound else None)
    tags = reading.read({**sounds[0].get("tags", {}), **whole.get("tags", {})})
    return _Told(float(length) if length and told else None, tags, bool(pictures))


async def _require_one_thing(path: Path, container: str) -> None:
    """Refuse what is something else as well, or something else at its beginning."""
    beginning = await asyncio.to_thread(disguise.beginning_of, path)
    if not agree(container, beginning):
        raise NotPlayable("not_audio", f"It is not what it seems: it sounds like {container}, and is {beginning}.")
    if hidden := await asyncio.to_thread(disguise.hidden_in, path):
        raise NotPlayable("not_audio", f"There is more in it than sound: {hidden}.")


def _require_usual(sound: Mapping[str, Any]) -> None:
    if int(sound.get("channels") or 0) > MOST_CHANNELS or int(sound.get("sample_rate") or 0) > FASTEST:
        raise NotPlayable("not_audio", f"It has more than {MOST_CHANNELS} channels or {FASTEST // 1000} kHz.")


async def _decode(path: Path, longest_seconds: float) -> str:
    """What ffmpeg's filters say about all of a file, or about as much as is allowed and a second more."""
    silence = f"silencedetect=noise={rules.SILENT_BELOW_DBFS}dB:duration={rules.SILENT_FOR}"
    source = [*LOCAL_ONLY, "-t", str(longest_seconds + 1), "-i", file(path), "-map", "0:a:0"]
    filters = ["-af", f"{IN_AIR_FORM},{silence},{MEASURE}"]
    try:
        _, said = await run(
            [*FFMPEG, "-xerror", *source, *filters, "-f", "null", "-"], seconds=60 + longest_seconds / 10
        )
    except CommandTimedOut as error:
        raise NotPlayable("timed_out", "Decoding it takes too long.") from error
    except CommandFailed as error:
        raise NotPlayable("broken", "It is broken: it does not decode to its end.") from error
    return said


def _measured(said: str) -> tuple[float, float, float]:
    """Length in seconds, integrated loudness in LUFS and true peak in dBTP."""
    times = re.findall(r"time=(\d+):(\d+):([\d.]+)", said)
    heard = loudness_and_peak(said)
    if not times or heard is None:
        raise NotPlayable("not_audio", "There is no sound in it.")
    hours, minutes, seconds = times[-1]
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds), *heard


def loudness_and_peak(said: str) -> tuple[float, float] | None:
    """Integrated loudness in LUFS and true peak in dBTP, as the meter's summary has them."""
    loudness = re.findall(r"I:\s+(-?[\d.]+|-inf) LUFS", said)
    peak = re.findall(r"Peak:\s+(-?[\d.]+|-inf) dBFS", said)
    return (float(loudness[-1]), float(peak[-1])) if loudness and peak else None


def _silences(said: str, length: float) -> list[tuple[float, float]]:
    starts = [float(one) for one in re.findall(r"silence_start: (-?[\d.e-]+)", said)]
    ends = [float(one) for one in re.findall(r"silence_end: (-?[\d.e-]+)", said)]
    # A silence that lasts to the end may have no end of its own.
    return list(zip(starts, [*ends, length], strict=False))
