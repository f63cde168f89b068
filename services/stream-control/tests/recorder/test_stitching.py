"""Killed at any moment, a recording goes on where it was: each page exactly once, in order, in a file that is whole."""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from rig.ogg import sound, sound_of, stream
from stream_control.recorder.live import LiveRecorder
from stream_control.recorder.state import Report
from stream_control.recorder.streams import Reader

SESSION = UUID("0355408d-dcee-474f-b6c6-8b0077ea8962")
TITLE = f"{SESSION} 1777636800.000"
COUNT = 40
PAGES = stream(TITLE, serial=7, pages=COUNT)
HEADERS, SOUND = PAGES[:2], sound(PAGES)


@dataclass(frozen=True)
class Life:
    """One life of the recorder: which pages Icecast gave it, in which pieces, and how the last write was cut off."""

    first: int
    until: int
    cut: int
    pieces: list[int]
    torn: bool


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    """A few lives after one another; what Icecast gives begins before or after what the last one had, and goes on."""
    found, until = [], 0
    for _ in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, max(until + 3, 0)).filter(lambda at: at < COUNT))
        until = draw(st.integers(max(first, until), COUNT))
        pieces = draw(st.lists(st.integers(1, 400), min_size=1, max_size=5))
        found.append(Life(first, until, draw(st.integers(0, 150)), pieces, draw(st.booleans())))
    return found


def live_through(folder: Path, life: Life) -> None:
    """A recorder that begins, is given bytes, and dies."""
    recorder, reader = LiveRecorder(folder / "live", Report(folder)), Reader()
    data, at = b"".join([*HEADERS, *PAGES[2 + life.first : 2 + life.until]]), 0
    for number in range(10_000):
        piece = data[at : at + life.pieces[number % len(life.pieces)]]
        found = reader.feed(piece)
        if found:
            recorder.take(found[0][0], [one for _, one in found], now=datetime.now(UTC))
        at += len(piece)
        if not piece:
            break
    recorder.leave()
    if life.torn and (parts := files(folder)):
        whole = parts[-1].read_bytes()
        parts[-1].write_bytes(whole[: len(whole) - life.cut])


def be_told_that_nobody_is_live(folder: Path) -> None:
    [(head, one), *_] = Reader().feed(b"".join(stream("- 1777636900.000", serial=8)))
    LiveRecorder(folder / "live", Report(folder)).take(head, [one], now=datetime.now(UTC))


def files(folder: Path) -> list[Path]:
    return sorted((folder / "live" / str(SESSION)).glob("*.oga"))


@settings(max_examples=80, deadline=None)
@given(lives())
def test_every_page_is_there_once_and_in_order(told: list[Life]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for life in told:
            live_through(folder, life)
        be_told_that_nobody_is_live(folder)
        recorded = [sound_of(path) for path in files(folder)]
        assert [path.stem for path in sorted((folder / "live" / str(SESSION)).glob("*.json"))] == [
            path.stem for path in files(folder)
        ]
    numbers = [[SOUND.index(body) for body in part] for part in recorded]
    for part in numbers:
        assert part == list(range(part[0], part[0] + len(part)))
    for before, after in pairwise(numbers):
        assert before[-1] < after[0]


@settings(max_examples=40, deadline=None)
@given(lives())
def test_what_icecast_gives_again_makes_one_file_without_a_gap(told: list[Life]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for life in [*told, Life(0, COUNT, 0, [777], torn=False)]:
            whole = Life(0, life.until, life.cut, life.pieces, life.torn)
            live_through(folder, whole)
        be_told_that_nobody_is_live(folder)
        assert sorted(path.name for path in (folder / "live" / str(SESSION)).iterdir()) == [
            "0001.json",
            "0001.oga",
            "closed",
        ]
        assert sound_of(files(folder)[0]) == SOUND
