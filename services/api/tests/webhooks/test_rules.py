"""When a delivery is tried again, and when a webhook is given up."""

from datetime import UTC, datetime, timedelta

import pytest
from api.webhooks.rules import (
    PAUSES,
    TRIED_FOR,
    DisabledBecause,
    Health,
    Outcome,
    Problem,
    Standing,
    after,
    judged,
    next_try,
    note,
    state_of,
)
from hypothesis import given
from hypothesis import strategies as st

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVEN = 0.5
"""The luck by which a pause is as long as it stands in the list."""


def seconds_until(tries: int) -> float | None:
    again = next_try(tries, NOON + TRIED_FOR, NOON, luck=EVEN)
    return (again - NOON).total_seconds() if again else None


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 10), (2, 30), (3, 120), (4, 600), (5, 1800), (6, 3600), (7, 7200), (8, 14_400), (9, 14_400), (500, 14_400)],
)
def test_pauses_grow_to_four_hours(tries: int, seconds: float) -> None:
    assert seconds_until(tries) == seconds


@pytest.mark.parametrize(("luck", "seconds"), [(0, 8), (0.25, 9), (0.5, 10), (1, 12)])
def test_luck_spreads_a_pause_by_a_fifth(luck: float, seconds: float) -> None:
    again = next_try(1, NOON + TRIED_FOR, NOON, luck=luck)
    assert again == NOON + timedelta(seconds=seconds)


def test_the_last_try_is_at_the_very_end_and_none_comes_after_it() -> None:
    end = NOON + timedelta(minutes=1)
    assert next_try(8, end, NOON, luck=EVEN) == end
    assert next_try(9, end, end, luck=EVEN) is None
    assert next_try(9, end, end + timedelta(seconds=1), luck=EVEN) is None


@given(st.lists(st.floats(0, 1), min_size=40, max_size=40), st.floats(0, 10))
def test_a_delivery_is_tried_for_a_day_and_not_more_than_twenty_times(luck: list[float], takes: float) -> None:
    now, end, tried = NOON, NOON + TRIED_FOR, 0
    for one in luck:
        tried += 1
        again = next_try(tried, end, now + timedelta(seconds=takes), luck=one)
        if again is None:
            break
        assert now < again <= end
        now = again
    assert now == end
    assert len(PAUSES) + 3 < tried <= 20


@pytest.mark.parametrize(
    ("status", "problem"),
    [(200, None), (204, None), (299, None), (199, "refused"), (300, "refused"), (302, "refused"), (410, "refused"),
     (500, "refused")],
)  # fmt: skip
def test_only_200_to_299_is_a_success(status: int, problem: Problem | None) -> None:
    assert judged(status) == problem


DAY = timedelta(hours=24)
GOOD, BAD, SLOW = Outcome(204, None, 0.1), Outcome(500, "refused", 0.1), Outcome(None, "timed_out", 10)
GONE = Outcome(410, "refused", 0.1)
JUDGED: list[tuple[Health, Outcome, Health, DisabledBecause | None]] = [
    (Health(), GOOD, Health(), None),
    (Health(), BAD, Health(1, NOON), None),
    (Health(), SLOW, Health(1, NOON), None),
    (Health(5, NOON - DAY), GOOD, Health(), None),
    (Health(9, NOON - DAY), BAD, Health(10, NOON - DAY), "failing"),
    (Health(9, NOON - DAY), SLOW, Health(10, NOON - DAY), "failing"),
    (Health(8, NOON - DAY), BAD, Health(9, NOON - DAY), None),
    (Health(99, NOON - DAY + timedelta(seconds=1)), BAD, Health(100, NOON - DAY + timedelta(seconds=1)), None),
    (Health(), GONE, Health(1, NOON), "gone"),
]


@pytest.mark.parametrize(("before", "outcome", "health", "why"), JUDGED)
def test_a_webhook_is_given_up_after_a_day_of_failures_or_when_its_receiver_is_gone(
    before: Health, outcome: Outcome, health: Health, why: DisabledBecause | None
) -> None:
    assert after(before, outcome, NOON) == (health, why)


outcomes = st.sampled_from([GOOD, BAD, SLOW, GONE])


@given(st.lists(st.tuples(outcomes, st.floats(0, 20_000)), max_size=60))
def test_a_webhook_fails_since_its_first_failure_after_its_last_success(tries: list[tuple[Outcome, float]]) -> None:
    health, now, row = Health(), NOON, list[datetime]()
    for outcome, pause in tries:
        now += timedelta(seconds=pause)
        health, why = after(health, outcome, now)
        row = [] if outcome is GOOD else [*row, now]
        assert (health.failures, health.failing_since) == (len(row), row[0] if row else None)
        assert (why == "gone") == (outcome is GONE)
        assert (why == "failing") <= (len(row) >= 10 and now - row[0] >= DAY)


NOTES: list[tuple[Standing, str, str | None]] = [
    (Standing(True, 0, None, None, None), "good", None),
    (
        Standing(True, 3, NOON, None, None),
        "failing",
        "Nothing was delivered since 2026-03-01 12:00 UTC (3 tries failed).",
    ),
    (
        Standing(False, 0, None, NOON, None),
        "disabled",
        "Disabled since 2026-03-01 12:00 UTC by an administrator.",
    ),
    (
        Standing(False, 1, NOON, NOON, "gone"),
        "disabled",
        "Disabled since 2026-03-01 12:00 UTC: the receiver answered 410, it is gone.",
    ),
    (
        Standing(False, 12, NOON, NOON + DAY, "failing"),
        "disabled",
        "Disabled since 2026-03-02 12:00 UTC. Nothing was delivered since 2026-03-01 12:00 UTC (12 tries failed).",
    ),
]


@pytest.mark.parametrize(("standing", "state", "said"), NOTES)
def test_a_person_is_told_what_is_wrong_and_since_when(standing: Standing, state: str, said: str | None) -> None:
    assert (state_of(standing), note(standing)) == (state, said)
