"""What a file says of itself, made fit for the library; nothing of it is believed further than that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from api.media.names import one_line

_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_NUMBER = re.compile(r"\d{1,4}")
NO_LANGUAGE = ("und", "mis", "mul")


@dataclass(frozen=True)
class Tags:
    """A file's own words: one line each, without control characters."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    year: int | None = None
    genre: str | None = None
    composer: str | None = None
    publisher: str | None = None
    label: str | None = None
    isrc: str | None = None
    language: str | None = None
    """ISO 639, two or three letters."""
    number: int | None = None
    """Its place on the album."""


def read(said: Mapping[str, str]) -> Tags:
    """Tags as ffprobe names them, whatever container they come from; `said` may hold bytes that are no UTF-8 as
    surrogates: an ID3v1 tag does not say what its bytes mean, and is nearly always Western."""
    known = {name.lower(): _text(value) for name, value in said.items()}

    def first(*names: str) -> str | None:
        return next((found for name in names if (found := one_line(known.get(name)))), None)

    return Tags(
        title=first("title"),
        artist=first("artist", "album_artist", "albumartist"),
        album=first("album"),
        year=year(first("originaldate", "tdor", "date", "year", "tyer")),
        genre=first("genre"),
        composer=first("composer"),
        publisher=first("publisher"),
        label=first("label", "organization"),
        isrc=isrc(first("isrc", "tsrc")),
        language=language(first("language", "tlan")),
        number=number(first("track", "tracknumber")),
    )


def year(text: str | None) -> int | None:
    """The year in a date, whatever else is written there."""
    found = _YEAR.search(text or "")
    return int(found[1]) if found else None


def isrc(text: str | None) -> str | None:
    """The code in its form without hyphens; None when it is none."""
    plain = re.sub(r"[\s-]", "", (text or "").upper()).removeprefix("ISRC")
    return plain if _ISRC.fullmatch(plain) else None


def language(text: str | None) -> str | None:
    """The language's code; None for a name, and for the codes that say nothing."""
    code = (text or "").lower()
    return code if _LANGUAGE.fullmatch(code) and code not in NO_LANGUAGE else None


def number(text: str | None) -> int | None:
    """The first number in `3/12`; 0 is none."""
    found = _NUMBER.match(text or "")
    return int(found[0]) or None if found else None


def _text(value: str) -> str:
    try:
        return value.encode("utf-8", "surrogateescape").decode()
    except UnicodeDecodeError as error:
        return error.object.decode("cp1252", "replace")
