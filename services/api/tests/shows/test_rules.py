"""When a show airs next."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from api.shows import categories
from api.shows.rules import WEEKDAYS, NotYourShow, WeeklyTime, next_times, require_may_change
from hypothesis import given
from hypothesis import strategies as st

BERLIN = ZoneInfo("Europe/Berlin")
MORNING = WeeklyTime("friday", time(8), 30)
LATE = WeeklyTime("sunday", time(2, 30), 60)
WEEKLY = st.builds(
    WeeklyTime, st.sampled_from(WEEKDAYS), st.times().map(lambda one: one.replace(fold=0)), st.integers(1, 1440)
)


def starts(weekly: list[WeeklyTime], now: str, *, count: int = 2) -> list[str]:
    found = next_times(weekly, BERLIN, datetime.fromisoformat(now).replace(tzinfo=UTC), count=count)
    return [f"{one.starts_at:%m-%d %H:%M}" for one in found]


@pytest.mark.parametrize(
    ("weekly", "now", "expected"),
    [
        ([WeeklyTime("monday", time(20), 60)], "2026-01-05 12:00", ["01-05 19:00", "01-12 19:00"]),
        # It is on: still the next one, until it is over.
        ([WeeklyTime("monday", time(20), 60)], "2026-01-05 19:59", ["01-05 19:00", "01-12 19:00"]),
        ([WeeklyTime("monday", time(20), 60)], "2026-01-05 20:00", ["01-12 19:00", "01-19 19:00"]),
        # Past midnight, by the station's clock and by UTC.
        ([WeeklyTime("sunday", time(23), 180)], "2026-01-05 00:30", ["01-04 22:00", "01-11 22:00"]),
        # Two a week, in the order of time and not of the list.
        ([MORNING, WeeklyTime("tuesday", time(8), 30)], "2026-01-05", ["01-06 07:00", "01-09 07:00"]),
        # Summer time begins on 29 March: from then on it is an hour earlier by UTC.
        ([WeeklyTime("monday", time(20), 60)], "2026-03-24", ["03-30 18:00", "04-06 18:00"]),
        # 02:30 is left out on that day, and there twice on 25 October.
        ([LATE], "2026-03-28", ["03-29 01:30", "04-05 00:30"]),
        ([LATE], "2026-10-24", ["10-25 00:30", "11-01 01:30"]),
        ([], "2026-01-05", []),
    ],
)  # fmt: skip
def test_the_next_times_are_by_the_stations_clock(weekly: list[WeeklyTime], now: str, expected: list[str]) -> None:
    assert starts(weekly, now) == expected


@given(
    weekly=st.lists(WEEKLY, max_size=4, unique_by=lambda one: (one.weekday, one.starts)),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "Australia/Lord_Howe"]),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    count=st.integers(1, 5),
)
def test_next_times_are_in_order_not_over_and_nearly_on_their_day(
    weekly: list[WeeklyTime], zone: str, now: datetime, count: int
) -> None:
    found = next_times(weekly, ZoneInfo(zone), now, count=count)
    assert len(found) == (count if weekly else 0)
    assert found == sorted(found)
    assert all(one.ends_at > now for one in found)
    asked = {WEEKDAYS.index(one.weekday) for one in weekly}
    for one in found:
        # The hour that the clocks leave out may push it over midnight.
        local = (one.starts_at - timedelta(hours=1), one.starts_at)
        assert {moment.astimezone(ZoneInfo(zone)).weekday() for moment in local} & asked
    if weekly:
        assert found[0].starts_at - now <= timedelta(days=7, hours=1)


def test_a_show_is_changed_by_its_owner_and_by_producers() -> None:
    owner, other = (LATE, "owner"), (LATE, "other")
    require_may_change(owner, owner, is_producer=False)  # type: ignore[arg-type]
    require_may_change(None, None, is_producer=True)
    for owned_by, caller in ((owner, other), (None, None), (None, other), (owner, None)):
        with pytest.raises(NotYourShow):
            require_may_change(owned_by, caller, is_producer=False)  # type: ignore[arg-type]


def test_categories_come_apart_as_a_feed_has_them() -> None:
    assert categories.parts("Music / Music History") == ("Music", "Music History")
    assert categories.parts("Technology") == ("Technology", None)
    assert len(set(categories.CATEGORIES)) == len(categories.CATEGORIES)
