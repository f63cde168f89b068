"""A song's title and artist, from what a page says of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.media.names import one_line, without_suffix

_BETWEEN = re.compile(r"\s+[-–—]\s+")
_NUMBER = re.compile(r"\s+\(1\)$")
"""What yt-dlp adds to the title of a page with one song on it."""
_PAGES = ("Generic", "HTML5MediaEmbed")
_CHANNEL = re.compile(r"\s+-\s+Topic$|\s*VEVO$")


@dataclass(frozen=True)
class Name:
    """`guessed`: the title is no more than a file's name."""

    title: str | None
    artist: str | None
    guessed: bool = False


def name_of(info: Mapping[str, Any]) -> Name:
    """The name in yt-dlp's info: its own words for a track, else "Artist - Title", else title and channel."""
    title, track = _text(info.get("title")), _text(info.get("track"))
    artist = _artist(info)
    if title and info.get("extractor_key") in _PAGES:
        title = _NUMBER.sub("", title)
    if track:
        return Name(track, artist or _channel(info))
    if info.get("direct"):
        return Name(without_suffix(title) if title else None, None, guessed=True)
    if artist or not title:
        return Name(title, artist)
    parts = _BETWEEN.split(title, maxsplit=1)
    if len(parts) == 2 and all(parts):
        return Name(parts[1], parts[0])
    return Name(title, _channel(info))


def _artist(info: Mapping[str, Any]) -> str | None:
    several = info.get("artists")
    if isinstance(several, list) and several:
        return _text(", ".join(str(one) for one in several[:5]))
    return _text(info.get("artist")) or _text(info.get("creator"))


def _channel(info: Mapping[str, Any]) -> str | None:
    channel = _text(info.get("channel")) or _text(info.get("uploader"))
    return _text(_CHANNEL.sub("", channel)) if channel else None


def _text(value: object) -> str | None:
    return one_line(value) if isinstance(value, str) else None
