"""stream-control's facts become what aired."""

from datetime import UTC, datetime, timedelta

import pytest
from api.played import queries, reader
from api.played.models import Airing, AirNow
from kit.contracts.air import EndReason, Tier
from kit.contracts.facts import (
    AnyFact,
    QueueChanged,
    SilenceDetected,
    SilenceEnded,
    TierChanged,
    TrackEnded,
    TrackStarted,
    TrackUnplayable,
)
from kit.db import Sessions

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def tier(seconds: float, name: Tier, previous: Tier | None = None) -> TierChanged:
    return TierChanged(at=at(seconds), tier=name, previous=previous)


def started(seconds: float, airing: int = 1, *, on: Tier = "user") -> TrackStarted:
    return TrackStarted(at=at(seconds), airing_id=airing, item_id=f"item-{airing}", tier=on, title="T", artist=None)


def ended(seconds: float, airing: int = 1, *, heard: float = 0, reason: EndReason = "finished") -> TrackEnded:
    return TrackEnded(
        at=at(seconds), airing_id=airing, item_id=f"item-{airing}", tier="user", reason=reason, heard_seconds=heard
    )


async def tell(sessions: Sessions, *facts: AnyFact) -> None:
    for fact in facts:
        async with sessions.begin() as tx:
            await reader.apply(tx, fact)


async def airing(sessions: Sessions, number: int = 1) -> Airing:
    async with sessions() as tx:
        found = await tx.get(Airing, number)
    assert found is not None
    return found


async def on_air(sessions: Sessions) -> tuple[str, datetime] | None:
    async with sessions() as tx:
        now = await tx.get(AirNow, 1)
    return (now.tier, now.since) if now else None


async def test_a_track_that_begins_and_ends_has_aired(sessions: Sessions) -> None:
    await tell(sessions, started(0), ended(10, heard=7.5, reason="skipped"))
    found = await airing(sessions)
    assert (found.item_id, found.tier, found.title, found.artist) == ("item-1", "user", "T", None)
    assert (found.started_at, found.ended_at) == (at(0), at(10))
    assert (found.ended_reason, found.heard_seconds) == ("skipped", 7.5)


async def test_the_tier_on_air_is_known_with_the_moment_since_when(sessions: Sessions) -> None:
    await tell(sessions, tier(0, "noise"))
    assert await on_air(sessions) == ("noise", at(0))
    await tell(sessions, tier(5, "user", "noise"))
    assert await on_air(sessions) == ("user", at(5))


async def test_what_plays_on_while_its_tier_leaves_was_heard_until_then(sessions: Sessions) -> None:
    await tell(sessions, tier(0, "user"), started(10), tier(13, "live", "user"))
    assert (await airing(sessions)).heard_seconds == 3
    await tell(sessions, tier(20, "user", "live"), tier(24, "live", "user"))
    assert (await airing(sessions)).heard_seconds == 7
    await tell(sessions, ended(30, heard=7.1))
    assert (await airing(sessions)).heard_seconds == 7.1


async def test_what_plays_on_another_tier_was_not_heard(sessions: Sessions) -> None:
    await tell(sessions, tier(0, "fallback"), started(1), tier(5, "noise", "fallback"))
    assert (await airing(sessions)).heard_seconds == 0


EVERYTHING: list[AnyFact] = [
    tier(0, "user"),
    started(1),
    tier(4, "live", "user"),
    ended(5, heard=3),
    started(6, 2),
    tier(8, "user", "live"),
]


@pytest.mark.parametrize("again", range(1, len(EVERYTHING) + 1))
async def test_facts_that_are_told_twice_change_nothing(sessions: Sessions, again: int) -> None:
    await tell(sessions, *EVERYTHING[:again], EVERYTHING[again - 1], *EVERYTHING[again:])
    first, second = await airing(sessions, 1), await airing(sessions, 2)
    assert (first.started_at, first.ended_at, first.heard_seconds) == (at(1), at(5), 3)
    assert (second.started_at, second.ended_at, second.heard_seconds) == (at(6), None, 0)
    assert await on_air(sessions) == ("user", at(8))


async def test_silent_tiers_are_known_from_when_their_silence_began_until_it_ends(sessions: Sessions) -> None:
    silent = [SilenceDetected(at=at(20), tier="user", seconds=8), SilenceDetected(at=at(21), tier="live", seconds=10)]
    await tell(sessions, *silent, silent[0])
    async with sessions() as tx:
        rows = await queries.silent_tiers(tx)
    assert [(row.tier, row.since) for row in rows] == [("live", at(11)), ("user", at(12))]
    await tell(
        sessions, SilenceEnded(at=at(30), tier="live", seconds=19), SilenceEnded(at=at(30), tier="live", seconds=0)
    )
    async with sessions() as tx:
        rows = await queries.silent_tiers(tx)
    assert [row.tier for row in rows] == ["user"]


async def test_facts_that_are_not_about_what_aired_are_passed_over(sessions: Sessions) -> None:
    unplayable = TrackUnplayable(at=at(0), item_id="x", tier="user", problem="broken")
    await tell(sessions, unplayable, QueueChanged(at=at(0), playlist="user"), ended(1, 99))
    assert await on_air(sessions) is None
