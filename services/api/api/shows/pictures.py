"""A show's picture in its three sizes."""

import hashlib
from pathlib import Path
from uuid import UUID

from api.media import pictures

FOLDER = "shows"
"""Below the folder of artwork."""
SIDES = (300, 600, 3000)
"""Pixels of the small, the medium and, at most, the large one: what podcast directories take."""
SMALLEST = 300


def names(show_id: UUID, version: str) -> tuple[str, str, str]:
    """The files of a picture: small, medium, large."""
    stem = f"{show_id}-{version}"
    return f"{stem}-small.webp", f"{stem}-medium.webp", f"{stem}-large.jpg"


def owner_of(name: str) -> tuple[UUID, str] | None:
    """The show and the version that a file's name tells; None when it is none of ours."""
    try:
        return UUID(name[:36]), name[37:].split("-", maxsplit=1)[0]
    except ValueError:
        return None


def make(source: Path, folder: Path, show_id: UUID) -> tuple[str, int]:
    """Write all sizes; returns the version and the side of the large one. Raises `NotAPicture`."""
    picture = pictures.square(source, smallest=SMALLEST)
    version = hashlib.sha256(picture.tobytes()).hexdigest()[:12]
    side = min(SIDES[2], picture.width)
    for name, wanted in zip(names(show_id, version), (SIDES[0], SIDES[1], side), strict=True):
        pictures.save(picture, folder / name, wanted)
    return version, side
