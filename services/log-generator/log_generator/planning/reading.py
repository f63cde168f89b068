"""Clocks as JSON: what a person writes, in seconds, becomes a clock in milliseconds. Nothing is refused here.

    {"hour": "06:00", "elements": [{"type": "LIN", "title": "Top-of-Hour ID"}, {"type": "MUS", "count": 3}]}

An element may have: id, type, title, count, fill (COUNT, TIME, TO_END), seconds, fallback (a type or a list of them),
anchor ({"kind": "soft" | "hard" | "back_timed", "at": "MM:SS" or seconds, "grace": seconds}), part, and what the music
has to be: category, genres, moods, tags, tempo, energy, years ([from, to]).
"""

from collections.abc import Mapping
from typing import Any, cast

from log_generator.planning.clocks import Anchor, AnchorKind, Clock, Element, Fill, Kind, Problem, Span, Wanted
from log_generator.planning.instants import SECOND, Ms
from log_generator.planning.mending import Tell, mend

_MUSIC = ("category", "genres", "moods", "tags", "tempo", "energy", "years")
_KNOWN = frozenset({"id", "type", "title", "count", "fill", "seconds", "fallback", "anchor", "part", *_MUSIC})


def read(data: object) -> tuple[Clock, tuple[Problem, ...]]:
    """A clock that can be planned, and everything about the JSON that could not be taken as it is."""
    problems: list[Problem] = []
    if not isinstance(data, Mapping):
        return Clock("clock", ()), (Problem("clock", "it is not an object with “elements”"),)
    name = str(data.get("name") or data.get("hour") or "clock")
    rows = data.get("elements", [])
    if not isinstance(rows, list):
        problems.append(Problem(name, "“elements” is not a list; it has none"))
        rows = []
    elements = []
    for number, row in enumerate(rows, 1):

        def tell(text: str, number: int = number) -> None:
            problems.append(Problem(f"{name}, element {number}", text))

        if isinstance(row, Mapping):
            elements.append(_element(row, number, tell))
        else:
            tell("it is not an object; it is left out")
    clock, mended = mend(Clock(name, tuple(elements)))
    return clock, (*problems, *mended)


def _element(row: Mapping[str, Any], number: int, tell: Tell) -> Element:
    for unknown in sorted(set(map(str, row)) - _KNOWN):
        tell(f"“{unknown}” means nothing here; it is left out")
    kind = cast(Kind, str(row.get("type", "")).upper())
    seconds = _number(row, "seconds", tell)
    part = _number(row, "part", tell)
    return Element(
        id=str(row.get("id", number)),
        kind=kind,
        title=str(row.get("title") or ""),
        wanted=_wanted(row, tell),
        count=_count(row, kind, tell),
        fill=cast(Fill, str(row.get("fill", "COUNT")).upper()),
        length_ms=None if seconds is None else round(seconds * SECOND),
        fallback=cast(tuple[Kind, ...], tuple(one.upper() for one in _texts(row, "fallback", tell))),
        anchor=_anchor(row.get("anchor"), tell),
        part=None if part is None else round(part),
    )


def _count(row: Mapping[str, Any], kind: Kind, tell: Tell) -> int:
    count = _number(row, "count", tell)
    if count is not None:
        return round(count)
    return 0 if kind == "ADV" and "seconds" in row else 1


def _wanted(row: Mapping[str, Any], tell: Tell) -> Wanted:
    return Wanted(
        category=str(row.get("category") or ""),
        genres=frozenset(_texts(row, "genres", tell)),
        moods=frozenset(_texts(row, "moods", tell)),
        tags=frozenset(_texts(row, "tags", tell)),
        tempo=_span(row, "tempo", tell),
        energy=_span(row, "energy", tell),
        years=_span(row, "years", tell),
    )


def _anchor(row: object, tell: Tell) -> Anchor | None:
    if row is None:
        return None
    if not isinstance(row, Mapping):
        tell("“anchor” is not an object; it follows what is before it")
        return None
    at = _clock_time(row.get("at"))
    if at is None:
        tell(f"“{row.get('at')}” is no time in the hour (MM:SS, or seconds); it follows what is before it")
        return None
    grace = _number(row, "grace", tell) or 0
    return Anchor(cast(AnchorKind, str(row.get("kind", "hard"))), at, round(grace * SECOND))


def _clock_time(value: object) -> Ms | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e6:
        return round(value * SECOND)
    minutes, colon, seconds = str(value).partition(":")
    if colon and minutes.isdecimal() and seconds.isdecimal():
        return (int(minutes) * 60 + int(seconds)) * SECOND
    return None


def _number(row: Mapping[str, Any], name: str, tell: Tell) -> float | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9:
        return value
    tell(f"“{name}” is not a number; it is left out")
    return None


def _texts(row: Mapping[str, Any], name: str, tell: Tell) -> tuple[str, ...]:
    value = row.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    tell(f"“{name}” is not a text or a list of texts; it is left out")
    return ()


def _span(row: Mapping[str, Any], name: str, tell: Tell) -> Span | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 2 and all(type(one) is int for one in value):
        return value[0], value[1]
    tell(f"“{name}” is not [from, to]; it is left out")
    return None
