"""Who is on a track. Separation asks for people and bands, not for spellings, so credits become artists' numbers."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

NOBODY = -1
_JOINTS = re.compile(
    r"\s*(?:;|/|,|&|\+|\bfeat(?:uring)?\b\.?|\bft\b\.?|\bwith\b|\bvs\b\.?|\bversus\b|\band\b|\bx\b|\bmeets\b)\s*",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|die|der|das|les|los|las)\s+", re.IGNORECASE)


def spelling(name: str) -> str:
    """One spelling of a name: no case, accents, article or punctuation."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    words = re.sub(r"[^\w]+", " ", plain).strip()
    return _ARTICLE.sub("", words) or words


def people(credit: str, aliases: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The spellings of everybody in a credit. `aliases` gives a spelling its artists: another name of the same person,
    the members of a band, or a name that only looks like two (“Simon & Garfunkel” is one)."""
    whole = spelling(credit)
    if whole in aliases:
        return tuple(dict.fromkeys(map(spelling, aliases[whole])))
    found: dict[str, None] = {}
    for part in _JOINTS.split(credit):
        name = spelling(part)
        if name:
            found.update(dict.fromkeys(map(spelling, aliases.get(name, (name,)))))
    return tuple(found)


def numbered(credits: Iterable[str], aliases: Mapping[str, Sequence[str]]) -> NDArray[np.int32]:
    """A row of artists' numbers for each credit, filled up with NOBODY."""
    known = {spelling(name): tuple(to) for name, to in aliases.items()}
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(one, len(numbers)) for one in people(credit, known)] for credit in credits]
    width = max((len(row) for row in rows), default=1) or 1
    table = np.full((len(rows), width), NOBODY, dtype=np.int32)
    for at, row in enumerate(rows):
        table[at, : len(row)] = row
    return table
