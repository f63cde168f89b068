"""Who may ask for what, and in which order requests are played."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID, uuid4

import pytest
from api.queue import rules
from api.queue.rules import FailureReason, Next, Owner, Playing, Quota, Song
from api.queue.sentences import SENTENCES
from hypothesis import given
from hypothesis import strategies as st
from kit.refusal import Refusal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA, BEN, CLEO = (UUID(int=number) for number in range(1, 4))
OWNERS = st.lists(st.sampled_from([ANNA, BEN, CLEO, None]), max_size=12)
WORDS = st.text(alphabet="aAbBäÄßｅE １", min_size=1, max_size=8).filter(str.strip)


def quota(waiting: int = 0, songs: int | None = 3, requests: int = 0, most: int | None = 10) -> Quota:
    return Quota(waiting=waiting, max_queue_songs=songs, requests=requests, max_add_requests=most)


@pytest.mark.parametrize(
    ("have", "in_all", "error"),
    [
        (quota(waiting=3), 3, rules.TooManyWaiting),
        (quota(requests=10), 0, rules.RequestsUsedUp),
        (quota(), 100, rules.QueueFull),
        (quota(waiting=500, songs=None, requests=500, most=None), 100, rules.QueueFull),
    ],
)
def test_one_more_than_allowed_is_refused(have: Quota, in_all: int, error: type[Refusal]) -> None:
    with pytest.raises(error):
        rules.admit(have, waiting_in_all=in_all, max_queue_length=100)


@given(waiting=st.integers(0, 5), requests=st.integers(0, 20), in_all=st.integers(0, 120))
def test_whoever_has_a_place_left_is_admitted(waiting: int, requests: int, in_all: int) -> None:
    fits = waiting < 3 and requests < 10 and in_all < 100
    try:
        rules.admit(quota(waiting=waiting, requests=requests), waiting_in_all=in_all, max_queue_length=100)
    except Refusal:
        assert not fits
    else:
        assert fits


def test_the_station_itself_has_no_limit_but_the_cap() -> None:
    rules.admit(quota(99, None, 5000, None), waiting_in_all=99, max_queue_length=100)


@given(title=WORDS, artist=WORDS)
def test_spelling_does_not_make_another_song(title: str, artist: str) -> None:
    respelt = Song(f" {title.upper()}  ", f"{artist.swapcase()}\t")
    assert rules.is_repeat(respelt, [Song(title, artist)], within=1)


def test_only_the_next_songs_count_as_repeats() -> None:
    upcoming = [Song(str(number), "A") for number in range(8)]
    assert rules.is_repeat(Song("4", "a"), upcoming, within=5)
    assert not rules.is_repeat(Song("5", "A"), upcoming, within=5)
    assert not rules.is_repeat(Song("4", "B"), upcoming, within=5)
    assert not rules.is_repeat(Song("0", "A"), upcoming, within=0)


def test_songs_without_a_title_are_not_compared() -> None:
    assert not rules.is_repeat(Song(None, None), [Song(None, None)], within=5)


def test_a_newcomer_goes_behind_everybody_elses_first_request() -> None:
    assert rules.place(BEN, [ANNA, ANNA, ANNA], playing=[], fair=True) == 1
    assert rules.place(CLEO, [ANNA, BEN, ANNA, ANNA], playing=[], fair=True) == 2
    assert rules.place(BEN, [ANNA, BEN, ANNA, ANNA], playing=[], fair=True) == 3


def test_who_is_being_heard_has_had_a_turn() -> None:
    assert rules.place(BEN, [ANNA, ANNA], playing=[ANNA], fair=True) == 0
    assert rules.place(ANNA, [BEN, CLEO], playing=[ANNA], fair=True) == 2


def test_first_come_first_served_is_another_order() -> None:
    assert rules.place(BEN, [ANNA, ANNA, ANNA], playing=[], fair=False) == 3


@given(arrivals=OWNERS)
def test_taking_turns_nobody_waits_behind_more_than_one_more_of_anothers(arrivals: list[Owner]) -> None:
    order: list[Owner] = []
    for owner in arrivals:
        order.insert(rules.place(owner, order, playing=[], fair=True), owner)
    seen = dict.fromkeys(set(order), 0)
    rounds = []
    for owner in order:
        rounds.append(seen[owner])
        seen[owner] += 1
    assert rounds == sorted(rounds)


@given(ahead=OWNERS, playing=OWNERS, owner=st.sampled_from([ANNA, None]))
def test_a_place_is_in_the_order_and_behind_ones_own(ahead: list[Owner], playing: list[Owner], owner: Owner) -> None:
    place = rules.place(owner, ahead, playing=playing, fair=True)
    assert 0 <= place <= len(ahead)
    assert owner not in ahead[place:]


@given(st.lists(st.uuids(), unique=True, max_size=6))
def test_an_order_has_to_hold_exactly_what_is_queued(queued: list[UUID]) -> None:
    rules.reordered(queued, list(reversed(queued)))
    for stale in ([*queued, uuid4()], queued[1:], [*queued[1:], *queued[1:2]]):
        if stale != queued:
            with pytest.raises(rules.OrderIsStale):
                rules.reordered(queued, stale)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_songs_follow_each_other_by_their_lengths() -> None:
    queued = [Next(NOW, 100), Next(NOW, 50), Next(NOW, 10)]
    playing = Playing(later(-20), 60)
    assert rules.expected_times(playing, queued, live=False, now=NOW) == [later(40), later(140), later(190)]


def test_nobody_knows_when_while_a_live_show_is_on() -> None:
    assert rules.expected_times(None, [Next(NOW, 100)], live=True, now=NOW) == [None]


def test_nobody_knows_when_while_the_player_is_held() -> None:
    queued = [Next(later(-60), 100)]
    assert rules.expected_times(Playing(later(-600), 60), queued, live=False, now=NOW) == [None]
    assert rules.expected_times(None, queued, live=False, now=NOW) == [None]


def test_nothing_is_known_behind_a_song_of_unknown_length() -> None:
    queued = [Next(NOW, None), Next(NOW, 10)]
    assert rules.expected_times(None, queued, live=False, now=NOW) == [NOW, None]


@given(lengths=st.lists(st.floats(1, 1800), max_size=8), since=st.floats(-1800, 30), length=st.floats(1, 1800))
def test_expected_times_are_in_order_and_never_past(lengths: list[float], since: float, length: float) -> None:
    queued = [Next(NOW, one) for one in lengths]
    times = rules.expected_times(Playing(later(since), length), queued, live=False, now=NOW)
    assert len(times) == len(queued)
    known = [one for one in times if one]
    assert known == sorted(known)
    assert all(one >= NOW for one in known)


@pytest.mark.parametrize("state", ["fetching", "ready", "queued"])
def test_what_waits_can_be_taken_out(state: rules.RequestState) -> None:
    assert rules.removable(state)


def test_what_has_begun_or_is_over_stays() -> None:
    assert not rules.removable("removed")
    with pytest.raises(rules.AlreadyPlaying):
        rules.removable("playing")
    for state in ("played", "failed"):
        with pytest.raises(rules.AlreadyOver):
            rules.removable(state)


def test_every_reason_has_its_sentence() -> None:
    assert SENTENCES.keys() == set(get_args(FailureReason))
