"""Which song follows which."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from log_generator.planning.catalog import ALL_HOURS, History, Library, library
from log_generator.planning.clocks import Element, Wanted
from log_generator.planning.instants import HOUR, MINUTE, HourKey
from log_generator.planning.log import Item, Log, Pin, SlotKey
from log_generator.planning.music.rules import Jump, Rotation, Rules, Run, Separation
from planned import (
    DAY,
    LIBRARY,
    a_day,
    assert_on_the_hour,
    clock,
    inputs,
    of_kind,
    rows,
    songs,
    tracks,
    without_artists,
)

MUSIC = clock(Element("all", "MUS", fill="TO_END"))
HOURLY = clock(*songs(16))
FREE = Rules(runs=(), jumps=(), yesterday=0, same_quarter=0)


def music(log: Log) -> list[Item]:
    return of_kind(log, "MUS")


def broken(log: Log) -> list[Item]:
    return [item for item in log.items if "rule_broken" in item.flags]


def starts_by(some: Library, log: Log, column: str) -> dict[int, list[int]]:
    """Starts of plays by what a column says of them."""
    found: dict[int, list[int]] = defaultdict(list)
    for item, row in zip(music(log), rows(some, log), strict=True):
        for mark in np.atleast_1d(getattr(some, column)[row]).tolist():
            found[mark].append(item.start_ms)
    return found


def closest(starts: dict[int, list[int]]) -> int:
    """The least time between two plays of one thing."""
    return min((b - a for one in starts.values() for a, b in pairwise(sorted(one))), default=HOUR * 24)


@pytest.mark.parametrize("minutes", [30, 90])
def test_artists_albums_and_titles_are_apart_by_real_start_times(minutes: int) -> None:
    apart = Separation(minutes * MINUTE)
    log = a_day(MUSIC, rules=replace(FREE, artist=apart, album=apart, title=apart))
    assert_on_the_hour(log)
    assert broken(log) == []
    for column in ("people", "album", "song"):
        assert closest(starts_by(LIBRARY, log, column)) >= minutes * MINUTE


def test_a_song_rests_and_has_no_more_plays_than_it_may_have() -> None:
    some = without_artists(library(tracks(60)))
    log = a_day(MUSIC, library=some, rules=replace(FREE, rotation=Rotation(rest_ms=100 * MINUTE, plays_a_day=7)))
    assert broken(log) == []
    assert closest(dict(enumerate(starts_by(some, log, "song").values()))) >= 100 * MINUTE
    assert max(Counter(rows(some, log)).values()) <= 7


def test_everything_rotates() -> None:
    some = without_artists(library(tracks(100)))
    counts = Counter(rows(some, a_day(MUSIC, library=some)))
    assert len(counts) == 100
    assert max(counts.values()) - min(counts.values()) <= 2


def test_a_song_keeps_to_its_hours() -> None:
    mask = ALL_HOURS & ~(0b1111 << 6)
    barred = np.arange(len(LIBRARY)) % 2 == 0
    some = replace(LIBRARY, hours=np.where(barred, mask, ALL_HOURS).astype(np.int32))
    log = a_day(MUSIC, library=some)
    assert broken(log) == []
    for hour in log.hours[6:10]:
        assert not any(int((item.id or "").split()[1]) % 2 == 0 for item in hour.items if item.kind == "MUS")


def test_in_a_row_means_in_a_row() -> None:
    rules = Rules(runs=(Run("gender", 2, 1.0), Run("tempo", 1, 2.0, up_to=1)), jumps=(Jump("energy", 3, 1.0),))
    log = a_day(MUSIC, rules=rules)
    played = rows(LIBRARY, log)
    gender, tempo, energy = (LIBRARY.codes[name][played] for name in ("gender", "tempo", "energy"))
    three = (gender[2:] == gender[1:-1]) & (gender[1:-1] == gender[:-2])
    slow = (tempo[1:] == 1) & (tempo[:-1] == 1)
    jumps = np.abs(np.diff(energy)) >= 3
    assert three.sum() + slow.sum() + jumps.sum() <= 0.06 * len(played)
    told = Counter(name for item in music(log) for name in item.why.points)
    assert told["gender"] == three.sum()
    assert told["tempo"] == slow.sum()
    assert told["energy"] == jumps.sum()


def test_the_hour_opens_with_an_opener_and_without_one_with_something() -> None:
    opener = Wanted(energy=(5, 5))
    log = a_day(HOURLY, rules=Rules(opener=opener))
    first = [next(item for item in hour.items if item.kind == "MUS") for hour in log.hours]
    matching = LIBRARY.matching(opener)
    opened = [bool(matching[int((item.id or "").split()[1])]) for item in first]
    assert sum(opened) >= 22
    a_day(HOURLY, rules=Rules(opener=Wanted(category="none")))


def test_yesterdays_hour_and_the_same_quarter_of_a_day_are_avoided() -> None:
    some = without_artists(library(tracks(330)))
    first = a_day(MUSIC, library=some)
    played = History(
        start_ms=np.array([item.start_ms for item in music(first)], dtype=np.int64),
        track=np.array(rows(some, first), dtype=np.int64),
    )
    hour_of = {row: item.slot.hour.hour for item, row in zip(music(first), rows(some, first), strict=True)}
    second = a_day(MUSIC, library=some, date=DAY + timedelta(days=1), history=played)
    again = [
        item
        for item, row in zip(music(second), rows(some, second), strict=True)
        if hour_of.get(row) == item.slot.hour.hour
    ]
    assert len(again) <= 3
    assert all("hour of yesterday" in item.why.points for item in again)


def test_three_hours_hold_four_of_an_artist_and_three_of_an_album_even_where_separation_is_off() -> None:
    none = Separation(0)
    people = (np.arange(400) % 24).astype(np.int32)
    some = replace(LIBRARY, people=people[:, None], album=people)
    rules = replace(FREE, artist=none, album=none)
    log = a_day(MUSIC, library=some, rules=rules)
    played = rows(some, log)
    starts = [item.start_ms for item in music(log)]
    assert broken(log) == []
    assert all(
        len({int(people[row]) for row in three}) > 1 for three in zip(played, played[1:], played[2:], strict=False)
    )
    for start in starts:
        window = Counter(
            int(people[row]) for row, begin in zip(played, starts, strict=True) if start <= begin < start + 3 * HOUR
        )
        assert max(window.values()) <= 3, "of an album"
    free = a_day(MUSIC, library=some, rules=replace(rules, web_radio=False))
    assert rows(some, free) != played


def test_a_rule_with_a_weight_is_a_wish() -> None:
    rules = replace(FREE, artist=Separation(5 * HOUR, weight=5.0), web_radio=False, rotation=Rotation(depth=120))
    log = a_day(MUSIC, rules=rules)
    assert broken(log) == []
    apart = [b - a for one in starts_by(LIBRARY, log, "people").values() for a, b in pairwise(one)]
    without = a_day(MUSIC, rules=replace(rules, artist=Separation(0)))
    before = [b - a for one in starts_by(LIBRARY, without, "people").values() for a, b in pairwise(one)]
    assert sum(one < 5 * HOUR for one in apart) < sum(one < 5 * HOUR for one in before) / 3


def test_when_nothing_passes_the_least_bad_song_airs_and_is_flagged() -> None:
    few = library(tracks(5))
    log = a_day(MUSIC, library=few)
    assert_on_the_hour(log)
    assert broken(log)
    assert all(item.why.broken for item in broken(log))
    assert any("rest" in text for item in broken(log) for text in item.why.broken)
    # With six hours of music the longest rested is never far.
    counts = Counter(rows(few, log))
    assert max(counts.values()) <= 2 * min(counts.values())


def test_what_is_planned_after_the_day_is_kept_clear_of_and_is_not_taken_for_the_past() -> None:
    midnight = a_day(MUSIC).hours[-1].hour.end_ms
    later = np.arange(0, 60, 2)
    history = History(start_ms=np.full(len(later), midnight + 5 * MINUTE, dtype=np.int64), track=later)
    log = a_day(MUSIC, history=history)
    assert broken(log) == []
    evening = [item for item in log.hours[-1].items if item.kind == "MUS"]
    artists = {artist for row in later for artist in LIBRARY.people[row].tolist()}
    for item in evening:
        if item.start_ms > midnight - 50 * MINUTE:
            assert int(LIBRARY.people[int((item.id or "").split()[1]), 0]) not in artists
    morning = {item.id for hour in log.hours[:20] for item in hour.items}
    assert morning & {f"track {row}" for row in later}


def test_songs_keep_clear_of_a_pinned_one_before_and_after_it() -> None:
    slot = SlotKey(HourKey(DAY, 7), "song 9")
    log = a_day(HOURLY, pins=(Pin(slot, "MUS", "track 10"),))
    pinned = next(item for item in log.items if item.slot == slot)
    assert (pinned.id, pinned.source, pinned.why.broken) == ("track 10", "pin", ())
    assert broken(log) == []
    artist = int(LIBRARY.people[10, 0])
    assert closest({artist: starts_by(LIBRARY, log, "people")[artist]}) >= HOUR


@pytest.mark.parametrize("wanted", [Wanted(category="NONE"), Wanted(genres=frozenset({"polka"})), Wanted(tempo=(9, 9))])
def test_a_category_of_nothing_is_told_and_any_song_airs(wanted: Wanted) -> None:
    log = a_day(clock(*songs(14, wanted=wanted), name="empty"))
    assert_on_the_hour(log)
    assert any("empty, element song 0 (MUS): no track of the library is" in str(problem) for problem in log.problems)
    assert len(music(log)) > 300


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_library_of_one_track_still_fills_the_air(count: int) -> None:
    log = a_day(MUSIC, library=library(tracks(count)))
    assert_on_the_hour(log)
    assert sum(item.length_ms for item in music(log)) > 22 * HOUR


def test_tracks_of_absurd_length_are_told_and_left_out() -> None:
    odd = [replace(one, duration_ms=ms) for one, ms in zip(tracks(4), (-5, 0, 3_000, 90_000_000), strict=True)]
    log = a_day(MUSIC, library=library([*odd, *tracks(60)[4:]]))
    assert "library: 4 tracks have a length that no song has; they are not planned" in map(str, log.problems)
    assert not {one.id for one in odd} & {item.id for item in music(log)}


def test_a_day_with_the_same_seed_is_the_same_and_a_revision_is_another() -> None:
    assert a_day(HOURLY) == a_day(HOURLY)
    assert a_day(HOURLY, revision=2).items != a_day(HOURLY).items
    assert inputs(HOURLY, revision=2).seed() != inputs(HOURLY).seed()


def test_smart_blocks_get_what_they_want() -> None:
    named = library(
        [
            replace(
                one,
                genre="rock" if number % 3 else "jazz",
                year=1970 + number % 40,
                tags=frozenset({"new"} if number % 2 else ()),
            )
            for number, one in enumerate(tracks(300))
        ]
    )
    wanted = Wanted(genres=frozenset({"rock"}), tempo=(2, 4), years=(1975, 2005), tags=frozenset({"new"}))
    log = a_day(clock(*songs(16, wanted=wanted)), library=named)
    fits = named.matching(wanted)
    assert 20 < fits.sum() < 150
    assert all(fits[row] for row in rows(named, log))
