"""A day's log, whatever it is planned from."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_generator.planning.catalog import Piece, library
from log_generator.planning.clocks import KINDS, Anchor, Clock, Element, Grid, Wanted
from log_generator.planning.instants import HOUR, MINUTE, HourKey
from log_generator.planning.log import HourLog, Log, Pin, SlotKey, Take
from log_generator.planning.plan import plan
from log_generator.planning.reading import read
from planned import (
    DAY,
    EXAMPLE,
    LIBRARY,
    PIECES,
    SECOND,
    a_day,
    assert_on_the_hour,
    assert_whole,
    campaign,
    clock,
    inputs,
    of_kind,
    songs,
    tracks,
)

ADV = Element("break", "ADV", count=0, length_ms=120 * SECOND, fallback=("PSA",))
EMPTY = library([])


def problems(log: Log) -> str:
    return "\n".join(map(str, log.problems))


def kinds(hour: HourLog) -> list[str]:
    return [item.kind for item in hour.items]


def test_the_example_of_the_specification_is_planned() -> None:
    log = a_day()
    assert_on_the_hour(log)
    for hour in log.hours:
        assert kinds(hour)[:7] == ["LIN", "BED", "INT", "PSA", "MUS", "MUS", "MUS"]
        assert hour.items[0].title == "Top-of-Hour ID"
        assert abs(hour.off_ms) <= 3 * SECOND
    assert problems(log) == "06:00: it leaves time in the hour; songs are added"
    added = [item for item in log.hours[6].items if "added" in item.flags]
    assert {item.slot.element for item in added} == {"fill"}
    assert all(item.source == "fill" for item in added)


def test_an_hour_has_the_clock_of_its_date_of_its_weekday_or_the_default() -> None:
    talk, party = clock(Element("1", "INT", title="Morning Interview"), name="talk"), clock(*songs(15), name="party")
    grid = Grid(party, week={(DAY.weekday(), 6): talk}, dates={(DAY, 7): talk, (DAY + timedelta(days=1), 8): talk})
    names = [hour.clock for hour in a_day(grid).hours]
    assert [at for at, name in enumerate(names) if name == "talk"] == [6, 7]
    assert a_day(Grid()).hours[0].clock == "Music"


def test_every_item_tells_how_it_came_to_its_place() -> None:
    log = a_day(clock(ADV, *songs(14)), campaigns=(campaign("a", priority=7),))
    assert all(item.why.text for item in log.items)
    spot = of_kind(log, "ADV")[0]
    assert (spot.why.text, spot.campaign, spot.source) == ("campaign a, priority 7", "a", "campaign")
    song = next(item for item in log.hours[9].items if item.kind == "MUS")
    assert song.why.considered > 10
    assert sum(song.why.rejected.values()) > 0


def test_an_unsold_break_has_psas_of_its_category_first_then_any_then_promos() -> None:
    health = replace(ADV, wanted=Wanted(category="health"))
    log = a_day(clock(health, *songs(14)))
    for hour in log.hours:
        made = [item for item in hour.items if item.slot.element == "break"]
        assert next(item.id for item in made) == "blood"
        assert {item.kind for item in made} == {"PSA", "PRO"}
        assert sum(item.length_ms for item in made) <= 120 * SECOND
        assert all("fallback" in item.flags for item in made)


def test_what_is_not_sold_of_a_break_is_filled_and_the_last_spot_stays_last() -> None:
    sold = (campaign("a", per_day=24, position="last"), campaign("b", per_day=24, position="first"))
    log = a_day(clock(ADV, *songs(14)), campaigns=sold)
    for hour in log.hours:
        made = [item for item in hour.items if item.slot.element == "break"]
        assert made[0].campaign == "b"
        assert made[-1].campaign == "a"
        assert {item.kind for item in made[1:-1]} <= {"PSA", "PRO"}


@pytest.mark.parametrize(
    ("pieces", "kind", "flags"),
    [
        ([Piece("p", "PSA", "Long", 300 * SECOND)], "PSA", {"fallback", "longer_than_break"}),
        ([Piece("p", "PRO", "Promo", 30 * SECOND)], "PRO", {"fallback"}),
        ([Piece("p", "LIN", "Liner", 5 * SECOND)], "LIN", {"fallback"}),
        ([Piece("p", "BED", "Bed", 5 * SECOND)], "BED", {"fallback"}),
        ([], "MUS", {"added"}),
    ],
)
def test_a_break_is_never_empty(pieces: list[Piece], kind: str, flags: set[str]) -> None:
    log = a_day(clock(*songs(7), ADV, *(replace(song, id=f"{song.id}b") for song in songs(7))), pieces=tuple(pieces))
    for hour in log.hours:
        made = [item for item in hour.items if item.slot.element == "break"]
        assert made
        assert made[0].kind == kind
        assert flags <= set(made[0].flags)


def test_a_fallback_that_goes_in_a_circle_is_told_and_ends_at_a_promo() -> None:
    circle, _ = read({"name": "c", "elements": [{"type": "ADV", "fallback": ["PSA", "ADV"]}]})
    told = problems(a_day(Clock("c", (Element("1", "ADV", fallback=("PSA", "ADV")),))))
    assert "c, element 1 (ADV): its fallback goes in a circle: ADV → PSA → ADV" in told
    assert circle.elements[0].fallback == ("PSA",)
    only_promos = tuple(piece for piece in PIECES if piece.kind != "PSA")
    log = a_day(circle, pieces=only_promos)
    assert all(hour.items[0].kind == "PRO" for hour in log.hours)


def test_anchors_are_met_to_the_millisecond_and_a_soft_one_nearly() -> None:
    log = a_day(
        clock(
            *songs(4),
            Element("hard", "NEWS", anchor=Anchor("hard", 15 * MINUTE)),
            *(replace(song, id=f"{song.id}b") for song in songs(3)),
            Element("soft", "LIN", anchor=Anchor("soft", 30 * MINUTE)),
            *(replace(song, id=f"{song.id}c") for song in songs(3)),
            Element("grace", "LIN", anchor=Anchor("hard", 45 * MINUTE, grace_ms=20 * SECOND)),
            Element("rest", "MUS", fill="TO_END"),
            Element("back", "PRO", anchor=Anchor("back_timed", HOUR)),
        )
    )
    assert_on_the_hour(log)
    for hour in log.hours:
        at = {item.slot.element: item.start_ms - hour.hour.start_ms for item in reversed(hour.items)}
        assert at["hard"] == 15 * MINUTE
        assert abs(at["soft"] - 30 * MINUTE) <= 60 * SECOND
        assert 0 <= at["grace"] - 45 * MINUTE <= 20 * SECOND
        assert hour.items[-1].slot.element == "back"


def test_what_cannot_be_cut_makes_the_next_anchor_late_and_it_is_told() -> None:
    long = Piece("long", "INT", "Long talk", 50 * MINUTE)
    log = a_day(
        clock(
            *songs(4),
            Element("talk", "INT", title="Long talk"),
            Element("news", "NEWS", anchor=Anchor("hard", 30 * MINUTE)),
        ),
        pieces=(*PIECES, long),
    )
    for hour in log.hours:
        talk, news = (next(item for item in hour.items if item.slot.element == name) for name in ("talk", "news"))
        assert talk.length_ms == 50 * MINUTE
        assert news.start_ms == talk.end_ms
        assert "late" in news.flags


def test_a_feature_that_is_longer_than_the_hour_moves_the_next_ones_begin() -> None:
    film = Piece("film", "INT", "Film", 150 * MINUTE)
    grid = Grid(clock(*songs(15)), week={(DAY.weekday(), 20): clock(Element("film", "INT", title="Film"), ADV)})
    log = a_day(grid, pieces=(*PIECES, film), campaigns=(campaign("a", per_day=1, hours=1 << 20),))
    assert log.hours[20].items[0].length_ms == 150 * MINUTE
    assert log.hours[21].items == ()
    assert log.hours[22].items[0].start_ms == log.hours[22].hour.start_ms + 30 * MINUTE
    assert [one.campaign for one in log.make_goods] == ["a"]
    assert "it does not fit into the hour" in problems(log)
    late = a_day(Grid(), begin_ms=log.hours[0].hour.start_ms + 5 * MINUTE)
    assert late.items[0].start_ms == log.hours[0].hour.start_ms + 5 * MINUTE
    assert late.hours[0].items[-1].end_ms == late.hours[0].hour.end_ms


def test_a_voice_track_takes_the_place_of_what_its_slot_held_even_of_a_pin() -> None:
    slots = [SlotKey(HourKey(DAY, 9), name) for name in ("song 3", "break", "voice")]
    takes = tuple(Take(slot, f"take {slot.element}", "Hello", 40 * SECOND) for slot in slots)
    pins = (Pin(slots[0], "MUS", "track 5"),)
    log = a_day(clock(*songs(13), ADV, Element("voice", "VT")), takes=takes, pins=pins)
    assert_on_the_hour(log)
    made = [item for item in log.hours[9].items if item.kind == "VT"]
    assert [item.slot for item in made] == slots
    assert {item.source for item in made} == {"voice_track"}
    assert not of_kind(Log(**{**vars(log), "hours": log.hours[:9]}), "VT")


def test_pins_stay_and_the_rest_is_planned_around_them() -> None:
    at = a_day().hours[9].hour.start_ms
    pins = (
        Pin(SlotKey(HourKey(DAY, 9), "song 2"), "MUS", "track 7"),
        Pin(SlotKey(HourKey(DAY, 9), "song 5"), "INT", "talk", at_ms=at + 20 * MINUTE),
        Pin(SlotKey(HourKey(DAY, 9), "song 9"), "LIN", "outside", title="From elsewhere", length_ms=7 * SECOND),
        Pin(SlotKey(HourKey(DAY, 9), "break"), "ADV", "a copy"),
        Pin(SlotKey(HourKey(DAY, 10), "song 1"), "MUS", "gone"),
        Pin(SlotKey(HourKey(DAY, 10), "song 2"), "INT", "talk", at_ms=at),
    )
    log = a_day(clock(*songs(11), ADV), pins=pins, campaigns=(campaign("a", per_day=0),))
    assert_on_the_hour(log)
    by_slot = {item.slot: item for item in reversed(log.items)}
    for pin in (*pins[:4], pins[5]):
        assert (by_slot[pin.slot].id, by_slot[pin.slot].source) == (pin.id, "pin")
    assert by_slot[pins[1].slot].start_ms == at + 20 * MINUTE
    assert "pin “gone”: there is no such thing any more" in problems(log)
    assert "its time is not in its hour" in problems(log)
    again = a_day(clock(*songs(11), ADV), pins=pins, campaigns=(campaign("a", per_day=0),), revision=2)
    kept = {item.slot: item.id for item in reversed(again.items)}
    assert all(kept[pin.slot] == pin.id for pin in pins[:4])
    assert sum(kept.get(slot) == item.id for slot, item in by_slot.items()) < 200


def test_a_song_that_fills_can_be_pinned_where_it_is() -> None:
    first = a_day()
    filler = next(item for item in first.hours[6].items if item.slot.element == "fill")
    log = a_day(revision=2, pins=(Pin(filler.slot, "MUS", filler.id or ""),))
    assert filler.id in [item.id for item in log.hours[6].items if item.slot == filler.slot]


def test_a_feature_in_parts_is_aired_in_parts() -> None:
    parts = ((0, 120 * SECOND), (120 * SECOND, 300 * SECOND))
    series = Piece("series", "INT", "Series", 300 * SECOND, parts=parts)
    elements = (
        Element("one", "INT", title="Series", part=1),
        *songs(10),
        Element("two", "INT", title="series", part=2),
        Element("three", "INT", title="Series", part=3),
    )
    log = a_day(clock(*elements), pieces=(series,))
    first, second = (next(item for item in log.items if item.slot.element == name) for name in ("one", "two"))
    assert (first.cue_ms, first.length_ms, first.title) == (0, 120 * SECOND, "Series (1/2)")
    assert (second.cue_ms, second.length_ms) == (120 * SECOND, 180 * SECOND)
    assert "element three (INT “Series”): “Series” has no part 3" in problems(log)


def test_what_is_missing_is_told_and_replaced_where_that_makes_sense() -> None:
    elements = (
        Element("id", "LIN", title="Gone"),
        Element("talk", "INT", title="Gone", fallback=("PRO",)),
        Element("news", "NEWS", title="Gone"),
    )
    log = a_day(clock(*elements, *songs(14), name="c"))
    first = {item.slot.element: item for item in log.hours[0].items}
    assert first["id"].kind == "LIN"
    assert "substitute" in first["id"].flags
    assert (first["talk"].kind, first["talk"].source) == ("PRO", "fallback")
    assert "news" not in first
    assert "c, element news (NEWS “Gone”): there is nothing to air in it" in problems(log)


def test_pieces_take_turns_and_keep_to_their_dates_and_hours() -> None:
    liners = (
        *(Piece(f"l{number}", "LIN", "Sweeper", 5 * SECOND) for number in range(3)),
        Piece("old", "LIN", "Sweeper", 5 * SECOND, ends=DAY - timedelta(days=1)),
        Piece("night", "LIN", "Sweeper", 5 * SECOND, hours=0b111111),
        Piece("endless", "LIN", "Sweeper", -1),
    )
    log = a_day(clock(Element("id", "LIN", title="sweeper"), *songs(15)), pieces=liners)
    aired = [hour.items[0].id for hour in log.hours]
    assert set(aired[6:]) == {"l0", "l1", "l2"}
    assert all(one != other for one, other in itertools.pairwise(aired))
    assert "night" in aired[:6]
    assert "LIN “Sweeper”: -0.001 s cannot be its length; it is left out" in problems(log)


@pytest.mark.parametrize("pieces", [PIECES, PIECES[:1], ()])
def test_without_music_the_air_is_filled_all_the_same(pieces: tuple[Piece, ...]) -> None:
    log = a_day(library=EMPTY, pieces=pieces, campaigns=(campaign("a", per_day=10),))
    assert_on_the_hour(log)
    assert "library: there is no music in it" in problems(log)
    nothing = sum(item.length_ms for item in log.items if item.id is None)
    assert nothing < (24 * HOUR if pieces else 24 * HOUR + 1)
    if len(pieces) > 1:
        assert nothing == 0


def test_without_anything_to_pad_with_every_hour_is_whole() -> None:
    bare = tuple(piece for piece in PIECES if not piece.filler)
    assert_on_the_hour(a_day(pieces=bare))
    assert_on_the_hour(a_day(pieces=bare, library=library(tracks(2))))


def test_a_clock_of_nothing_is_an_hour_of_music_and_one_of_too_much_keeps_its_hour() -> None:
    assert_on_the_hour(a_day(clock()))
    log = a_day(clock(*songs(40), ADV))
    assert_on_the_hour(log)
    assert all(any(item.slot.element == "break" for item in hour.items) for hour in log.hours)
    assert "there is no time for all its songs" in problems(log)
    assert max(sum("trimmed" in item.flags for item in hour.items) for hour in log.hours) <= 1


ELEMENTS = st.builds(
    Element,
    id=st.sampled_from("abcdefgh"),
    kind=st.sampled_from([*KINDS, "MUS", "MUS", "ADV", "TALK"]),
    title=st.sampled_from(["", "Morning Interview", "Nobody"]),
    wanted=st.sampled_from([Wanted(), Wanted(category="GOLD"), Wanted(category="NONE"), Wanted(tempo=(4, 2))]),
    count=st.sampled_from([-1, 0, 1, 2, 5, 500]),
    fill=st.sampled_from(["COUNT", "COUNT", "TIME", "TO_END", "FULL"]),
    length_ms=st.sampled_from([None, None, -5, 30_000, 90_000, 600_000, 10**9]),
    fallback=st.lists(st.sampled_from([*KINDS, "TALK"]), max_size=3).map(tuple),
    anchor=st.none()
    | st.builds(
        Anchor,
        st.sampled_from(["soft", "hard", "back_timed", "rigid"]),
        st.integers(-10_000, 3_700_000),
        st.sampled_from([0, 0, 10_000, -1]),
    ),
    part=st.sampled_from([None, None, 0, 1, 7]),
)
STATIONS: dict[str, Any] = {
    "library": st.sampled_from([LIBRARY, LIBRARY, library(tracks(40)), library(tracks(1)), EMPTY]),
    "pieces": st.sampled_from([PIECES, PIECES, PIECES[:3], ()]),
    "campaigns": st.sampled_from([(), (campaign("a", per_day=30), campaign("b", per_day=5, seconds=60))]),
}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(elements=st.lists(ELEMENTS, max_size=8), station=st.fixed_dictionaries(STATIONS))
def test_whatever_the_clock_says_the_day_is_whole(elements: list[Element], station: dict[str, Any]) -> None:
    day = inputs(Clock("any", tuple(elements)), **station)
    log = plan(day)
    assert_whole(log)
    assert plan(day) == log
    for hour in (hour for hour in log.hours if hour.items):
        late = hour.items[-1].end_ms - hour.hour.end_ms
        assert late >= 0
        # Only what may not be cut runs into the next hour.
        assert late == 0 or hour.items[-1].kind not in ("MUS", "BED")
    assert all(problem.where and problem.text for problem in log.problems)


def test_the_example_is_read_and_planned_from_its_json() -> None:
    first = read(EXAMPLE)
    assert first[1] == ()
    assert a_day(first[0]).hours[6].clock == "06:00"
