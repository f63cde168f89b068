"""Whose sound a stream is, when it was, which hour it belongs to, and who gives way when the disk fills."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stream_control.recorder import rules
from stream_control.recorder.ogg import Page
from stream_control.recorder.rules import Label, Origin, Room
from stream_control.recorder.streams import RATE, Sound

SESSION = UUID("0355408d-dcee-474f-b6c6-8b0077ea8962")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def sound(sequence: int = 2, starts: float = 0, ends: float = 0.2) -> Sound:
    """A page of sound between two moments of its stream, seconds."""
    return Sound(Page(b"", 0, round(ends * RATE), 1, sequence), round(starts * RATE))


LABELS = [
    (f"{SESSION} 1777636800.250", Label(SESSION, NOON + timedelta(seconds=0.25))),
    ("- 1777636800.000", Label(None, NOON)),
    ("", None),
    ("-", None),
    (f"{SESSION}", None),
    ("../../etc 1777636800.000", None),
    (f"{SESSION} soon", None),
    (f"{SESSION} 1e300", None),
    ("A song 3", None),
]


@pytest.mark.parametrize(("title", "label"), LABELS)
def test_a_stream_says_whose_sound_it_is(title: str, label: Label | None) -> None:
    assert rules.label(title) == label


@pytest.mark.parametrize(("sequence", "fit"), [(1, "had"), (7, "had"), (8, "next"), (9, "apart")])
def test_a_page_is_known_next_or_apart(sequence: int, fit: str) -> None:
    assert rules.fit(7, sound(sequence)) == fit


@given(
    st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**60), st.datetimes(timezones=st.just(UTC))
)
def test_where_a_file_began_can_be_read_in_it(serial: int, sequence: int, granule: int, at: datetime) -> None:
    origin = Origin(serial, sequence, granule, at)
    assert Origin.read(origin.comments("a title")) == origin


@pytest.mark.parametrize("told", [{}, {"airtight_origin": "1 2 3"}, {"airtight_origin": "1 2", "date": "2026-01-01"}])
def test_a_file_of_somebody_else_has_no_origin(told: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"invalid|unpack|isoformat"):
        Origin.read(told)


def test_a_file_begins_with_page_two_at_its_own_beginning() -> None:
    origin = rules.origin(sound(50, starts=10), NOON)
    assert origin == Origin(1, 50, 10 * RATE, NOON + timedelta(seconds=10))
    assert origin.place(50, 11 * RATE) == (2, RATE)
    assert origin.place(51, 12 * RATE) == (3, 2 * RATE)


def told(known: datetime | None, *, now: datetime, ends: float, elapsed: float) -> datetime:
    return rules.stream_began(known, sound(ends=ends), now=now, elapsed=elapsed)


def test_a_stream_began_when_its_earliest_page_says() -> None:
    began = told(None, now=NOON + timedelta(seconds=30.1), ends=30, elapsed=0)
    assert began == NOON + timedelta(seconds=0.1)
    # A page that comes late says nothing; one that comes sooner knows better.
    later = told(began, now=NOON + timedelta(seconds=31.9), ends=31, elapsed=0.01)
    assert timedelta(0) <= later - began < timedelta(seconds=0.001)
    assert told(later, now=NOON + timedelta(seconds=32), ends=32, elapsed=0.01) == NOON


def test_a_stream_that_stood_still_is_dated_rightly_after_a_while() -> None:
    began, behind = NOON, timedelta(seconds=60)
    for second in range(1, 1800):
        began = told(began, now=NOON + behind + timedelta(seconds=second), ends=second, elapsed=1)
    assert began == NOON + behind


def test_hours_are_utc() -> None:
    elsewhere = datetime.fromisoformat("2026-05-01T02:30:00+05:30")
    assert rules.hour(elsewhere) == datetime(2026, 4, 30, 21, tzinfo=UTC)


ROOM = [
    (Room(), 2000, Room()),
    (Room(), 1999, Room(air=False)),
    (Room(), 1000, Room(air=False)),
    (Room(), 999, Room(air=False, live=False)),
    (Room(air=False, live=False), 1000, Room(air=False, live=False)),
    (Room(air=False, live=False), 1101, Room(air=False)),
    (Room(air=False), 2100, Room(air=False)),
    (Room(air=False), 2201, Room()),
]


@pytest.mark.parametrize(("before", "free", "after"), ROOM)
def test_the_logger_gives_way_before_shows_do(before: Room, free: float, after: Room) -> None:
    assert rules.room(before, free, 2000) == after
