"""Exact times: what is cut, what is filled, and what is left alone. Lengths in seconds."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_generator.planning.blocks import Block, Part, Segment
from log_generator.planning.clocks import Element, Kind
from log_generator.planning.instants import HourKey, Ms
from log_generator.planning.log import SlotKey, Why
from log_generator.planning.timing import HELD, SHORTEST, Fillers, Laid, Pad, Song, lay
from planned import DAY

SECOND = 1000


def part(kind: Kind, seconds: float) -> Part:
    return Part(kind, f"{kind} {seconds}", "", round(seconds * SECOND), "rotation", Why(""))


def block(one: Part, *, pinned: bool = False) -> Block:
    element = Element("1", one.kind)
    music = one.kind == "MUS"
    return Block(
        SlotKey(HourKey(DAY, 0), "1"), element, "music" if music else "fixed", [one], track=0 if music else None,
        pinned=pinned,
    )  # fmt: skip


def segment(*parts: Part, seconds: float, exact: bool = True, grace: float = 0) -> Segment:
    return Segment([block(one) for one in parts], 0, round(seconds * SECOND), exact, round(grace * SECOND))


def fillers(*, bed: bool = False, songs: Sequence[float] = (), liners: Sequence[float] = ()) -> Fillers:
    """A bed that fits anything, liners that fit when they are just as long, songs to add."""

    def pads(gap: Ms) -> Sequence[Pad]:
        exact = [part("LIN", seconds) for seconds in liners if round(seconds * SECOND) == gap]
        return [(exact[0], gap)] if exact else [(part("BED", 600), gap)] if bed else []

    def song(_laid: Sequence[Laid], _at: Ms, least: Ms) -> Song | None:
        lengths = sorted(seconds for seconds in songs if seconds * SECOND >= least) or sorted(songs)[-1:]
        return (part("MUS", lengths[0]), 1) if lengths else None

    return Fillers(
        block=lambda: block(part("BED", 1)),
        pads=pads,
        song=song,
        anything=lambda gap: [(replace(part("BED", 1), id=None), gap)],
    )


def seconds_of(laid: Sequence[Laid]) -> list[tuple[str, float]]:
    return [(one.part.kind, one.length_ms / SECOND) for one in laid]


def M(seconds: float) -> Part:  # noqa: N802 - a table reads better
    return part("MUS", seconds)


def L(seconds: float) -> Part:  # noqa: N802
    return part("LIN", seconds)


def INT(seconds: float) -> Part:  # noqa: N802
    return part("INT", seconds)


def ADV(seconds: float) -> Part:  # noqa: N802
    return part("ADV", seconds)


@pytest.mark.parametrize(
    ("parts", "seconds", "aired"),
    [
        # It fits, or a breath is left.
        ([M(200), L(10)], 210, [("MUS", 200), ("LIN", 10)]),
        ([M(200)], 201, [("MUS", 201)]),
        # The last song is cut.
        ([M(200), M(200)], 380, [("MUS", 200), ("MUS", 180)]),
        ([M(200), L(10)], 195, [("MUS", 185), ("LIN", 10)]),
        # A song of which little would be left goes, and a bed fills.
        ([M(200), M(200)], 230, [("MUS", 200), ("BED", 30)]),
        ([M(200), M(200), M(200)], 201, [("MUS", 201)]),
        # A quarter of an hour too much does not become fragments.
        ([M(200)] * 5, 410, [("MUS", 200), ("MUS", 200), ("BED", 10)]),
        # Features and spots are never cut.
        ([INT(400)], 300, [("INT", 400)]),
        ([M(100), ADV(60), INT(300)], 300, [("ADV", 60), ("INT", 300)]),
        # A gap is filled with a bed, a long one with a song.
        ([M(200)], 240, [("MUS", 200), ("BED", 40)]),
        ([M(200)], 330, [("MUS", 200), ("MUS", 130)]),
        ([], 30, [("BED", 30)]),
    ],
)
def test_a_segment_ends_when_the_next_begins(parts: list[Part], seconds: float, aired: list[tuple[str, float]]) -> None:
    laid, off = lay(segment(*parts, seconds=seconds), 0, fillers(bed=True, songs=[180, 250]))
    assert seconds_of(laid) == aired
    assert off == sum(one.full_ms for one in parts) - seconds * SECOND


@pytest.mark.parametrize(
    ("parts", "seconds", "songs", "aired"),
    [
        # Without pads: a longer song in place of the last, else two share the time.
        ([M(200)], 215, [216, 300], [("MUS", 215)]),
        ([M(200)], 215, [200], [("MUS", 107.5), ("MUS", 107.5)]),
        ([M(200)], 230, [200], [("MUS", 200), ("MUS", 30)]),
        ([M(200), M(200)], 210, [], [("MUS", 190), ("MUS", 20)]),
        # Nothing at all: something that is nothing.
        ([], 30, [], [("BED", 30)]),
    ],
)
def test_without_beds_songs_do(
    parts: list[Part], seconds: float, songs: list[float], aired: list[tuple[str, float]]
) -> None:
    laid, _ = lay(segment(*parts, seconds=seconds), 0, fillers(songs=songs))
    assert seconds_of(laid) == aired


def test_a_liner_that_fits_is_taken_whole() -> None:
    laid, _ = lay(segment(M(200), seconds=208), 0, fillers(liners=[8], songs=[300]))
    assert seconds_of(laid) == [("MUS", 200), ("LIN", 8)]


@pytest.mark.parametrize(("grace", "length"), [(0, 290), (5, 290), (10, 300), (20, 300)])
def test_grace_spares_what_plays(grace: float, length: float) -> None:
    laid, _ = lay(segment(M(300), seconds=290, grace=grace), 0, fillers())
    assert seconds_of(laid) == [("MUS", length)]


@pytest.mark.parametrize("seconds", [150, 290, 310, 400])
def test_nothing_is_cut_or_filled_for_a_soft_anchor(seconds: float) -> None:
    laid, _ = lay(segment(M(300), seconds=seconds, exact=False), 0, fillers(bed=True))
    assert seconds_of(laid) == [("MUS", 300)]


def test_a_pinned_song_may_be_cut_but_stays() -> None:
    pinned = Segment([block(part("MUS", 200)), block(part("MUS", 200), pinned=True)], 0, 230 * SECOND)
    laid, _ = lay(pinned, 0, fillers(bed=True, songs=[300]))
    assert seconds_of(laid) == [("MUS", 200), ("MUS", 30)]


PARTS = st.lists(
    st.one_of(
        st.integers(60_000, 400_000).map(lambda ms: part("MUS", ms / SECOND)),
        st.integers(3_000, 90_000).map(lambda ms: part("LIN", ms / SECOND)),
        st.integers(15_000, 60_000).map(lambda ms: part("ADV", ms / SECOND)),
    ),
    max_size=8,
)


@given(
    parts=PARTS,
    length=st.integers(1, 1_500_000),
    start=st.integers(0, 20_000),
    bed=st.booleans(),
    songs=st.lists(st.integers(60, 400), max_size=3),
)
def test_a_segment_is_full_to_the_millisecond_unless_what_may_not_be_cut_is_longer(
    parts: list[Part], length: Ms, start: Ms, bed: bool, songs: list[int]
) -> None:
    laid, _ = lay(segment(*parts, seconds=length / SECOND), start, fillers(bed=bed, songs=songs))
    end = start + sum(one.length_ms for one in laid)
    uncut = sum(one.full_ms for one in parts if one.kind != "MUS")
    if end != length:
        assert end > length
        assert start + uncut + sum(SHORTEST for one in laid if one.song) > length
    for one in laid:
        assert one.length_ms > 0
        if one.part.kind in ("LIN", "ADV"):
            assert one.part.full_ms <= one.length_ms <= one.part.full_ms + HELD
        if one.song:
            assert one.length_ms >= min(SHORTEST, one.part.full_ms)
