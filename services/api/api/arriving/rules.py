"""What becomes of a track when its original is looked at, for the first time or anew. Seconds."""

from collections.abc import Collection, Mapping
from typing import Any

from api.library.rules import POINTS, Points, TrackState, fault_of
from api.media.tags import Tags

TAGGED = ("title", "artist", "album", "year", "genre", "composer", "publisher", "label", "isrc", "language")
"""Fields that a file's tags may fill."""
ATTEMPTS = 5
"""So often a worker may die, or fail, over the same file."""
TRIED_TOO_OFTEN = f"It could not be prepared; it was tried {ATTEMPTS} times."


def taken(tags: Tags, edited: Collection[str], *, name: str) -> dict[str, Any]:
    """What a track takes from its file's tags: nothing that a person set, and no emptiness. A file without a title is
    called by its `name`."""
    said = {field: getattr(tags, field) for field in TAGGED} | {"title": tags.title or name}
    return {field: value for field, value in said.items() if value is not None and field not in edited}


def points_in(points: Mapping[str, float | None], edited: Collection[str], length: float) -> dict[str, float | None]:
    """The points of a track whose sound is another now: a person's stay as long as they are good in it."""
    kept = {name: points[name] if name in edited else None for name in POINTS}
    return dict.fromkeys(POINTS) if fault_of(Points(**kept), length) else kept


def keeps_copy(state: TrackState | None) -> bool:
    """Whether a track's on-air copy is kept: it plays, or is being made. None is no track at all."""
    return state in ("ready", "waiting")
