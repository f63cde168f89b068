"""What a query string asks for, as a filter."""

from collections.abc import Iterator
from typing import Any

from api.library.finding.rules import Condition, Group, Presence, Sort, Tree, check
from api.library.finding.schemas import Order, SongFilter, TrackFilter

_WORDS = ("genre", "mood", "language", "kind", "state", "scan_status", "usage_type", "tag")
_REFERENCES = ("artist_id", "category", "uploaded_by")
_RANGES = {"year": "year", "length": "length_seconds", "tempo": "tempo_bpm", "energy": "energy"}
_FLAGS = (
    "is_canadian", "is_hit", "is_instrumental", "requestable", "airable", "artwork", "problem", "duplicate",
)  # fmt: skip
_PRESENCES = ("archived", "deleted", "missing")
_NEWEST_FIRST: tuple[Sort, ...] = ("relevance", "added", "last_aired", "airs")


def tree_of(asked: SongFilter) -> Tree:
    """The filter that a query string means; raises `BadFilter`."""
    return check(Group(of=tuple(_conditions(asked))))


def words_of(asked: SongFilter) -> str:
    """The words that are looked for."""
    return asked.q.replace("\0", " ").strip()


def order_of(asked: SongFilter, sort: Sort | None, order: Order | None) -> tuple[Sort, bool]:
    """By what a page is sorted, and whether it descends."""
    words = words_of(asked)
    chosen: Sort = sort or ("relevance" if words else "added")
    if chosen == "relevance" and not words:
        chosen = "added"
    return chosen, order == "descending" if order else chosen in _NEWEST_FIRST


def _conditions(asked: SongFilter) -> Iterator[Condition | Group]:
    given: dict[str, Any] = dict(asked)
    for name in (*_WORDS, *_REFERENCES):
        if given.get(name):
            yield Condition(field=name, value=given[name])
    for name, field in _RANGES.items():
        for test, bound in (("at_least", "from"), ("at_most", "to")):
            if (value := given.get(f"{name}_{bound}")) is not None:
                yield Condition(field=field, test=test, value=value)
    if isinstance(asked, TrackFilter):
        yield from _of_staff(asked, given)


def _of_staff(asked: TrackFilter, given: dict[str, Any]) -> Iterator[Condition | Group]:
    for name in _FLAGS:
        if given[name] is not None:
            yield Condition(field=name, value=given[name])
    for name in _PRESENCES:
        presence: Presence = given[name]
        if presence != "any":
            yield Condition(field=name, value=presence == "only")
    if not asked.state:
        yield Condition(field="state", test="is_not", value=["gone"])
    if asked.added_from:
        yield Condition(field="added", test="from", value=asked.added_from)
    if asked.added_before:
        yield Condition(field="added", test="before", value=asked.added_before)
    if asked.not_aired_since:
        never = Condition(field="last_aired", test="is_empty")
        before = Condition(field="last_aired", test="before", value=asked.not_aired_since)
        yield Group(match="any", of=(never, before))
