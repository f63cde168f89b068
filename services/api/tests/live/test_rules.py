"""Who is let in, and for how long."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from api.live import rules
from api.live.rules import Booking, Knock, Spell
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ME, OTHER = UUID(int=1), UUID(int=2)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def knock(**given: object) -> Knock:
    known: dict[str, object] = {
        "user_id": ME, "max_seconds": 600, "used_seconds": 0.0, "expires_at": at(1200), "revoked": False,
        "may_stream": True,
    }  # fmt: skip
    return Knock(**{**known, **given})  # type: ignore[arg-type]


def booked(user: UUID, begin: float, end: float) -> Booking:
    return Booking(user, at(begin), at(end))


@st.composite
def calendars(draw: st.DrawFn) -> list[Booking]:
    """Bookings that do not overlap, some over, in any order."""
    edges = sorted(draw(st.lists(st.integers(-5000, 5000), max_size=12, unique=True)))
    pairs = [booked(draw(st.sampled_from([ME, OTHER])), a, b) for a, b in pairwise(edges)]
    kept = [one for one in pairs if draw(st.booleans())]
    return draw(st.permutations(kept))


knocks = st.builds(
    knock,
    max_seconds=st.integers(60, 86_400),
    used_seconds=st.floats(0, 100_000),
    expires_at=st.integers(-100, 200_000).map(at),
    revoked=st.booleans(),
    may_stream=st.booleans(),
)
spells = st.builds(
    Spell,
    heard_seconds=st.floats(0, 10_000),
    in_all=st.booleans(),
    connected_at=st.none() | st.integers(-10_000, 0).map(at),
    ended_at=st.none(),
)


@given(knocks, calendars())
def test_nobody_is_given_more_than_any_bound(who: Knock, calendar: list[Booking]) -> None:
    seconds = rules.seconds_left(who, calendar, NOW)
    assert 0 <= seconds <= max(0, who.max_seconds - who.used_seconds)
    assert seconds <= max(0, (who.expires_at - NOW).total_seconds())
    for other in (one for one in calendar if one.user_id == OTHER and one.ends_at > NOW):
        assert at(seconds) <= max(NOW, other.starts_at)
    for mine in (one for one in calendar if one.user_id == ME and one.starts_at <= NOW < one.ends_at):
        follows = [one for one in calendar if one.user_id == ME and one.starts_at == mine.ends_at]
        assert follows or at(seconds) <= mine.ends_at


@given(knocks, calendars(), st.booleans())
def test_whoever_is_let_in_has_every_right_and_some_time(who: Knock, calendar: list[Booking], taken: bool) -> None:
    why = rules.admit(who, calendar, taken=taken, now=NOW)
    theirs = any(one.user_id != ME and one.starts_at <= NOW < one.ends_at for one in calendar)
    if why is None:
        assert not any((taken, theirs, who.revoked))
        assert who.may_stream
        assert rules.seconds_left(who, calendar, NOW) >= rules.SHORTEST
    if theirs:
        assert why in ("booked", "revoked", "expired", "not_a_streamer")


@given(st.lists(spells), st.integers(0, 1000))
def test_time_that_is_used_never_shrinks_as_time_goes_by(told: list[Spell], later: int) -> None:
    used = rules.used(told, NOW)
    assert used >= sum(spell.heard_seconds for spell in told) - 1e-6
    assert rules.used(told, at(later)) >= used - 1e-6


def test_what_the_journal_counted_is_the_last_word() -> None:
    silent = Spell(heard_seconds=30, in_all=True, connected_at=at(-600), ended_at=at(0))
    assert rules.used([silent], NOW) == 30
    uncounted = Spell(heard_seconds=30, in_all=False, connected_at=at(-600), ended_at=at(-300))
    assert rules.used([uncounted], NOW) == 300


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"revoked": True}, "revoked"),
        ({"expires_at": NOW}, "expired"),
        ({"may_stream": False}, "not_a_streamer"),
        ({"used_seconds": 599.5}, "time_used_up"),
        ({"used_seconds": 598.0}, None),
    ],
)
def test_a_token_is_good_or_there_is_a_reason(changed: dict[str, object], why: str | None) -> None:
    assert rules.admit(knock(**changed), [], taken=False, now=NOW) == why


def test_during_a_booking_only_its_user_is_let_in() -> None:
    assert rules.admit(knock(), [booked(OTHER, -60, 60)], taken=False, now=NOW) == "booked"
    assert rules.admit(knock(), [booked(ME, -60, 60)], taken=False, now=NOW) is None
    assert rules.admit(knock(), [booked(OTHER, -60, 0)], taken=False, now=NOW) is None
    assert rules.admit(knock(), [booked(OTHER, 0, 60)], taken=False, now=NOW) == "booked"
    assert rules.admit(knock(), [booked(ME, -60, 60)], taken=True, now=NOW) == "taken"


@pytest.mark.parametrize(
    ("calendar", "seconds"),
    [
        ([], 600),
        ([booked(OTHER, 100, 200)], 100),
        ([booked(ME, -10, 100)], 100),
        ([booked(ME, -10, 100), booked(ME, 100, 300)], 300),
        ([booked(ME, -10, 100), booked(ME, 200, 300)], 100),
        ([booked(ME, 50, 100), booked(OTHER, 100, 200)], 100),
        ([booked(OTHER, -100, -50)], 600),
    ],
)
def test_the_calendar_bounds_the_time(calendar: list[Booking], seconds: float) -> None:
    assert rules.seconds_left(knock(), calendar, NOW) == seconds


def test_a_grant_waits_five_seconds_for_its_encoder() -> None:
    assert not rules.not_coming(at(-4.9), None, NOW)
    assert rules.not_coming(at(-5), None, NOW)
    assert not rules.not_coming(at(-500), at(-499), NOW)


@given(st.lists(st.floats(0, 1000), max_size=50))
def test_each_warning_is_given_once(left: list[float]) -> None:
    given_so_far: list[int] = []
    for seconds in sorted(left, reverse=True):
        warning = rules.warning_due(seconds, given_so_far[-1] if given_so_far else None)
        if warning:
            assert seconds <= warning
            given_so_far.append(warning)
    assert given_so_far == sorted(set(given_so_far), reverse=True)
    if left and min(left) <= 60:
        assert given_so_far[-1] == 60


@pytest.mark.parametrize(
    ("begin", "end"), [(10, 10), (20, 10), (-20, -10), (0, 86_401), (367 * 86_400, 367 * 86_400 + 60)]
)
def test_a_booking_that_makes_no_sense_is_refused(begin: float, end: float) -> None:
    with pytest.raises(rules.SlotNotSane):
        rules.require_sane(at(begin), at(end), NOW)


def test_a_booking_may_have_begun() -> None:
    rules.require_sane(at(-60), at(60), NOW)
