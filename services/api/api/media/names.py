"""Names that come from outside, made fit for showing. None of them is ever a path."""

import re
from pathlib import PurePosixPath

LONGEST_NAME = 200
JOINERS = "\u200c\u200d"
"""Not printable by themselves, but Persian words and many emoji fall apart without them."""
_SAFE_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")


def one_line(text: str | None) -> str | None:
    """One line without control characters, of a sensible length; None when nothing is left."""
    printable = "".join(one if one.isprintable() or one in JOINERS else " " for one in text or "")
    return " ".join(printable.split())[:LONGEST_NAME].strip() or None


def file_name(sent: str) -> str:
    """What a sent file is called, without the folders that some clients send along."""
    return one_line(re.split(r"[/\\]", sent)[-1]) or "unnamed"


def without_suffix(name: str) -> str:
    """A file's name as a title."""
    return PurePosixPath(name).stem or name


def safe_suffix(name: str) -> str:
    """The name's ending in lower case, with its dot, when it is one that may be put on a disk; otherwise nothing."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if _SAFE_SUFFIX.fullmatch(suffix) else ""
