"""Pictures that people send, or that lie in sound files: made square and small; nothing else of the file is kept."""

from pathlib import Path

from kit.refusal import Refusal
from PIL import Image, ImageOps

MOST_PIXELS = 36_000_000
"""A small file may claim to be a picture that fills the memory."""
KINDS = ("JPEG", "PNG", "WEBP")
_FORMATS = {".jpg": "JPEG", ".webp": "WEBP"}


class NotAPicture(Refusal):
    status = 422
    error_code = "not_a_picture"


def square(source: Path, *, smallest: int) -> Image.Image:
    """The middle of a picture, upright, on white. Raises `NotAPicture`, also for one with less than `smallest` pixels.

    What the file says besides (where it was taken, by whom, a comment) is left behind: only pixels are copied.
    """
    try:
        with Image.open(source, formats=KINDS) as sent:
            if sent.width * sent.height > MOST_PIXELS:
                raise NotAPicture(f"It may have at most {MOST_PIXELS // 1_000_000} million pixels.")
            if min(sent.size) < smallest:
                raise NotAPicture(f"Each side needs at least {smallest} pixels.")
            upright = ImageOps.exif_transpose(sent).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture("Send a picture: a JPEG, PNG or WebP file that is whole.") from error
    side = min(upright.size)
    middle = ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS)
    # A fresh canvas: nothing of what the file said of itself comes along, and what was transparent is white.
    canvas = Image.new("RGB", middle.size, "white")
    canvas.paste(middle, mask=middle.getchannel("A"))
    return canvas


def save(picture: Image.Image, target: Path, side: int) -> None:
    """Write a square picture with sides of so many pixels, as the target's suffix says; it is there whole or not."""
    part = target.with_name(f".{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        sized = picture.resize((side, side), Image.Resampling.LANCZOS)
        sized.save(part, _FORMATS[target.suffix], quality=88)
        part.chmod(0o644)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
