"""What stream-control tells becomes the requests' states."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from api.queue import reader
from desk.asking import found, have
from kit.contracts.air import EndReason, Tier
from kit.contracts.facts import AnyFact, TrackEnded, TrackStarted, TrackUnplayable
from kit.db import Sessions

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = BEGIN + timedelta(seconds=60)


def started(item: UUID | str, tier: Tier = "user") -> TrackStarted:
    return TrackStarted(at=BEGIN, airing_id=1, item_id=str(item), tier=tier, title=None, artist=None)


def ended(item: UUID, reason: EndReason) -> TrackEnded:
    return TrackEnded(at=LATER, airing_id=1, item_id=str(item), tier="user", reason=reason, heard_seconds=1)


async def tell(sessions: Sessions, *facts: AnyFact) -> None:
    for fact in facts:
        async with sessions.begin() as tx:
            await reader.apply(tx, fact)


@pytest.mark.parametrize("state", ["ready", "queued", "playing", "played", "failed", "removed"])
async def test_what_begins_plays_whatever_was_thought_of_it(sessions: Sessions, state: str) -> None:
    item = await have(sessions, state=state)
    await tell(sessions, started(item.id))
    now = await found(sessions, item.id)
    assert (now.state, now.started_at, now.position, now.reason, now.ended_at) == ("playing", BEGIN, None, None, None)


@pytest.mark.parametrize("reason", ["finished", "skipped", "replaced"])
async def test_an_end_is_an_end(sessions: Sessions, reason: EndReason) -> None:
    item = await have(sessions)
    await tell(sessions, started(item.id), ended(item.id, reason), ended(item.id, reason))
    now = await found(sessions, item.id)
    assert (now.state, now.ended_at) == ("played", LATER)


@pytest.mark.parametrize("reason", ["interrupted", "paused", "engine_restarted"])
async def test_an_interrupted_song_still_plays(sessions: Sessions, reason: EndReason) -> None:
    item = await have(sessions)
    await tell(sessions, started(item.id), ended(item.id, reason))
    assert (await found(sessions, item.id)).state == "playing"


async def test_what_the_player_cannot_play_has_failed(sessions: Sessions) -> None:
    item = await have(sessions)
    await tell(sessions, TrackUnplayable(at=BEGIN, item_id=str(item.id), tier="user", problem="no decoder"))
    now = await found(sessions, item.id)
    assert (now.state, now.reason, now.position) == ("failed", "unplayable", None)


async def test_other_things_on_air_are_no_requests(sessions: Sessions) -> None:
    item = await have(sessions)
    await tell(sessions, started("lead-in"), started(uuid4()), started(item.id, tier="fallback"))
    assert (await found(sessions, item.id)).state == "queued"
