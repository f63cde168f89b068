"""What ffprobe and ffmpeg say of a file: is it sound, how long, how loud, and what is it called."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.command import CommandFailed, run

# Only local files, and only kinds that hold sound themselves: a playlist in disguise must neither fetch anything nor
# put other files of the machine on air.
KINDS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,eac3,flac,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,ogg,tta,w64,wav,webm,wv"
)
LOCAL_ONLY = ("-protocol_whitelist", "file,pipe", "-format_whitelist", KINDS)
LONGEST_NAME = 200
JOINERS = "\u200c\u200d"
"""Not printable by themselves, but Persian words and many emoji fall apart without them."""
QUIET = -70.0
"""LUFS at which EBU R 128 gates everything away: there is nothing to hear."""


class NotPlayable(Exception):
    """A file that cannot be part of the programme; the text says why, for a person."""


@dataclass(frozen=True)
class Sound:
    """A file that decodes from its first second to its last."""

    length_seconds: float
    loudness_lufs: float
    true_peak_dbtp: float
    title: str | None
    artist: str | None
    has_cover: bool


async def probe(path: Path, *, longest_seconds: float) -> Sound:
    """Decode a whole file and measure it; raises `NotPlayable`."""
    told = await _describe(path)
    streams = told.get("streams", [])
    if not any(stream.get("codec_type") == "audio" for stream in streams):
        raise NotPlayable("There is no sound in it.")
    claimed = float(told.get("format", {}).get("duration") or 0)
    if claimed > longest_seconds:
        raise NotPlayable(f"It is longer than {longest_seconds / 3600:g} hours.")
    length, loudness, peak = await _measure(path, longest_seconds)
    sources = (*streams, told.get("format", {}))
    tags = {name.lower(): value for source in sources for name, value in source.get("tags", {}).items()}
    cover = any(stream.get("disposition", {}).get("attached_pic") for stream in streams)
    return Sound(length, loudness, peak, _clean(tags.get("title")), _clean(tags.get("artist")), cover)


async def _describe(path: Path) -> Any:
    try:
        out, _ = await run(
            ["ffprobe", "-v", "error", *LOCAL_ONLY, "-show_format", "-show_streams", "-of", "json", f"file:{path}"],
            seconds=30,
        )
    except CommandFailed as error:
        raise NotPlayable("It is not a sound file, or it is broken at its start.") from error
    return json.loads(out)


async def _measure(path: Path, longest_seconds: float) -> tuple[float, float, float]:
    """Length in seconds, integrated loudness in LUFS and true peak in dBTP, by decoding everything."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-xerror", *LOCAL_ONLY, "-t", str(longest_seconds + 1)]
    # In stereo, as the copy will be: a mono file's peaks are 3 dB lower there.
    filters = "aformat=channel_layouts=stereo,ebur128=peak=true:framelog=verbose"
    try:
        _, said = await run(
            [*command, "-i", f"file:{path}", "-map", "0:a:0", "-af", filters, "-f", "null", "-"],
            seconds=60 + longest_seconds / 10,
        )
    except CommandFailed as error:
        raise NotPlayable("It is broken: it does not decode to its end.") from error
    times = re.findall(r"time=(\d+):(\d+):([\d.]+)", said)
    loudness = re.findall(r"I:\s+(-?[\d.]+|-inf) LUFS", said)
    peak = re.findall(r"Peak:\s+(-?[\d.]+|-inf) dBFS", said)
    if not (times and loudness and peak):
        raise NotPlayable("There is no sound in it.")
    hours, minutes, seconds = times[-1]
    length = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if float(loudness[-1]) <= QUIET:
        raise NotPlayable("It is silent.")
    if length > longest_seconds:
        raise NotPlayable(f"It is longer than {longest_seconds / 3600:g} hours.")
    return length, float(loudness[-1]), float(peak[-1])


def _clean(text: str | None) -> str | None:
    """One line without control characters, of a sensible length."""
    printable = "".join(one if one.isprintable() or one in JOINERS else " " for one in text or "")
    return " ".join(printable.split())[:LONGEST_NAME] or None
