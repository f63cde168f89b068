"""Which files are looked at, which of them play, and how loud."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stream_control.programme.rules import (
    MOST_GAIN_DB,
    PEAK_CEILING_DBTP,
    TARGET_LUFS,
    Folder,
    Found,
    Known,
    Work,
    compare,
    gain,
    on_air,
)


def found(path: str, changed: int = 1, folder: Folder = "fallback") -> Found:
    return Found(folder, path, 100, changed)


files = st.builds(
    Found, st.sampled_from(["fallback", "starter"]), st.sampled_from("abc"), st.integers(0, 1), st.integers(0, 1)
)
known_files = st.lists(
    st.builds(Known, st.uuids(), files, st.sampled_from(["ready", "refused", "gone"])),
    max_size=8,
    unique_by=lambda one: one.found,
)
A, B = UUID(int=1), UUID(int=2)

COMPARISONS: dict[str, tuple[list[Found], list[Known], set[Found], Work]] = {
    "nothing": ([], [], set(), Work((), ())),
    "a new file": ([found("a")], [], set(), Work((found("a"),), ())),
    "a known file": ([found("a")], [Known(A, found("a"), "ready")], set(), Work((), ())),
    "a file that vanished": ([], [Known(A, found("a"), "ready")], set(), Work((), (A,))),
    "a refused file that vanished": ([], [Known(A, found("a"), "refused")], set(), Work((), (A,))),
    "one that has been gone": ([], [Known(A, found("a"), "gone")], set(), Work((), ())),
    "one that returns": ([found("a")], [Known(A, found("a"), "gone")], set(), Work((found("a"),), ())),
    "a changed file": ([found("a", 2)], [Known(A, found("a"), "ready")], set(), Work((found("a", 2),), (A,))),
    "refused by an earlier process": (
        [found("a")],
        [Known(A, found("a"), "refused")],
        set(),
        Work((found("a"),), ()),
    ),
    "refused by this process": ([found("a")], [Known(A, found("a"), "refused")], {found("a")}, Work((), ())),
    "the same name in both folders": (
        [found("a"), found("a", folder="starter")],
        [Known(A, found("a"), "ready")],
        set(),
        Work((found("a", folder="starter"),), ()),
    ),
}


@pytest.mark.parametrize("case", COMPARISONS)
def test_a_scan_asks_for_what_changed(case: str) -> None:
    present, known, looked_at, work = COMPARISONS[case]
    assert compare(present, known, looked_at) == work


@given(st.lists(files), known_files, st.sets(files))
def test_every_file_that_is_there_is_ready_refused_or_looked_at(
    present: list[Found], known: list[Known], looked_at: set[Found]
) -> None:
    work = compare(present, known, looked_at)
    done = {one.found for one in known if one.state != "gone"}
    assert set(present) <= done | set(work.look_at)
    assert set(work.look_at) <= set(present)
    assert len(set(work.look_at)) == len(work.look_at)


@given(st.lists(files), known_files, st.sets(files))
def test_what_is_gone_was_known_and_is_not_there(
    present: list[Found], known: list[Known], looked_at: set[Found]
) -> None:
    work = compare(present, known, looked_at)
    assert set(work.gone) == {one.id for one in known if one.state != "gone" and one.found not in present}


@given(st.lists(files), known_files)
def test_after_the_work_is_done_there_is_none(present: list[Found], known: list[Known]) -> None:
    work = compare(present, known, set())
    gone = [Known(one.id, one.found, "gone") if one.id in work.gone else one for one in known]
    after = [one for one in gone if one.found not in work.look_at]
    after += [Known(UUID(int=number), file, "ready") for number, file in enumerate(work.look_at)]
    assert compare(present, after, set(work.look_at)) == Work((), ())


@given(known_files)
def test_the_stations_own_files_are_the_programme_and_starters_only_while_there_are_none(known: list[Known]) -> None:
    ready = {one.id: one for one in known if one.state == "ready"}
    playing = on_air(known)
    assert set(playing) <= set(ready)
    folders = {ready[one].found.folder for one in playing}
    assert folders == ({"fallback"} if any(one.found.folder == "fallback" for one in ready.values()) else folders)
    assert len(folders) <= 1
    assert bool(playing) == bool(ready)


def test_the_programme_is_in_the_order_of_its_paths() -> None:
    assert on_air([Known(A, found("b"), "ready"), Known(B, found("a"), "ready")]) == (B, A)


loudness = st.floats(-69.9, 5)
peaks = st.floats(-69.9, 12) | st.just(float("-inf"))


@given(loudness, peaks)
def test_no_peak_is_lifted_above_the_ceiling(lufs: float, peak: float) -> None:
    assert peak + gain(lufs, peak) <= PEAK_CEILING_DBTP + 1e-9


@given(loudness, peaks)
def test_a_file_comes_to_the_stations_loudness_when_its_peak_and_its_noise_allow_it(lufs: float, peak: float) -> None:
    wanted = TARGET_LUFS - lufs
    if wanted <= MOST_GAIN_DB and peak + wanted <= PEAK_CEILING_DBTP:
        assert lufs + gain(lufs, peak) == pytest.approx(TARGET_LUFS, abs=0.1)


@given(loudness, peaks)
def test_no_file_is_made_louder_than_the_station_or_lifted_too_far(lufs: float, peak: float) -> None:
    assert gain(lufs, peak) <= min(TARGET_LUFS - lufs, MOST_GAIN_DB) + 1e-9


@pytest.mark.parametrize(
    ("lufs", "peak", "decibels"), [(-16, -3, 0), (-9, 0.5, -7), (-23, -10, 7), (-23, -3, 2), (-60, -45, 20)]
)
def test_gain_in_plain_numbers(lufs: float, peak: float, decibels: float) -> None:
    assert gain(lufs, peak) == pytest.approx(decibels)
