"""The words for the station's own sounds, and what holds for each of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from kit.refusal import Refusal


class AlreadyHere(Refusal):
    """The library has this very file."""

    error_code = "already_here"


TrackSource = Literal["folder", "import", "starter", "upload"]
"""Where the original is: the folder a person drops the programme's files into, that of whole collections, the composed
starter pieces, or `media/library`."""
KEPT_ONCE: tuple[TrackSource, ...] = ("upload", "import")
"""Sources of which a second file of the same content is refused; the programme's folder may have one twice."""
TrackState = Literal["waiting", "ready", "refused", "gone", "removed"]
"""Not looked at yet, perhaps with what hinders it; has an on-air copy; cannot be played, with the problem; its file
vanished; taken out by staff."""

Kind = Literal["MUS", "ADV", "PSA", "LIN", "INT", "PRO", "BED", "VT", "NEWS"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Music, advertisement, public service announcement, liner, interview, promo, bed, voice track, news."""
SPOKEN: tuple[Kind, ...] = ("ADV", "PSA", "INT", "VT", "NEWS")
"""What has neither tempo nor hook."""

UsageType = Literal["feature", "theme_open", "theme_close", "theme", "background", "jingle", "advert"]
USAGE_TYPES: tuple[UsageType, ...] = get_args(UsageType)
"""How a report to a rights society has to name its use."""

ScanStatus = Literal["not_scanned", "clean", "infected"]
ArtistRole = Literal["main", "featured", "composer"]
ChangedBy = Literal["person", "station", "import", "analysis"]
"""Somebody with an account, the station's own token, a file's tags or a list, a measurement."""

FULL_SCALE_HOURS = (1 << 24) - 1
"""A day on which every hour is allowed: bit h is the hour from h:00, station time."""

POINTS = ("cue_in", "cue_out", "intro_end", "segue_at", "hook_in", "hook_out")
"""Points in a track: seconds from the beginning of its on-air copy."""
EDITABLE = (
    "kind", "title", "artist", "album", "year", "genre", "mood", "language", "tags",
    "composer", "publisher", "label", "isrc", "iswc", "upc", "usage_type", "content_category",
    "is_canadian", "is_hit", "is_instrumental",
    "valid_from", "valid_until", "kill_date", "dayparts", "hours",
    *POINTS, "gain_db", "tempo_bpm", "energy", "requestable",
)  # fmt: skip
"""What a person may set. Whatever a person did set stands in a track's `edited`."""


@dataclass(frozen=True)
class Points:
    """Where a track begins, may be talked over, may be followed, ends, and what of it is its best; None is unknown.

    `cue_in` and `cue_out` are the beginning and the end on air; `intro_end` is where the singing starts, `segue_at`
    where the next may start.
    """

    cue_in: float | None = None
    cue_out: float | None = None
    intro_end: float | None = None
    segue_at: float | None = None
    hook_in: float | None = None
    hook_out: float | None = None


def fault_of(points: Points, length_seconds: float | None) -> str | None:
    """What is wrong with these points in a track of that length, in words; None when they are good."""
    end = length_seconds if points.cue_out is None else points.cue_out
    begin = points.cue_in or 0.0
    for name in POINTS:
        at = getattr(points, name)
        if at is not None and (at < 0 or (length_seconds is not None and at > length_seconds)):
            return f"{name} must lie between 0 and the track's length"
    if end is not None and begin >= end:
        return "cue_in must lie before cue_out"
    for name in ("intro_end", "segue_at"):
        at = getattr(points, name)
        if at is not None and (at < begin or (end is not None and at > end)):
            return f"{name} must lie between cue_in and cue_out"
    if points.hook_in is not None and points.hook_out is not None and points.hook_in >= points.hook_out:
        return "hook_in must lie before hook_out"
    return None


def settle(found: Mapping[str, Any], edited: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What analysis may write, and what it may only propose because a person's value stands."""
    taken = {name: value for name, value in found.items() if name not in edited}
    return taken, {name: value for name, value in found.items() if name in edited}


def requestable_by_kind(kind: Kind) -> bool:
    """Whether listeners may ask for it unless somebody decides otherwise."""
    return kind == "MUS"
