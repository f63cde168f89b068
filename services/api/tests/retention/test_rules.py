"""What a policy deletes, and what it never does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from api.retention import rules
from api.retention.rules import GB, Deletion, Kept, Policy
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
NIGHT, DAY = UUID(int=1001), UUID(int=1002)


def kept(number: int, days: float, *, published: bool = False, show: UUID | None = NIGHT, original: int = 5) -> Kept:
    """Its original has so many GB, its copy one."""
    return Kept(UUID(int=number), show, NOW - timedelta(days=days), published, original * GB, GB)


def said(deletions: list[Deletion]) -> list[tuple[int, str, str]]:
    return [(one.id.int, one.what, one.because) for one in deletions]


OLD, OLDER, EPISODE, FRESH = kept(1, 40), kept(2, 50), kept(3, 60, published=True), kept(4, 1)
ALL = [FRESH, EPISODE, OLD, OLDER]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy(), []),
        (Policy(unpublished_days=30), [(2, "aircheck", "too_old"), (1, "aircheck", "too_old")]),
        (Policy(unpublished_days=45), [(2, "aircheck", "too_old")]),
        (Policy(unpublished_days=40), [(2, "aircheck", "too_old")]),
        # Episodes stay unless it is said.
        (Policy(published_days=30), [(3, "aircheck", "too_old")]),
        (Policy(originals_days=45), [(3, "original", "too_old"), (2, "original", "too_old")]),
        # What goes as a whole is not told twice.
        (
            Policy(unpublished_days=45, originals_days=30),
            [(3, "original", "too_old"), (2, "aircheck", "too_old"), (1, "original", "too_old")],
        ),
        # The last two of the show are 4 and 1.
        (Policy(unpublished_days=30, keep_last=2), [(2, "aircheck", "too_old")]),
        (Policy(unpublished_days=30, keep_last=9), []),
        # 24 GB: originals first, oldest first, as many as are needed.
        (Policy(total_gb=24), []),
        (Policy(total_gb=20), [(3, "original", "too_much")]),
        (Policy(total_gb=14), [(3, "original", "too_much"), (2, "original", "too_much")]),
        (
            Policy(total_gb=3),
            [(3, "original", "too_much"), (2, "original", "too_much"), (1, "original", "too_much"),
             (4, "original", "too_much"), (2, "aircheck", "too_much")],
        ),
        # Only the episode is left, and what was asked for is not reached.
        (Policy(total_gb=0.5), [
            *((one, "original", "too_much") for one in (3, 2, 1, 4)),
            *((one, "aircheck", "too_much") for one in (2, 1, 4)),
        ]),
        # What is too old makes room for the rest.
        (Policy(unpublished_days=45, total_gb=18), [(2, "aircheck", "too_old")]),
    ],
)  # fmt: skip
def test_what_a_policy_deletes(policy: Policy, expected: list[tuple[int, str, str]]) -> None:
    assert said(rules.plan(ALL, policy, NOW)) == expected


def test_the_last_of_each_show_are_kept_and_what_has_no_show_is_not_one() -> None:
    airchecks = [kept(1, 90), kept(2, 80), kept(3, 95, show=DAY), kept(4, 70, show=None), kept(5, 75, show=None)]
    deletions = rules.plan(airchecks, Policy(unpublished_days=30, keep_last=1), NOW)
    assert said(deletions) == [(1, "aircheck", "too_old"), (5, "aircheck", "too_old"), (4, "aircheck", "too_old")]


DAYS = st.none() | st.integers(1, 100)
POLICIES = st.builds(Policy, DAYS, DAYS, DAYS, st.integers(0, 4), st.none() | st.floats(0.1, 100))
AIRCHECKS = st.lists(
    st.builds(
        kept,
        st.integers(1, 10_000),
        st.floats(0, 200),
        published=st.booleans(),
        show=st.sampled_from([NIGHT, DAY, None]),
        original=st.integers(0, 5),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


def after(airchecks: list[Kept], deletions: list[Deletion]) -> list[Kept]:
    gone = {one.id for one in deletions if one.what == "aircheck"}
    bare = {one.id for one in deletions if one.what == "original"}
    return [replace(one, original_bytes=0) if one.id in bare else one for one in airchecks if one.id not in gone]


@given(airchecks=AIRCHECKS, policy=POLICIES)
def test_a_policy_keeps_what_it_promises_and_reaches_what_it_can(airchecks: list[Kept], policy: Policy) -> None:
    deletions = rules.plan(airchecks, policy, NOW)
    known = {one.id: one for one in airchecks}
    gone = [known[one.id] for one in deletions if one.what == "aircheck"]
    left = after(airchecks, deletions)
    assert len({(one.id, one.what) for one in deletions}) == len(deletions)
    for one in gone:
        days = policy.published_days if one.published else policy.unpublished_days
        too_old = days is not None and NOW - one.began_at > timedelta(days=days)
        assert too_old or not one.published, "an episode goes only by its own rule"
    for show in (NIGHT, DAY):
        of_show = sorted((one for one in airchecks if one.show_id == show), key=lambda one: (one.began_at, one.id))
        assert not {one.id for one in of_show[len(of_show) - min(policy.keep_last, len(of_show)) :]} & {
            one.id for one in gone
        }
    assert rules.total(left) == rules.left(airchecks, deletions)
    if policy.total_gb is not None and rules.total(left) > policy.total_gb * GB:
        assert not any(one.original_bytes for one in left), "all that may go is gone"
    # Carried out, there is nothing more to do, and a preview says just what the night does.
    assert rules.plan(left, policy, NOW) == []


@given(airchecks=AIRCHECKS)
def test_no_policy_deletes_nothing(airchecks: list[Kept]) -> None:
    assert rules.plan(airchecks, Policy(keep_last=1), NOW) == []


@pytest.mark.parametrize(
    ("moment", "carried_out_on", "due"),
    [
        ("2026-03-01 02:59", None, False),  # 03:59 in Berlin
        ("2026-03-01 03:00", None, True),
        ("2026-03-01 03:00", date(2026, 3, 1), False),
        ("2026-03-01 22:30", date(2026, 2, 28), True),
        ("2026-03-01 23:30", date(2026, 3, 1), False),  # another day in Berlin, but not yet four
        ("2026-03-02 03:00", date(2026, 3, 1), True),
    ],
)
def test_a_policy_is_carried_out_once_a_night_by_the_stations_clock(
    moment: str, carried_out_on: date | None, due: bool
) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert rules.due(now, ZoneInfo("Europe/Berlin"), carried_out_on) is due
