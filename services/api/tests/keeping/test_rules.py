"""What an edit changes, and what taking it back restores."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from api.keeping.rules import (
    CATEGORIES,
    EDITED,
    Change,
    NotYours,
    Wish,
    changes,
    fault,
    only_known_to,
    require_deletable,
    undo,
    values_after,
)
from api.library.rules import EDITABLE
from hypothesis import given
from hypothesis import strategies as st
from kit.contracts.people import Role

ME, SOMEBODY = uuid4(), uuid4()
EMPTY: dict[str, Any] = {
    **dict.fromkeys(EDITABLE), "kind": "MUS", "tags": [], "dayparts": [], "hours": [], "requestable": True,
    EDITED: [], CATEGORIES: [],
}  # fmt: skip
TEXTS = st.sampled_from(["", "a", "b", "c"])
SETS = st.dictionaries(st.sampled_from(["title", "artist", "genre", "mood"]), TEXTS)
TAGS = st.lists(st.sampled_from(["x", "y", "z"]), unique=True).map(tuple)
WISHES = st.builds(
    Wish, set=SETS, release=st.lists(st.sampled_from(["tempo_bpm", "energy"]), unique=True).map(tuple),
    add_tags=TAGS, remove_tags=TAGS,
    add_categories=st.frozensets(st.sampled_from(["1", "2"])),
    remove_categories=st.frozensets(st.sampled_from(["2", "3"])),
)  # fmt: skip


def track(**values: Any) -> dict[str, Any]:
    return {**EMPTY, **values}


def after(now: dict[str, Any], wish: Wish) -> dict[str, Any]:
    return values_after(now, changes(now, wish))


def test_what_is_set_differs_and_stands() -> None:
    made = changes(track(title="Old", genre="pop"), Wish(set={"title": "New", "genre": "pop"}))
    assert made == (Change(EDITED, [], ["genre", "title"]), Change("title", "Old", "New"))


def test_a_released_field_keeps_its_value_and_stands_no_more() -> None:
    now = track(tempo_bpm=120.0, edited=["tempo_bpm", "title"])
    assert changes(now, Wish(release=("tempo_bpm",))) == (Change(EDITED, ["tempo_bpm", "title"], ["title"]),)


@pytest.mark.parametrize(
    ("tags", "wish", "expected"),
    [
        (["a"], Wish(add_tags=("b", "A")), ["a", "b"]),
        (["a", "B"], Wish(remove_tags=("b",)), ["a"]),
        (["a"], Wish(set={"tags": ["c"]}, add_tags=("d",), remove_tags=("c",)), ["d"]),
        ([], Wish(add_tags=("e",), remove_tags=("E",)), []),
    ],
)
def test_tags_are_added_and_taken_away_without_regard_to_case(tags: list[str], wish: Wish, expected: list[str]) -> None:
    assert after(track(tags=tags), wish)["tags"] == expected


@given(SETS, WISHES)
def test_an_edit_that_is_made_again_changes_nothing(values: dict[str, str], wish: Wish) -> None:
    once = after(track(**values), wish)
    assert changes(once, wish) == ()


@given(SETS, WISHES)
def test_taking_an_edit_back_restores_everything(values: dict[str, str], wish: Wish) -> None:
    now = track(**values)
    made = changes(now, wish)
    undoing = undo(made, values_after(now, made))
    assert undoing.kept == ()
    assert values_after(values_after(now, made), undoing.back) == now


@given(SETS, WISHES, SETS)
def test_what_was_changed_again_since_is_left_alone(values: dict[str, str], wish: Wish, later: dict[str, str]) -> None:
    made = changes(track(**values), wish)
    edited = values_after(track(**values), made)
    now = after(edited, Wish(set=later))
    undoing = undo(made, now)
    restored = values_after(now, undoing.back)
    changed_again = {name for name, value in later.items() if edited[name] != value}
    assert all(restored[name] == later[name] for name in changed_again)
    assert set(undoing.kept) == changed_again & {one.field for one in made}


@pytest.mark.parametrize(
    ("values", "length", "said"),
    [
        ({"cue_in": 3.0, "cue_out": 2.0}, 10.0, "cue_in must lie before cue_out"),
        ({"segue_at": 11.0}, 10.0, "segue_at must lie between 0 and the track's length"),
        ({"valid_from": "2026-02-01T00:00:00+00:00", "valid_until": "2026-01-01T00:00:00+00:00"}, None, "valid_from"),
        ({"tags": [str(one) for one in range(101)]}, None, "at most 100 tags"),
    ],
)
def test_values_that_cannot_be_are_told_in_words(values: dict[str, Any], length: float | None, said: str) -> None:
    assert said in str(fault(track(**values), length))
    assert fault(track(), length) is None


@pytest.mark.parametrize(
    ("role", "caller", "owner", "may"),
    [
        ("admin", ME, SOMEBODY, True), ("admin", None, None, True), ("producer", ME, ME, True),
        ("producer", ME, SOMEBODY, False), ("producer", ME, None, False), ("producer", None, None, False),
    ],
)  # fmt: skip
def test_only_administrators_and_owners_delete(role: Role, caller: UUID | None, owner: UUID | None, may: bool) -> None:
    if may:
        require_deletable(role, caller, owner)
    else:
        with pytest.raises(NotYours):
            require_deletable(role, caller, owner)


def test_of_two_tracks_only_what_one_lacks_is_taken_and_nothing_of_its_sound() -> None:
    keep, other = track(title="A", tempo_bpm=None), track(title="B", album="C", cue_in=1.0, tempo_bpm=90.0, tags=["t"])
    assert only_known_to(other, keep) == {"album": "C"}
