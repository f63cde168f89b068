"""What campaigns are owed meets the breaks there are."""

import itertools
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_generator.planning.catalog import Piece
from log_generator.planning.instants import HOUR, MINUTE, HourKey
from log_generator.planning.log import SlotKey
from log_generator.planning.traffic.campaigns import Campaign, Copy, days_left, owed
from log_generator.planning.traffic.spots import Avail, Booked, spots
from planned import DAY, SECOND, campaign

from bench.schedule_days import book_day
from bench.schedule_traffic import conflicts, judge
from bench.schedule_world import advertising

MORNING = sum(1 << hour for hour in range(6, 10))


def breaks(count: int = 24, *, a_hour: int = 1, seconds: int = 120, **more: Any) -> list[Avail]:
    """So many breaks, evenly in each hour from midnight."""
    found = []
    for number in range(count):
        hour, nth = divmod(number, a_hour)
        slot = SlotKey(HourKey(DAY, hour), str(nth))
        start = hour * HOUR + (15 + 40 * nth // a_hour) * MINUTE
        found.append(Avail(slot, start, seconds * SECOND, 0, hour, **{"stop_set": number, **more}))
    return found


def counted(booked: Booked) -> Counter[str]:
    return Counter(spot.campaign.id for made in booked.spots.values() for spot in made)


def hours_of(booked: Booked, name: str) -> list[int]:
    return sorted(slot.hour.hour for slot, made in booked.spots.items() for spot in made if spot.campaign.id == name)


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({"per_day": 4}, 4),
        ({"per_day": 4, "per_week": 10, "aired_week": 8}, 2),
        ({"per_day": 4, "total": 100, "aired_total": 100}, 0),
        ({"per_day": None, "total": 30, "ends": DAY + timedelta(days=9)}, 3),
        ({"per_day": None, "per_week": 12}, 2),  # Tuesday: six days of the week are left
        ({"per_day": None, "per_week": 12, "weekdays": frozenset({1, 3})}, 6),
        ({"per_day": None}, 0),
        ({"per_day": 4, "weekdays": frozenset({0})}, 0),
        ({"per_day": 4, "starts": DAY + timedelta(days=1)}, 0),
        ({"per_day": 4, "ends": DAY - timedelta(days=1)}, 0),
        ({"per_day": 4, "approved": False}, 0),
        ({"per_day": 4, "copies": (Copy("c", "c", 30_000, ends=DAY - timedelta(days=1)),)}, 0),
        ({"per_day": 4, "copies": (Copy("c", "c", -5),)}, 0),
        ({"per_day": -3}, 0),
    ],
)
def test_a_day_owes_what_the_order_says(more: dict[str, Any], number: int) -> None:
    assert owed(campaign("a", **more), DAY) == number


@given(
    total=st.integers(1, 300),
    length=st.integers(1, 60),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
)
def test_an_order_of_a_number_is_spread_over_its_days_and_is_given_by_its_end(
    total: int, length: int, weekdays: frozenset[int]
) -> None:
    order = campaign("a", per_day=None, total=total, ends=DAY + timedelta(days=length), weekdays=weekdays)
    given_: list[int] = []
    for day in (DAY + timedelta(days=ahead) for ahead in range(length + 1)):
        given_.append(owed(replace(order, aired_total=sum(given_)), day))
    running = [number for number in given_ if number]
    if any((DAY + timedelta(days=ahead)).weekday() in weekdays for ahead in range(length + 1)):
        assert sum(given_) == total
        assert max(running) - min(running[:-1] or running) <= 1
        assert days_left(order, DAY, order.ends) >= 1


def test_a_higher_priority_takes_the_place_and_the_lower_one_is_made_good() -> None:
    lower = campaign("lower", priority=2)
    higher = campaign("higher", priority=9)
    booked = spots(breaks(1, seconds=30), [lower, higher], DAY)
    assert counted(booked) == {"higher": 1}
    assert [(one.campaign, one.count, one.target) for one in booked.make_goods] == [
        ("lower", 1, DAY + timedelta(days=1))
    ]
    assert booked.make_goods[0].reason == "the break is sold out"


def test_what_may_not_be_preempted_stays() -> None:
    booked = spots(
        breaks(1, seconds=30), [campaign("a", priority=1, preemptable=False), campaign("b", priority=10)], DAY
    )
    assert counted(booked) == {"a": 1}


@pytest.mark.parametrize(
    ("more", "target"),
    [
        ({"ends": DAY}, None),
        ({"weekdays": frozenset({1, 4})}, date(2026, 3, 6)),
        ({"copies": (Copy("c", "c", 30_000, ends=DAY),)}, None),
    ],
)
def test_a_make_good_has_the_next_day_of_the_campaign_or_none(more: dict[str, Any], target: date | None) -> None:
    booked = spots([], [campaign("a", **more)], DAY)
    assert [(one.target, one.reason) for one in booked.make_goods] == [
        (target, "no break of the day is within its hours and long enough")
    ]


def test_competitors_share_no_break_and_no_stop_set() -> None:
    one = campaign("one", per_day=24, competitors=frozenset({"two"}))
    two = campaign("two", per_day=24)
    third = campaign("third", per_day=24, product="soap")
    fourth = campaign("fourth", per_day=24, product="soap")
    booked = spots(breaks(), [one, two, third, fourth], DAY)
    for made in booked.spots.values():
        names = {spot.campaign.id for spot in made}
        assert not {"one", "two"} <= names
        assert not {"third", "fourth"} <= names
    assert sum(counted(booked).values()) == 48
    joined = spots(breaks(2, a_hour=2, stop_set=0), [one, two], DAY)
    assert sum(counted(joined).values()) == 1


def test_a_sponsor_beside_a_break_keeps_its_competitors_out() -> None:
    cola = Piece("talk", "INT", "Talk", 60_000, advertiser="Cola", product="drinks")
    others = [campaign("water", product="drinks"), campaign("beer", competitors=frozenset({"Cola"})), campaign("cars")]
    assert set(counted(spots(breaks(1, beside=(cola,)), others, DAY))) == {"cars"}


def test_first_and_last_are_had_once_in_a_break() -> None:
    wishes = [campaign(name, position=place) for name in ("a", "b") for place in ("first",)]
    assert sum(counted(spots(breaks(1), wishes, DAY)).values()) == 1
    assert sum(counted(spots(breaks(2), wishes, DAY)).values()) == 2


def test_copies_take_turns_by_weight_and_die_on_their_day() -> None:
    copies = (
        Copy("often", "", 30_000, weight=3),
        Copy("rarely", "", 30_000, weight=1),
        Copy("dead", "", 30_000, ends=DAY - timedelta(days=1)),
        Copy("draft", "", 30_000, approved=False),
        Copy("morning", "", 30_000, hours=MORNING),
    )
    booked = spots(breaks(), [campaign("a", per_day=24, copies=copies)], DAY)
    made = {slot.hour.hour: spot.copy.id for slot, found in booked.spots.items() for spot in found}
    outside = Counter(copy for hour, copy in made.items() if not 6 <= hour < 10)
    assert set(outside) == {"often", "rarely"}
    assert outside["often"] in (14, 15, 16)
    assert "morning" in {copy for hour, copy in made.items() if 6 <= hour < 10}


def test_a_copy_that_a_person_put_into_a_break_is_there() -> None:
    full = [campaign(f"c{number}", per_day=24, priority=10) for number in range(8)]
    held = replace(breaks()[7], pinned=("mine copy", "nobody's"))
    booked = spots([*breaks()[:7], held, *breaks()[8:]], [*full, campaign("mine", priority=1, per_day=0)], DAY)
    assert hours_of(booked, "mine") == [7]
    assert [str(problem) for problem in booked.problems if "nobody's" in str(problem)]


def test_a_repeated_hour_has_its_own_cap_and_the_day_keeps_its_number() -> None:
    repeated = [
        Avail(SlotKey(HourKey(DAY, 1, fold), "1"), (1 + fold) * HOUR, 120_000, 0, 1 + fold, stop_set=fold)
        for fold in (0, 1)
    ]
    order = campaign("a", hours=1 << 1, per_hour=1, per_day=2)
    assert counted(spots(repeated, [order], DAY)) == {"a": 2}
    assert counted(spots(repeated, [replace(order, per_day=1)], DAY)) == {"a": 1}


ORDERS = st.builds(
    lambda number, seconds, day, hour, apart, priority, product, first, length, rival, place: campaign(
        f"c{number}",
        seconds=seconds,
        per_day=day,
        per_hour=hour,
        separation_ms=apart * MINUTE,
        priority=priority,
        product=product,
        hours=sum(1 << (first + one) % 24 for one in range(length)),
        competitors=frozenset(rival),
        position=place,
        advertiser=f"advertiser {number // 2}",
    ),
    number=st.integers(0, 30),
    seconds=st.sampled_from([15, 20, 30, 60, 90]),
    day=st.integers(0, 12),
    hour=st.sampled_from([None, 1, 2]),
    apart=st.sampled_from([0, 20, 45, 120, 400]),
    priority=st.integers(1, 10),
    product=st.sampled_from(["", "cars", "soap", "food"]),
    first=st.integers(0, 23),
    length=st.integers(1, 24),
    rival=st.lists(st.sampled_from(["cars", "soap", "advertiser 1", "advertiser 2"]), max_size=2),
    place=st.sampled_from(["any", "any", "first", "last"]),
)


def assert_lawful(avails: list[Avail], campaigns: list[Campaign], booked: Booked) -> None:
    by_slot = {avail.slot: avail for avail in avails}
    at: dict[str, list[Avail]] = defaultdict(list)
    sets: dict[int, list[Campaign]] = defaultdict(list)
    for slot, made in booked.spots.items():
        avail = by_slot[slot]
        assert sum(spot.copy.length_ms for spot in made) <= avail.length_ms
        assert not avail.units or len(made) <= avail.units
        for spot in made:
            at[spot.campaign.id].append(avail)
            sets[avail.stop_set].append(spot.campaign)
            assert spot.campaign.hours >> slot.hour.hour & 1
    for found in sets.values():
        for number, one in enumerate(found):
            for other in found[number + 1 :]:
                assert one.advertiser != other.advertiser
                assert not one.product or one.product != other.product
                assert not one.competitors & {other.advertiser, other.product}
                assert not other.competitors & {one.advertiser, one.product}
                assert one.position == "any" or one.position != other.position
    short = {one.campaign: one.count for one in booked.make_goods}
    for one in campaigns:
        airings = sorted(avail.start_ms for avail in at[one.id])
        assert len(airings) + short.get(one.id, 0) == owed(one, DAY)
        assert all(later - earlier >= one.separation_ms for earlier, later in itertools.pairwise(airings))
        hourly = Counter(avail.hour for avail in at[one.id])
        assert one.per_hour is None or max(hourly.values(), default=0) <= one.per_hour


@settings(max_examples=30, deadline=None)
@given(
    orders=st.lists(ORDERS, max_size=20, unique_by=lambda one: one.id),
    a_hour=st.integers(1, 3),
    seconds=st.sampled_from([30, 100, 180]),
    units=st.sampled_from([0, 1, 3]),
)
def test_every_cap_is_kept_competitors_are_apart_and_what_is_missing_is_made_good(
    orders: list[Campaign], a_hour: int, seconds: int, units: int
) -> None:
    avails = [replace(avail, units=units) for avail in breaks(24 * a_hour, a_hour=a_hour, seconds=seconds)]
    booked = spots(avails, orders, DAY)
    assert_lawful(avails, orders, booked)
    assert spots(avails, orders, DAY) == booked
    assert booked.value <= booked.bound * 1.000001 + 1


@pytest.mark.parametrize("seed", [6, 9])
def test_a_sold_out_day_is_worth_nearly_all_that_a_day_can_be(seed: int) -> None:
    day = advertising(seed, load=1.0 + 0.1 * (seed % 2))
    airings, _ = book_day(day)
    assert conflicts(day, airings) == []
    assert judge(day, airings).of_bound >= 0.98
