"""Small real sound files of every kind, and what ffprobe says of a file."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from listening import Pcm, chirp, join, tone
from listening.signals import write as write_sound

SECONDS = 1.5


def music(seconds: float = SECONDS, level_db: float = -20.0) -> Pcm:
    """Something to hear: a tone and a chirp."""
    return join(tone(440, seconds - 0.5, level_db), chirp(0.5, level_db))


def sound_file(path: Path, pcm: Pcm | None = None, **tags: str) -> Path:
    """A sound file; its suffix says of which kind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_sound(path, music() if pcm is None else pcm, tags)


def aged(path: Path, seconds: float = 1.1) -> Path:
    """Wait until a file has lain long enough for the scan to take it."""
    remaining = os.stat(path).st_ctime + seconds - time.time()
    time.sleep(max(0.0, remaining))
    return path


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg; its output is the last argument."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, timeout=60)


def told(path: Path) -> Any:
    """ffprobe's answer."""
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)


def id3(path: Path, frames: dict[str, bytes]) -> Path:
    """Put an ID3v2.3 tag before an MP3; each frame's bytes begin with its encoding."""
    body = b"".join(
        name.encode() + len(content).to_bytes(4, "big") + b"\0\0" + content for name, content in frames.items()
    )
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\x03\0\0" + size + body + path.read_bytes())
    return path


def untagged_mp3(path: Path, source: Path) -> Path:
    """An MP3 without any tag of its own."""
    ffmpeg("-i", source, "-map_metadata", "-1", "-id3v2_version", "0", "-write_xing", "0", path)
    return path


def id3v1(path: Path, *, title: bytes = b"", artist: bytes = b"", year: bytes = b"", genre: int = 255) -> Path:
    """Put an ID3v1 tag after an MP3: bytes that do not say what they mean."""
    tag = b"TAG" + title.ljust(30, b"\0") + artist.ljust(30, b"\0") + bytes(30) + year.ljust(4, b"\0") + bytes(30)
    path.write_bytes(path.read_bytes() + tag + bytes([genre]))
    return path
