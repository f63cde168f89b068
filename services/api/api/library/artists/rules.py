"""Who is on a track: a credit is split into the persons and groups that it names.

Separators are part of some names ("Simon & Garfunkel", "Earth, Wind & Fire"): a name that the station knows stays
whole, and the longest one wins.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from api.library.rules import ArtistRole

MOST_ARTISTS = 40
"""Names after these are left out: such a credit is a list of an orchestra's members."""
MOST_PARTS_OF_A_NAME = 6

_FEATURING = re.compile(r"[\s,;]*[(\[]?\s*\b(?:feat(?:uring)?|ft)\b\.?\s+|\s*[(\[]with\s+", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"\s*[;、，]\s*|\s*,(?!\d)\s*|\s+&\s+|\s+[+/×]\s+|\s+x\s+|\s+(?:vs\.?|versus|presents|pres\.)\s+", re.IGNORECASE
)
_OF_ONE_NAME = re.compile(r"(?:the|his|her|their)\s", re.IGNORECASE)
_ARTICLE = re.compile(r"(the|a|an)\s+(\S.*)", re.IGNORECASE)
_ALIKE = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "’": "'", "‘": "'", "`": "'",
     "´": "'", "‐": "-", "‑": "-", "–": "-", "—": "-"}
)  # fmt: skip


@dataclass(frozen=True)
class Credited:
    """A name in a credit."""

    name: str
    role: ArtistRole


def folded(name: str) -> str:
    """A name as it is compared: without case, accents and superfluous space; one of nothing but accents keeps them."""
    # Twice: folding the case may itself bring forth accents (İ).
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).translate(_ALIKE)
    bare = "".join(sign for sign in text if not unicodedata.combining(sign))
    return " ".join((bare if bare.strip() else text).split())


def sort_name_of(name: str) -> str:
    """The name under which an artist is sorted: English articles go behind."""
    found = _ARTICLE.fullmatch(name)
    return f"{found[2]}, {found[1]}" if found else name


def names_to_look_up(credit: str | None) -> set[str]:
    """The folded names that a credit may hold, whole or in parts: `split` has to know which of them exist."""
    names = {folded(credit)} if credit else set()
    for text, _ in _halves(credit or ""):
        spans = _spans(text)
        for first, last in _runs(len(spans)):
            names.add(folded(text[spans[first][0] : spans[last][1]]))
    return names - {""}


def split(credit: str | None, known: Collection[str]) -> tuple[Credited, ...]:
    """The artists of a credit in their order, each once; `known` are folded names that stay whole."""
    text = " ".join((credit or "").split())
    if not folded(text):
        return ()
    if folded(text) in known:
        return (Credited(text, "main"),)
    found: dict[str, Credited] = {}
    for half, role in _halves(text):
        for name in _names(half, known):
            found.setdefault(folded(name), Credited(name, role))
    return tuple(found.values())[:MOST_ARTISTS] or (Credited(text, "main"),)


def composers(credit: str | None, known: Collection[str]) -> tuple[Credited, ...]:
    """The composers that a text names ("Lennon/McCartney", "Bach, J. S." stays two), each once."""
    return tuple(Credited(one.name, "composer") for one in split(_spaced(credit), known))


def composers_to_look_up(credit: str | None) -> set[str]:
    """As `names_to_look_up`, for a text that names composers."""
    return names_to_look_up(_spaced(credit))


def _spaced(credit: str | None) -> str:
    return (credit or "").replace("/", " / ")


def _halves(credit: str) -> Iterator[tuple[str, ArtistRole]]:
    """What stands before and behind "feat."; brackets around the latter go."""
    text = " ".join(credit.split())
    found = _FEATURING.search(text, 1)
    if found is None:
        yield text, "main"
        return
    yield text[: found.start()], "main"
    yield from ((part, "featured") for part in _FEATURING.split(_unbracketed(text[found.end() :])))


def _unbracketed(text: str) -> str:
    return re.sub(r"[)\]]", "", text) if not re.search(r"[(\[]", text) else text


def _names(text: str, known: Collection[str]) -> Iterator[str]:
    spans = _spans(text)
    at = 0
    while at < len(spans):
        last = _longest_known(text, spans, at, known)
        while last + 1 < len(spans) and _goes_on(text, spans, last, known):
            last += 1
        yield text[spans[at][0] : spans[last][1]]
        at = last + 1


def _longest_known(text: str, spans: list[tuple[int, int]], at: int, known: Collection[str]) -> int:
    for last in range(min(len(spans), at + MOST_PARTS_OF_A_NAME) - 1, at, -1):
        if folded(text[spans[at][0] : spans[last][1]]) in known:
            return last
    return at


def _goes_on(text: str, spans: list[tuple[int, int]], last: int, known: Collection[str]) -> bool:
    """ "Bob Marley & The Wailers" is one name, unless The Wailers are known by themselves."""
    begin, end = spans[last + 1]
    joined = text[spans[last][1] : begin].strip()
    return joined == "&" and bool(_OF_ONE_NAME.match(text[begin:end])) and folded(text[begin:end]) not in known


def _spans(text: str) -> list[tuple[int, int]]:
    """Where the parts between separators are; parts without a letter or a sign of their own are left out."""
    cuts = [(0, 0), *(found.span() for found in _SEPARATOR.finditer(text)), (len(text), len(text))]
    spans = [(before[1], after[0]) for before, after in pairwise(cuts)]
    return [(begin, end) for begin, end in spans if folded(text[begin:end])]


def _runs(count: int) -> Iterator[tuple[int, int]]:
    for first in range(min(count, MOST_ARTISTS)):
        for last in range(first, min(count, first + MOST_PARTS_OF_A_NAME)):
            yield first, last
