"""Filters mean something or say which element does not; cursors return as they went out or not at all."""

import string
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from api.library.finding import cursors
from api.library.finding.cursors import BadCursor, Cursor
from api.library.finding.rules import FIELDS, TESTS, BadFilter, Group, Tree, check, fields_of
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

DEEP: dict[str, Any] = {"of": []}
for _ in range(6):
    DEEP = {"of": [DEEP]}


def condition(**given: Any) -> dict[str, Any]:
    return {"of": [given]}


@pytest.mark.parametrize(
    ("filter", "said"),
    [
        (condition(field="colour", value="red"), "of[0].field: 'colour' is none of kind"),
        (condition(field="kind", test="at_least", value=1), "of[0].test: 'at_least' is none of is, is_not"),
        (condition(field="text", test="is", value="a"), "of[0].test: 'is' is none of contains, for text"),
        (condition(field="kind", value="SFX"), "of[0].value: 'SFX' is none of MUS"),
        (condition(field="genre", value=[]), "of[0].value: must be 1 to 200 values"),
        (condition(field="genre", value=["Rock", 3]), "of[0].value: must be a text"),
        (condition(field="genre", value="a\0"), "of[0].value: must be a text"),
        (condition(field="category", value="rotation"), "of[0].value: must be ids"),
        (condition(field="year", test="between", value=[2000]), "of[0].value: must be two numbers"),
        (condition(field="year", test="between", value=[2000, 1990]), "of[0].value: the first number"),
        (condition(field="year", test="at_least", value=True), "of[0].value: must be a number"),
        (condition(field="year", test="at_least", value=float("nan")), "of[0].value: must be a number"),
        (condition(field="added", test="from", value="2026-01-01T00:00:00"), "of[0].value: must be a moment with"),
        (condition(field="added", test="from", value="yesterday"), "of[0].value: must be a moment, such as"),
        (condition(field="last_aired", test="within_days", value=1.5), "of[0].value: must be whole days"),
        (condition(field="requestable", value="yes"), "of[0].value: must be true or false"),
        (condition(field="genre", test="is_empty", value="x"), "of[0].value: is_empty takes none"),
        (
            {"match": "any", "of": [{"field": "genre", "value": "Rock"}, {"match": "none", "of": [{"field": "nope"}]}]},
            "of[1].of[0].field: 'nope'",
        ),
        (DEEP, "groups may be 5 deep"),
        ({"of": [{"of": [{"field": "year", "test": "is_set"}] * 60}] * 2}, "of: a filter holds at most 100"),
    ],
)
def test_the_first_element_that_means_nothing_is_named(filter: dict[str, Any], said: str) -> None:
    with pytest.raises(BadFilter) as refused:
        check(Group.model_validate(filter))
    assert said in str(refused.value)


def test_a_filter_that_means_something_is_kept_and_says_what_it_is_about() -> None:
    tree = check(
        Group.model_validate(
            {
                "match": "any",
                "of": [
                    {"field": "genre", "value": "Rock"},
                    {"of": [{"field": "airs", "test": "at_least", "value": 3}]},
                ],
            }
        )
    )
    assert tree.match == "any"
    assert fields_of(tree) == {"genre", "airs"}
    assert check(Group()) == Tree("all", ())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**10), 10**10) | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
CONDITIONS = st.fixed_dictionaries(
    {
        "field": st.sampled_from(sorted(FIELDS)),
        "test": st.sampled_from(sorted({test for tests in TESTS.values() for test in tests})),
        "value": JSON,
    }
)
GROUPS = st.recursive(
    st.builds(lambda of: {"of": of}, st.lists(CONDITIONS, max_size=3)),
    lambda inner: st.builds(lambda of: {"match": "none", "of": of}, st.lists(inner, max_size=3)),
    max_leaves=4,
)


@given(GROUPS | JSON)
def test_whatever_is_sent_it_is_a_filter_or_a_refusal(sent: Any) -> None:
    try:
        filter = Group.model_validate(sent)
    except ValidationError:
        return
    with suppress(BadFilter):
        assert isinstance(check(filter), Tree)


KEYS = st.text(max_size=50).filter(lambda text: "\0" not in text) | st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(KEYS | MOMENTS, st.uuids(), st.booleans())
def test_a_cursor_returns_as_it_went_out_for_its_own_search_only(key: Any, item: UUID, alike: bool) -> None:
    mark = cursors.mark("a search", 1)
    text = cursors.write(Cursor(key, item, alike), mark)
    assert cursors.read(text, mark, type(key)) == Cursor(key, item, alike)
    with pytest.raises(BadCursor):
        cursors.read(text, cursors.mark("another"), type(key))


@given(st.text(max_size=80) | st.text(string.ascii_letters + string.digits + "-_", max_size=80))
def test_a_cursor_that_somebody_made_up_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        cursors.read(text, cursors.mark("a search"), str)
