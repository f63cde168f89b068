"""A show's picture: made square, in three sizes, from whatever picture was sent; nothing else of the file is kept."""

import hashlib
from pathlib import Path
from uuid import UUID

from kit.refusal import Refusal
from PIL import Image, ImageOps

FOLDER = "shows"
"""Below the folder of artwork."""
SIDES = (300, 600, 3000)
"""Pixels of the small, the medium and, at most, the large one: what podcast directories take."""
SMALLEST = 300
MOST_PIXELS = 36_000_000
"""A small file may claim to be a picture that fills the memory."""
KINDS = ("JPEG", "PNG", "WEBP")


class NotAPicture(Refusal):
    status = 422
    error_code = "not_a_picture"


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
    """Write all sizes; returns the version and the side of the large one. Raises `NotAPicture`.

    What the file says besides (where it was taken, by whom, a comment) is left behind: only pixels are copied.
    """
    picture = _square(source)
    version = hashlib.sha256(picture.tobytes()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    side = min(SIDES[2], picture.width)
    for name, wanted in zip(names(show_id, version), (SIDES[0], SIDES[1], side), strict=True):
        part = folder / f".{name}.part"
        sized = picture.resize((wanted, wanted), Image.Resampling.LANCZOS)
        sized.save(part, "JPEG" if name.endswith(".jpg") else "WEBP", quality=88)
        part.chmod(0o644)
        part.replace(folder / name)
    return version, side


def _square(source: Path) -> Image.Image:
    try:
        with Image.open(source, formats=KINDS) as sent:
            if sent.width * sent.height > MOST_PIXELS:
                raise NotAPicture(f"It may have at most {MOST_PIXELS // 1_000_000} million pixels.")
            if min(sent.size) < SMALLEST:
                raise NotAPicture(f"Each side needs at least {SMALLEST} pixels.")
            upright = ImageOps.exif_transpose(sent).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture("Send a picture: a JPEG, PNG or WebP file that is whole.") from error
    side = min(upright.size)
    square = ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS)
    # A fresh canvas: nothing of what the file said of itself comes along, and what was transparent is white.
    canvas = Image.new("RGB", square.size, "white")
    canvas.paste(square, mask=square.getchannel("A"))
    return canvas
