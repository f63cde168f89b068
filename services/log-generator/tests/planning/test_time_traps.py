"""Dates on which clocks change, or there is one more or less: each is planned whole."""

from dataclasses import replace
from datetime import date

import pytest
from log_generator.planning.clocks import Anchor, Element
from log_generator.planning.instants import HOUR, MINUTE, HourKey
from log_generator.planning.log import Pin, SlotKey
from planned import SECOND, a_day, assert_on_the_hour, campaign, clock, of_kind, songs

CLOCK = clock(
    Element("id", "LIN", title="Top-of-Hour ID"),
    *songs(4),
    Element("first", "ADV", count=0, length_ms=60 * SECOND),
    *(replace(song, id=f"later {number}") for number, song in enumerate(songs(5))),
    Element("news", "NEWS", anchor=Anchor("hard", 30 * MINUTE)),
    Element("second", "ADV", count=0, length_ms=60 * SECOND, anchor=Anchor("soft", 45 * MINUTE)),
    Element("rest", "MUS", fill="TO_END"),
)
TRAPS = [
    ("America/Toronto", "2026-03-08", 23),
    ("America/Toronto", "2026-11-01", 25),
    ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ("Australia/Lord_Howe", "2026-10-04", 23.5),
    ("Africa/Cairo", "2026-04-24", 23),
    ("America/Sao_Paulo", "2018-11-04", 23),
    ("America/St_Johns", "2010-11-06", 25),
    ("Pacific/Apia", "2011-12-30", 0),
    ("Pacific/Apia", "2011-12-31", 24),
    ("Asia/Kathmandu", "2026-05-05", 24),
    ("Pacific/Chatham", "2026-04-05", 25),
    ("Pacific/Chatham", "2026-09-27", 23),
    ("Europe/Berlin", "2027-12-31", 24),
    ("Europe/Berlin", "2028-02-29", 24),
]


@pytest.mark.parametrize(("zone", "day", "length"), TRAPS)
def test_a_day_is_planned_whole_whatever_its_zone_does(zone: str, day: str, length: float) -> None:
    sold = (campaign("a", per_day=200, per_hour=1), campaign("b", per_day=5))
    log = a_day(CLOCK, zone=zone, date=date.fromisoformat(day), campaigns=sold)
    assert_on_the_hour(log)
    assert sum(item.length_ms for item in log.items) == length * HOUR
    aired = [item for item in of_kind(log, "ADV") if item.campaign == "a"]
    with_breaks = [hour for hour in log.hours if any(item.kind in ("ADV", "PSA", "PRO") for item in hour.items)]
    assert len(aired) == len(with_breaks)
    assert not [item for item in log.items if "rule_broken" in item.flags]


def test_both_hours_of_one_name_have_their_own_songs_and_spots() -> None:
    log = a_day(
        CLOCK, zone="America/Toronto", date=date(2026, 11, 1), campaigns=(campaign("a", per_day=200, per_hour=1),)
    )
    twice = [hour for hour in log.hours if hour.hour.key.hour == 1]
    assert [hour.hour.key.fold for hour in twice] == [0, 1]
    first, second = ([item.id for item in hour.items if item.kind == "MUS"] for hour in twice)
    assert not set(first) & set(second)
    assert all([item for item in hour.items if item.campaign == "a"] for hour in twice)
    assert all(item.slot.hour == hour.hour.key for hour in twice for item in hour.items)


def test_half_an_hour_has_the_half_of_its_clock_that_it_is() -> None:
    log = a_day(CLOCK, zone="Australia/Lord_Howe", date=date(2026, 10, 4))
    half = next(hour for hour in log.hours if hour.hour.length_ms != HOUR)
    assert half.hour.into_ms == 30 * MINUTE
    assert half.items[0].slot.element == "news"
    assert "id" not in {item.slot.element for item in half.items}
    log = a_day(CLOCK, zone="Pacific/Chatham", date=date(2026, 4, 5))
    parts = [hour for hour in log.hours if hour.hour.length_ms != HOUR]
    assert [hour.hour.length_ms // MINUTE for hour in parts] == [45, 15]
    assert parts[0].items[0].slot.element == "id"
    assert "second" not in {item.slot.element for item in parts[0].items}


def test_a_spot_for_an_hour_that_does_not_exist_is_made_good() -> None:
    missing = SlotKey(HourKey(date(2026, 3, 8), 2), "first")
    pins = (Pin(missing, "ADV", "a copy"), Pin(replace(missing, element="news"), "NEWS", "news", title="News"))
    log = a_day(CLOCK, zone="America/Toronto", date=date(2026, 3, 8), pins=pins, campaigns=(campaign("a", per_day=0),))
    assert [(one.campaign, one.count, one.target) for one in log.make_goods] == [("a", 1, date(2026, 3, 9))]
    assert "has no 02:00 in America/Toronto" in log.make_goods[0].reason
    assert any("has no 02:00" in problem.text and "News" in problem.where for problem in log.problems)


def test_on_a_date_that_was_left_out_everything_that_was_sold_is_made_good() -> None:
    log = a_day(CLOCK, zone="Pacific/Apia", date=date(2011, 12, 30), campaigns=(campaign("a", per_day=3),))
    assert [(one.count, one.target) for one in log.make_goods] == [(3, date(2011, 12, 31))]
