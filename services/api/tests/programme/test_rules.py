"""Which files are looked at, which are gone, and what may be done with the playlist."""

from uuid import UUID

import pytest
from api.arriving.rules import keeps_copy
from api.library.rules import TrackSource, TrackState
from api.programme.rules import (
    Found,
    Known,
    NotRemoved,
    OrderIsStale,
    StarterPiece,
    Work,
    compare,
    require_own,
    require_removed,
    require_same,
)
from hypothesis import given
from hypothesis import strategies as st


def found(path: str, changed: int = 1, source: TrackSource = "folder") -> Found:
    return Found(source, path, 100, changed)


SOURCES: tuple[TrackSource, ...] = ("folder", "starter", "upload")
STATES: tuple[TrackState, ...] = ("waiting", "ready", "refused", "gone", "removed")
files = st.builds(Found, st.sampled_from(SOURCES), st.sampled_from("abc"), st.integers(0, 1), st.integers(0, 1))
known_files = st.lists(
    st.builds(Known, st.uuids(), files, st.sampled_from(STATES)),
    max_size=8,
    unique_by=(lambda one: one.found, lambda one: one.id),
)
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)
NOTHING = Work((), (), ())

COMPARISONS: dict[str, tuple[list[Found], list[Known], set[UUID], Work]] = {
    "nothing": ([], [], set(), NOTHING),
    "a new file": ([found("a")], [], set(), Work((found("a"),), (), ())),
    "a known file": ([found("a")], [Known(A, found("a"), "ready")], {A}, NOTHING),
    "a file that lost its copy": ([found("a")], [Known(A, found("a"), "ready")], {B}, Work((), (A,), ())),
    "a file that waits": ([found("a")], [Known(A, found("a"), "waiting")], set(), NOTHING),
    "a file that was refused": ([found("a")], [Known(A, found("a"), "refused")], set(), NOTHING),
    "a file that was removed": ([found("a")], [Known(A, found("a"), "removed")], set(), NOTHING),
    "a removed file that vanished": ([], [Known(A, found("a"), "removed")], set(), Work((), (), (A,))),
    "a file that vanished": ([], [Known(A, found("a"), "ready")], {A}, Work((), (), (A,))),
    "one that has been gone": ([], [Known(A, found("a"), "gone")], set(), NOTHING),
    "one that returns": ([found("a")], [Known(A, found("a"), "gone")], set(), Work((), (A,), ())),
    "a changed file": ([found("a", 2)], [Known(A, found("a"), "ready")], {A}, Work((found("a", 2),), (), (A,))),
    "the same name elsewhere": (
        [found("a"), found("a", source="starter")],
        [Known(A, found("a"), "ready")],
        {A},
        Work((found("a", source="starter"),), (), ()),
    ),
}


@pytest.mark.parametrize("case", COMPARISONS)
def test_a_scan_asks_for_what_changed(case: str) -> None:
    present, known, copies, work = COMPARISONS[case]
    assert compare(present, known, copies) == work


@given(st.lists(files), known_files)
def test_every_file_that_is_there_is_known_or_new_and_what_is_not_there_is_gone(
    present: list[Found], known: list[Known]
) -> None:
    work = compare(present, known, set())
    assert set(work.new) == set(present) - {one.found for one in known}
    assert len(set(work.new)) == len(work.new)
    assert set(work.gone) == {one.id for one in known if one.state != "gone" and one.found not in present}
    assert not set(work.again) & set(work.gone)


@given(st.lists(files), known_files)
def test_after_the_work_is_done_there_is_none(present: list[Found], known: list[Known]) -> None:
    work = compare(present, known, set())
    copies = {one.id for one in known if one.state == "ready"} | set(work.again)
    after = [Known(one.id, one.found, "gone" if one.id in work.gone else one.state) for one in known]
    after = [Known(one.id, one.found, "ready") if one.id in work.again else one for one in after]
    after += [Known(UUID(int=number), file, "waiting") for number, file in enumerate(work.new)]
    assert compare(present, after, copies) == NOTHING


@given(known_files)
def test_staff_is_not_overruled_by_the_folder(known: list[Known]) -> None:
    work = compare([one.found for one in known], known, set())
    assert not {one.id for one in known if one.state == "removed"} & {*work.again, *work.gone}
    assert work.new == ()


def test_only_what_plays_or_will_play_keeps_its_copy() -> None:
    assert {state for state in STATES if keeps_copy(state)} == {"waiting", "ready"}


@pytest.mark.parametrize("order", [[A], [A, B, C], [A, A], [A, C], [A, B, B]])
def test_an_order_of_anything_else_than_the_playlist_is_stale(order: list[UUID]) -> None:
    with pytest.raises(OrderIsStale):
        require_same(order, {A, B})


def test_any_order_of_exactly_the_playlist_is_taken() -> None:
    require_same([B, A], {A, B})
    require_same([], set())


def test_composed_pieces_are_not_removed() -> None:
    require_own("folder")
    require_own("upload")
    with pytest.raises(StarterPiece):
        require_own("starter")


def test_only_removed_tracks_are_restored() -> None:
    require_removed("removed")
    with pytest.raises(NotRemoved):
        require_removed("ready")
