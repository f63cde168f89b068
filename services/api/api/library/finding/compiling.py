"""A checked filter as a condition on the index. What is not in the index is looked up in the tracks themselves."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from api.library.artists.models import TrackArtist
from api.library.finding.models import TrackIndex
from api.library.finding.rules import Test, Tree
from api.library.models import Track, TrackCategory
from api.library.moment import Now

Condition = ColumnElement[bool]


NEAR: Mapping[str, InstrumentedAttribute[Any]] = {
    "kind": TrackIndex.kind, "state": TrackIndex.state, "genre": TrackIndex.genre, "mood": TrackIndex.mood,
    "language": TrackIndex.language, "tag": TrackIndex.tags, "uploaded_by": TrackIndex.created_by,
    "year": TrackIndex.year, "length_seconds": TrackIndex.length_seconds, "tempo_bpm": TrackIndex.tempo_bpm,
    "energy": TrackIndex.energy, "airs": TrackIndex.airs, "added": TrackIndex.created_at,
    "last_aired": TrackIndex.last_aired_at, "is_canadian": TrackIndex.is_canadian, "archived": TrackIndex.archived,
    "missing": TrackIndex.missing, "deleted": TrackIndex.deleted, "problem": TrackIndex.problem,
}  # fmt: skip
FAR: Mapping[str, InstrumentedAttribute[Any]] = {
    "usage_type": Track.usage_type, "content_category": Track.content_category, "scan_status": Track.scan_status,
    "daypart": Track.dayparts, "title": Track.title, "artist": Track.artist, "album": Track.album,
    "composer": Track.composer, "label": Track.label, "loudness_lufs": Track.loudness_lufs,
    "intro_end": Track.intro_end, "updated": Track.updated_at, "is_hit": Track.is_hit,
    "is_instrumental": Track.is_instrumental, "artwork": Track.artwork,
}  # fmt: skip


def condition(tree: Tree, now: Now) -> Condition:
    """Which rows of the index a filter holds."""
    parts = [condition(one, now) if isinstance(one, Tree) else _test(one, now) for one in tree.of]
    if not parts:
        return true()
    if tree.match == "all":
        return and_(*parts)
    # What is not known meets no condition, so none of them has to be known.
    return or_(*parts) if tree.match == "any" else not_(func.coalesce(or_(*parts), false()))


def in_window(now: Now) -> Condition:
    """Whether its dates let a track air now."""
    return and_(
        or_(TrackIndex.valid_from.is_(None), TrackIndex.valid_from <= now.at),
        or_(TrackIndex.valid_until.is_(None), TrackIndex.valid_until > now.at),
        or_(TrackIndex.kill_date.is_(None), TrackIndex.kill_date >= now.today),
    )


def airable(now: Now) -> Condition:
    """Whether it may air now."""
    return and_(TrackIndex.airable, in_window(now))


def requestable(now: Now) -> Condition:
    """Whether listeners may ask for it now."""
    return and_(TrackIndex.requestable, in_window(now))


def has_words(said: str) -> Condition:
    """Whether all these words are in its texts."""
    return TrackIndex.words.bool_op("@@")(func.api.asked_words(said))


def _test(test: Test, now: Now) -> Condition:
    if special := _SPECIAL.get(test.field):
        return special(test, now)
    if test.field in NEAR:
        return _TESTS[test.type](NEAR[test.field], test, now)
    return TrackIndex.track_id.in_(select(Track.id).where(_TESTS[test.type](FAR[test.field], test, now)))


def _word(column: Any, test: Test, _: Now) -> Condition:
    if test.test == "is":
        return column.in_(test.value)  # type: ignore[no-any-return]
    if test.test == "is_not":
        return or_(column.is_(None), column.not_in(test.value))
    return column.is_not(None) if test.test == "is_set" else column.is_(None)  # type: ignore[no-any-return]


def _list(column: Any, test: Test, _: Now) -> Condition:
    if test.test == "has_all":
        return column.contains(list(test.value))  # type: ignore[no-any-return]
    if test.test in ("is", "is_not"):
        has = column.overlap(list(test.value))
        return has if test.test == "is" else not_(has)  # type: ignore[no-any-return]
    count = func.cardinality(column)
    return count > 0 if test.test == "is_set" else count == 0


def _text(column: Any, test: Test, _: Now) -> Condition:
    if test.test in ("is_set", "is_empty"):
        return column.is_not(None) if test.test == "is_set" else column.is_(None)  # type: ignore[no-any-return]
    known, said = func.api.folded(column), func.api.folded(test.value)
    return known == said if test.test == "is" else func.strpos(known, said) > 0


def _number(column: Any, test: Test, _: Now) -> Condition:
    if test.test in ("is_set", "is_empty"):
        return column.is_not(None) if test.test == "is_set" else column.is_(None)  # type: ignore[no-any-return]
    if test.test == "between":
        return column.between(*test.value)  # type: ignore[no-any-return]
    return column >= test.value[0] if test.test == "at_least" else column <= test.value[0]  # type: ignore[no-any-return]


def _time(column: Any, test: Test, now: Now) -> Condition:
    match test.test:
        case "is_set":
            return column.is_not(None)  # type: ignore[no-any-return]
        case "is_empty":
            return column.is_(None)  # type: ignore[no-any-return]
        case "before":
            return column < test.value  # type: ignore[no-any-return]
        case "from":
            return column >= test.value  # type: ignore[no-any-return]
    since = now.at - timedelta(days=test.value)
    return column >= since if test.test == "within_days" else or_(column.is_(None), column < since)


def _flag(column: Any, test: Test, _: Now) -> Condition:
    if test.test in ("is_set", "is_empty"):
        return column.is_not(None) if test.test == "is_set" else column.is_(None)  # type: ignore[no-any-return]
    return column.is_(test.value)  # type: ignore[no-any-return]


def _linked(link: Any, value: Any) -> Callable[[Test, Now], Condition]:
    def linked(test: Test, _: Now) -> Condition:
        wanted = select(link.track_id)
        if test.test in ("is", "is_not"):
            wanted = wanted.where(value.in_(test.value))
        has = TrackIndex.track_id.in_(wanted)
        return has if test.test in ("is", "is_set") else not_(has)

    return linked


def _chosen(holds: Callable[[Now], Condition]) -> Callable[[Test, Now], Condition]:
    def chosen(test: Test, now: Now) -> Condition:
        return holds(now) if test.value is not False and test.test != "is_empty" else not_(holds(now))

    return chosen


def _duplicate(_: Now) -> Condition:
    other = aliased(Track)
    same = exists().where(
        other.content_sha256 == Track.content_sha256, other.id != Track.id, other.deleted_at.is_(None)
    )
    return TrackIndex.track_id.in_(select(Track.id).where(or_(Track.duplicate_of.is_not(None), same)))


_TESTS: Mapping[str, Callable[[Any, Test, Now], Condition]] = {
    "word": _word, "list": _list, "reference": _word, "text": _text, "number": _number, "time": _time, "flag": _flag,
}  # fmt: skip
_SPECIAL: Mapping[str, Callable[[Test, Now], Condition]] = {
    "text": lambda test, _: has_words(test.value),
    "category": _linked(TrackCategory, TrackCategory.category_id),
    "artist_id": _linked(TrackArtist, TrackArtist.artist_id),
    "airable": _chosen(airable),
    "requestable": _chosen(requestable),
    "duplicate": _chosen(_duplicate),
}
