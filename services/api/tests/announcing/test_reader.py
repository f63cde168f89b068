"""stream-control's facts become events, each once, in the transaction that takes the fact in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from api.accounts.models import User
from api.feed import take_in
from api.live.models import LiveSession
from api.settings import Settings
from api.shows.models import Show
from api.webhooks.events import EventName
from api.webhooks.models import Webhook, WebhookDelivery
from kit.contracts.air import LiveEnd, Tier
from kit.contracts.facts import (
    AnyFact,
    LiveConnected,
    LiveEnded,
    LiveHeard,
    LiveTitle,
    SilenceDetected,
    SilenceEnded,
    TierChanged,
    TrackStarted,
)
from kit.db import Sessions
from sqlalchemy import select

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
EMAIL = "somebody@example.org"
EVERYTHING: tuple[EventName, ...] = (
    "song_changed", "livestream_started", "livestream_ended", "tier_changed", "silence_detected", "show_published",
)  # fmt: skip


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def tier(seconds: float, name: Tier, previous: Tier | None = None) -> TierChanged:
    return TierChanged(at=at(seconds), tier=name, previous=previous)


def track(seconds: float, airing: int, on: Tier = "fallback", title: str | None = None) -> TrackStarted:
    title = title or f"Song {airing}"
    return TrackStarted(at=at(seconds), airing_id=airing, item_id=str(uuid4()), tier=on, title=title, artist="A")


def over(seconds: float, session: UUID, reason: LiveEnd = "disconnected", heard: float = 9.5) -> LiveEnded:
    return LiveEnded(at=at(seconds), session_id=session, reason=reason, heard_seconds=heard)


@pytest.fixture
async def show(sessions: Sessions) -> UUID:
    """A granted session, of a streamer with a show."""
    user, made = (
        User(id=uuid4(), email=EMAIL, password_hash="!", role="streamer", display_name="DJ"),
        Show(name="Night"),
    )
    async with sessions.begin() as tx:
        tx.add_all([user, made])
        await tx.flush()
        session = LiveSession(
            id=uuid4(), user_id=user.id, show_id=made.id, granted_at=at(0), ends_at=at(3600), address="192.0.2.1"
        )
        tx.add(session)
    return session.id


@pytest.fixture
async def webhook(sessions: Sessions) -> UUID:
    """It is told of everything."""
    made = Webhook(id=uuid4(), name="All", url="https://example.org/", events=list(EVERYTHING), secret="!")
    async with sessions.begin() as tx:
        tx.add(made)
    return made.id


async def take(sessions: Sessions, *facts: AnyFact) -> None:
    for fact in facts:
        async with sessions.begin() as tx:
            await take_in(tx, fact)


async def told(sessions: Sessions, *names: EventName) -> list[dict[str, Any]]:
    """What was told, oldest first; only events of these names, when some are given."""
    async with sessions() as tx:
        rows = (await tx.scalars(select(WebhookDelivery).order_by(WebhookDelivery.sequence))).all()
    return [json.loads(row.body) for row in rows if not names or row.event in names]


def songs(events: list[dict[str, Any]]) -> list[tuple[str, str | None, str]]:
    """When (seconds), what, and on which tier."""
    return [
        (str((datetime.fromisoformat(one["at"]) - BEGIN).seconds), one["data"]["title"], one["data"]["tier"])
        for one in events
        if one["event"] == "song_changed"
    ]


async def test_a_song_is_told_when_it_begins_on_the_tier_on_air(sessions: Sessions, webhook: UUID) -> None:
    await take(sessions, tier(0, "fallback"), track(1, 1), track(2, 2, on="user"), track(60, 3))
    events = await told(sessions)
    assert songs(events) == [("1", "Song 1", "fallback"), ("60", "Song 3", "fallback")]
    assert events[1]["data"] == {
        "tier": "fallback", "title": "Song 1", "artist": "A", "started_at": "2026-03-01T12:00:01Z", "airing_id": 1,
        "session_id": None,
    }  # fmt: skip


async def test_a_song_that_played_unheard_is_told_when_its_tier_comes_on_air(sessions: Sessions, webhook: UUID) -> None:
    await take(sessions, track(1, 1), tier(5, "noise"), tier(8, "fallback", "noise"), tier(9, "noise", "fallback"))
    await take(sessions, tier(12, "fallback", "noise"))
    assert songs(await told(sessions)) == [("8", "Song 1", "fallback"), ("12", "Song 1", "fallback")]
    [first, *_] = await told(sessions, "song_changed")
    assert first["data"]["started_at"] == "2026-03-01T12:00:01Z"


async def test_each_tier_is_told_with_the_one_before(sessions: Sessions, webhook: UUID) -> None:
    await take(sessions, tier(0, "noise"), tier(5, "fallback", "noise"))
    assert [one["data"] for one in await told(sessions)] == [
        {"tier": "noise", "previous": None},
        {"tier": "fallback", "previous": "noise"},
    ]


async def test_a_show_is_told_from_its_beginning_to_its_end(sessions: Sessions, webhook: UUID, show: UUID) -> None:
    await take(sessions, tier(0, "fallback"), track(1, 1), LiveConnected(at=at(10), session_id=show))
    await take(sessions, tier(11, "live", "fallback"), LiveHeard(at=at(20), session_id=show, heard_seconds=9))
    await take(sessions, LiveTitle(at=at(15), session_id=show, title="Set", artist="Guest"))
    await take(sessions, tier(21, "fallback", "live"), over(21, show))
    events = await told(sessions)
    names = [one["event"] for one in events]
    assert names == [
        "tier_changed", "song_changed", "livestream_started", "tier_changed", "song_changed", "song_changed",
        "tier_changed", "song_changed", "livestream_ended",
    ]  # fmt: skip
    assert songs(events) == [
        ("1", "Song 1", "fallback"),
        ("11", "DJ", "live"),
        ("15", "Set", "live"),
        ("21", "Song 1", "fallback"),
    ]
    [begun], [ended] = await told(sessions, "livestream_started"), await told(sessions, "livestream_ended")
    named = {"session_id": str(show), "streamer": "DJ", "show": "Night", "started_at": "2026-03-01T12:00:10Z"}
    assert begun["data"] == named | {"show_id": begun["data"]["show_id"]}
    assert ended["data"] == begun["data"] | {
        "ended_at": "2026-03-01T12:00:21Z", "reason": "disconnected", "heard_seconds": 9.5,
    }  # fmt: skip


async def test_titles_of_a_show_that_nobody_hears_are_no_songs_yet(
    sessions: Sessions, webhook: UUID, show: UUID
) -> None:
    await take(sessions, tier(0, "fallback"), LiveConnected(at=at(10), session_id=show))
    await take(sessions, *(LiveTitle(at=at(11), session_id=show, title=one, artist=None) for one in ("A", "B")))
    assert songs(await told(sessions)) == []
    await take(sessions, tier(12, "live", "fallback"))
    assert songs(await told(sessions)) == [("12", "B", "live")]


async def test_one_show_that_follows_another_at_once_is_another_song(
    sessions: Sessions, webhook: UUID, show: UUID
) -> None:
    async with sessions.begin() as tx:
        first = await tx.get(LiveSession, show)
        assert first
        first.ended_at, first.ended_because = at(20), "disconnected"
        await tx.flush()
        other = LiveSession(id=uuid4(), user_id=first.user_id, granted_at=at(20), ends_at=at(3600))
        tx.add(other)
    await take(sessions, LiveConnected(at=at(10), session_id=show), tier(11, "live"), over(20, show))
    await take(sessions, LiveConnected(at=at(21), session_id=other.id))
    assert songs(await told(sessions)) == [("11", "DJ", "live"), ("21", "DJ", "live")]


async def test_silence_is_told_when_it_is_noticed(sessions: Sessions, webhook: UUID, show: UUID) -> None:
    await take(sessions, tier(0, "live"), LiveConnected(at=at(1), session_id=show))
    await take(sessions, SilenceDetected(at=at(30), tier="live", seconds=10, session_id=show))
    await take(sessions, SilenceEnded(at=at(40), tier="live", seconds=20, session_id=show))
    await take(sessions, SilenceDetected(at=at(50), tier="fallback", seconds=8))
    assert [(one["at"], one["data"]) for one in await told(sessions, "silence_detected")] == [
        ("2026-03-01T12:00:30Z", {"tier": "live", "seconds": 10, "session_id": str(show)}),
        ("2026-03-01T12:00:50Z", {"tier": "fallback", "seconds": 8, "session_id": None}),
    ]


async def test_a_session_that_nobody_knows_is_passed_over(sessions: Sessions, webhook: UUID) -> None:
    stranger = uuid4()
    await take(sessions, tier(0, "live"), LiveConnected(at=at(1), session_id=stranger), over(2, stranger))
    assert [one["event"] for one in await told(sessions)] == ["tier_changed"]


async def test_a_fact_that_fails_has_told_nobody(sessions: Sessions, webhook: UUID) -> None:
    async with sessions() as tx:
        await take_in(tx, tier(0, "noise"))
        await tx.rollback()
    assert await told(sessions) == []


async def test_nothing_secret_is_told(sessions: Sessions, webhook: UUID, show: UUID, served_settings: Settings) -> None:
    await take(sessions, LiveConnected(at=at(1), session_id=show), tier(2, "live"), over(3, show))
    text = json.dumps(await told(sessions))
    assert "DJ" in text
    for secret in (EMAIL, "192.0.2.1", "password"):
        assert secret not in text
