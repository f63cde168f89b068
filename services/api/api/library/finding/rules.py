"""What may be asked of the library: one filter for searching, for facets and for saved blocks, checked in words.

A filter is a tree: a group holds conditions and further groups, of which all, any or none must hold. A condition is a
field, a test and what the field is tested against.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from kit.refusal import Refusal
from pydantic import BaseModel, ConfigDict, Field

from api.library.rules import KINDS, USAGE_TYPES

DEEPEST, MOST_CONDITIONS, MOST_VALUES, LONGEST_TEXT = 5, 100, 200, 200

Match = Literal["all", "any", "none"]
FieldType = Literal["word", "list", "reference", "text", "number", "time", "flag"]
Sort = Literal["relevance", "title", "artist", "added", "last_aired", "airs", "length", "year", "tempo", "energy"]
Presence = Literal["no", "only", "any"]

FIELDS: Mapping[str, FieldType] = {
    "kind": "word", "state": "word", "genre": "word", "mood": "word", "language": "word", "usage_type": "word",
    "content_category": "word", "scan_status": "word",
    "tag": "list", "daypart": "list",
    "category": "reference", "artist_id": "reference", "uploaded_by": "reference",
    "text": "text", "title": "text", "artist": "text", "album": "text", "composer": "text", "label": "text",
    "year": "number", "length_seconds": "number", "tempo_bpm": "number", "energy": "number", "airs": "number",
    "loudness_lufs": "number", "intro_end": "number",
    "added": "time", "updated": "time", "last_aired": "time",
    "is_canadian": "flag", "is_hit": "flag", "is_instrumental": "flag", "requestable": "flag", "airable": "flag",
    "artwork": "flag", "archived": "flag", "missing": "flag", "deleted": "flag", "problem": "flag", "duplicate": "flag",
}  # fmt: skip
"""`text` is looked for as the search field does; `problem` is whatever a person should look at."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "kind": KINDS,
    "usage_type": USAGE_TYPES,
    "state": ("waiting", "ready", "refused", "gone", "removed"),
    "scan_status": ("not_scanned", "clean", "infected"),
}
"""Fields in which only some words occur."""
TESTS: Mapping[FieldType, tuple[str, ...]] = {
    "word": ("is", "is_not", "is_set", "is_empty"),
    "list": ("is", "has_all", "is_not", "is_set", "is_empty"),
    "reference": ("is", "is_not", "is_set", "is_empty"),
    "text": ("contains", "is", "is_set", "is_empty"),
    "number": ("at_least", "at_most", "between", "is_set", "is_empty"),
    "time": ("before", "from", "within_days", "not_within_days", "is_set", "is_empty"),
    "flag": ("is", "is_set", "is_empty"),
}
"""`from` and `before` are a moment, the former included; what never happened is not within any days."""


class BadFilter(Refusal):
    """A filter that means nothing; its text begins with the element that is wrong, such as `of[2].value`."""

    status = 422
    error_code = "bad_filter"


class Condition(BaseModel):
    """One test of one field; several values of `is` mean any of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str = Field(max_length=50, description="One of: " + ", ".join(FIELDS))
    test: str = Field("is", max_length=20, description="Such as is, is_not, contains, at_least, between, within_days")
    value: Any = None


class Group(BaseModel):
    """Conditions and further groups of which all, any or none must hold; a group without any holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: Match = "all"
    of: tuple["Condition | Group", ...] = Field((), max_length=MOST_CONDITIONS)


@dataclass(frozen=True)
class Test:
    """A condition whose value was checked: a tuple of words or ids, a text, numbers, a moment, days, or a truth."""

    field: str
    type: FieldType
    test: str
    value: Any


@dataclass(frozen=True)
class Tree:
    """A filter that was checked."""

    match: Match
    of: tuple["Test | Tree", ...]


def check(filter: Group) -> Tree:
    """A filter whose every element means something; raises `BadFilter` with the name of the first that does not."""
    if sum(1 for _ in _conditions(filter)) > MOST_CONDITIONS:
        raise BadFilter(f"of: a filter holds at most {MOST_CONDITIONS} conditions")
    return _checked(filter, "", 1)


def fields_of(tree: Tree) -> set[str]:
    """The fields that a filter says something about."""
    return {name for one in tree.of for name in (fields_of(one) if isinstance(one, Tree) else {one.field})}


def _conditions(group: Group) -> Iterator[Condition]:
    for one in group.of:
        if isinstance(one, Group):
            yield from _conditions(one)
        else:
            yield one


def _checked(group: Group, path: str, depth: int) -> Tree:
    if depth > DEEPEST:
        raise BadFilter(f"{path.rstrip('.') or 'of'}: groups may be {DEEPEST} deep")
    made: list[Test | Tree] = []
    for number, one in enumerate(group.of):
        here = f"{path}of[{number}]."
        made.append(_checked(one, here, depth + 1) if isinstance(one, Group) else _test(one, here))
    return Tree(group.match, tuple(made))


def _test(condition: Condition, path: str) -> Test:
    kind = FIELDS.get(condition.field)
    if kind is None:
        raise BadFilter(f"{path}field: {condition.field[:50]!r} is none of {', '.join(FIELDS)}")
    if condition.test not in TESTS[kind] or (condition.field == "text" and condition.test != "contains"):
        allowed = ("contains",) if condition.field == "text" else TESTS[kind]
        raise BadFilter(f"{path}test: {condition.test[:20]!r} is none of {', '.join(allowed)}, for {condition.field}")
    if condition.test in ("is_set", "is_empty"):
        if condition.value is not None:
            raise BadFilter(f"{path}value: {condition.test} takes none")
        return Test(condition.field, kind, condition.test, None)
    try:
        return Test(condition.field, kind, condition.test, _VALUES[kind](condition))
    except ValueError as error:
        raise BadFilter(f"{path}value: {error}") from error


def _listed(value: Any) -> list[Any]:
    values = value if isinstance(value, list | tuple) else [value]
    if not 1 <= len(values) <= MOST_VALUES:
        raise ValueError(f"must be 1 to {MOST_VALUES} values")
    return list(values)


def _words(condition: Condition) -> tuple[str, ...]:
    known = WORDS.get(condition.field)
    for one in (values := _listed(condition.value)):
        _text(one)
        if known and one not in known:
            raise ValueError(f"{one[:50]!r} is none of {', '.join(known)}")
    return tuple(values)


def _references(condition: Condition) -> tuple[UUID, ...]:
    values = _listed(condition.value)
    try:
        return tuple(one if isinstance(one, UUID) else UUID(_text(one)) for one in values)
    except ValueError as error:
        raise ValueError("must be ids") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT or "\0" in value:
        raise ValueError(f"must be a text of 1 to {LONGEST_TEXT} characters")
    return value


def _one_text(condition: Condition) -> str:
    return _text(condition.value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 10**9:
        raise ValueError("must be a number")
    return float(value)


def _numbers(condition: Condition) -> tuple[float, ...]:
    if condition.test != "between":
        return (_number(condition.value),)
    if not isinstance(condition.value, list | tuple) or len(condition.value) != 2:
        raise ValueError("must be two numbers")
    low, high = (_number(one) for one in condition.value)
    if low > high:
        raise ValueError("the first number must not be above the second")
    return low, high


def _moment(condition: Condition) -> datetime | int:
    if condition.test in ("within_days", "not_within_days"):
        days = _number(condition.value)
        if not 0 <= days <= 36_500 or days != int(days):
            raise ValueError("must be whole days from 0 to 36500")
        return int(days)
    value = condition.value
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
    except ValueError as error:
        raise ValueError("must be a moment, such as 2026-01-31T12:00:00Z") from error
    if moment.utcoffset() is None:
        raise ValueError("must be a moment with its offset from UTC")
    return moment


def _truth(condition: Condition) -> bool:
    if not isinstance(condition.value, bool):
        raise ValueError("must be true or false")
    return condition.value


_VALUES: Mapping[FieldType, Callable[[Condition], Any]] = {
    "word": _words, "list": _words, "reference": _references, "text": _one_text,
    "number": _numbers, "time": _moment, "flag": _truth,
}  # fmt: skip
