"""A day's hours, whatever its zone does to it."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_generator.planning.instants import HOUR, MINUTE, Offsets, begins, hours

ZONES = [
    "UTC", "America/Toronto", "America/St_Johns", "America/Havana", "America/Sao_Paulo", "Europe/Dublin",
    "Africa/Cairo", "Africa/Casablanca", "Asia/Kathmandu", "Asia/Tehran", "Asia/Beirut", "Australia/Lord_Howe",
    "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "Antarctica/Troll",
]  # fmt: skip
DAYS = st.dates(date(1995, 1, 1), date(2037, 12, 31))


@pytest.mark.parametrize(
    ("zone", "day", "length_hours", "first", "others"),
    [
        ("America/Toronto", "2026-03-08", 23, "2026-03-08 00:00 -05:00", ["03:00 -04:00"]),
        ("America/Toronto", "2026-11-01", 25, "2026-11-01 00:00 -04:00", ["01:00 -04:00", "01:00 -05:00"]),
        ("Australia/Lord_Howe", "2026-04-05", 24.5, "2026-04-05 00:00 +11:00", ["01:00 +11:00", "01:30 +10:30"]),
        ("Australia/Lord_Howe", "2026-10-04", 23.5, "2026-10-04 00:00 +10:30", ["02:30 +11:00"]),
        ("Africa/Cairo", "2026-04-24", 23, "2026-04-24 01:00 +03:00", []),
        ("America/Sao_Paulo", "2018-11-04", 23, "2018-11-04 01:00 -02:00", []),
        ("America/St_Johns", "2010-11-06", 25, "2010-11-06 00:00 -02:30", ["00:00 -02:30", "23:01 -03:30"]),
        ("Asia/Kathmandu", "2026-05-05", 24, "2026-05-05 00:00 +05:45", []),
        ("Pacific/Chatham", "2026-04-05", 25, "2026-04-05 00:00 +13:45", ["03:00 +12:45"]),
        ("Europe/Berlin", "2028-02-29", 24, "2028-02-29 00:00 +01:00", []),
        ("Europe/Berlin", "2027-12-31", 24, "2027-12-31 00:00 +01:00", []),
    ],
)
def test_a_day_has_the_hours_that_its_zone_gives_it(
    zone: str, day: str, length_hours: float, first: str, others: list[str]
) -> None:
    found = hours(date.fromisoformat(day), ZoneInfo(zone))
    assert sum(hour.length_ms for hour in found) == length_hours * HOUR
    labels = [hour.label for hour in found]
    assert labels[0] == first
    for other in others:
        assert any(label.endswith(other) for label in labels)


def test_a_date_that_was_left_out_has_no_hours() -> None:
    assert hours(date(2011, 12, 30), ZoneInfo("Pacific/Apia")) == ()
    assert len(hours(date(2011, 12, 31), ZoneInfo("Pacific/Apia"))) == 24


def test_an_hour_that_comes_twice_has_two_keys_and_a_half_one_knows_where_it_begins() -> None:
    twice = [hour for hour in hours(date(2026, 11, 1), ZoneInfo("America/Toronto")) if hour.key.hour == 1]
    assert [hour.key.fold for hour in twice] == [0, 1]
    half = next(hour for hour in hours(date(2026, 10, 4), ZoneInfo("Australia/Lord_Howe")) if hour.key.hour == 2)
    assert (half.into_ms, half.length_ms) == (30 * MINUTE, 30 * MINUTE)


@given(day=DAYS, zone=st.sampled_from(ZONES))
def test_hours_follow_each_other_and_days_too(day: date, zone: str) -> None:
    place = ZoneInfo(zone)
    found = hours(day, place)
    assert sum(hour.length_ms for hour in found) == begins(day + timedelta(days=1), place) - begins(day, place)
    for hour, following in itertools.pairwise(found):
        assert hour.end_ms == following.start_ms
    for hour in found:
        local = datetime.fromtimestamp(hour.start_ms // 1000, place)
        assert (local.date(), local.hour, local.fold) == (hour.key.date, hour.key.hour, hour.key.fold)
        assert 0 < hour.length_ms <= HOUR - hour.into_ms
    assert len({(hour.key, hour.into_ms) for hour in found}) == len(found)


@given(day=DAYS, zone=st.sampled_from(ZONES), instants=st.lists(st.integers(-400, 40), min_size=1, max_size=20))
def test_many_instants_are_put_into_local_time_as_one_is(day: date, zone: str, instants: list[int]) -> None:
    place = ZoneInfo(zone)
    start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    at = np.array([start + 24 * HOUR * one + 7 * MINUTE * one for one in instants], dtype=np.int64)
    local = Offsets(place, start - 420 * 24 * HOUR, start + 45 * 24 * HOUR).local(at)
    for instant, wall in zip(at.tolist(), local.tolist(), strict=True):
        one = datetime.fromtimestamp(instant // 1000, place)
        assert wall == instant + round(one.utcoffset().total_seconds()) * 1000  # type: ignore[union-attr]
