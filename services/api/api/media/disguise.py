"""Files that are two things at once: sound to a player, and something else to another program."""

import struct
from pathlib import Path
from typing import BinaryIO

import magic

HEAD_BYTES = 256 * 1024
PAGE_BYTES = 1024
"""Readers of PDF and browsers look this far for a beginning of theirs."""
PAGES = ((b"%pdf-", "a PDF"), (b"<!doctype html", "a web page"), (b"<html", "a web page"), (b"<script", "a web page"))
_END_OF_ZIP = b"PK\x05\x06"
_ENTRY_OF_ZIP = b"PK\x01\x02"
TAIL_BYTES = 22 + 65_535 + 1024
"""A ZIP archive is read from its end, which may carry a comment, and most programs bear a little more after it."""


def beginning_of(path: Path) -> str:
    """libmagic's type of a file; only its beginning is read."""
    with path.open("rb") as file:
        return str(magic.from_buffer(file.read(HEAD_BYTES), mime=True))


def hidden_in(path: Path) -> str | None:
    """What else a file is, in words; None when nothing was found."""
    with path.open("rb") as file:
        head = file.read(PAGE_BYTES).lower()
        for mark, name in PAGES:
            if mark in head:
                return name
        return "a ZIP archive" if _is_archive(file) else None


def _is_archive(file: BinaryIO) -> bool:
    size = file.seek(0, 2)
    begin = file.seek(max(0, size - TAIL_BYTES))
    tail = file.read()
    at = tail.rfind(_END_OF_ZIP)
    while at >= 0:
        if len(tail) - at >= 22:
            (listing_bytes,) = struct.unpack_from("<I", tail, at + 12)
            # The mark alone may be chance; a list of entries just before it is none.
            listing = begin + at - listing_bytes
            if listing_bytes and listing >= 0:
                file.seek(listing)
                if file.read(4) == _ENTRY_OF_ZIP:
                    return True
        at = tail.rfind(_END_OF_ZIP, 0, at)
    return False
