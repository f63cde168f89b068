"""An event is queued in the transaction that made it true, for whoever asked for it."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from api.webhooks import telling
from api.webhooks.events import Episode, ShowPublishedEvent
from desk.hooks import Hooks, tier_changed
from desk.receiver import Receiver
from kit.db import Sessions


async def test_whoever_asked_for_an_event_is_told_and_nobody_else(hooks: Hooks, to: Receiver) -> None:
    asked = await hooks.make(to, "song_changed", "tier_changed")
    other = await hooks.make(to, "song_changed")
    disabled = await hooks.make(to, enabled=False)
    event = tier_changed("live", "user")
    await hooks.tell(event)
    [row] = await hooks.queued(asked)
    assert (row.event, row.state, row.sequence, row.tries) == ("tier_changed", "waiting", 1, 0)
    assert type(event).model_validate_json(row.body) == event.model_copy(update={"sequence": 1})
    assert await hooks.queued(other) == []
    assert await hooks.queued(disabled) == []


async def test_a_transaction_that_is_undone_has_told_nobody(hooks: Hooks, to: Receiver, sessions: Sessions) -> None:
    webhook = await hooks.make(to)
    async with sessions() as tx:
        await telling.tell(tx, tier_changed())
        await tx.rollback()
    assert await hooks.queued(webhook) == []
    await hooks.tell()
    assert [row.sequence for row in await hooks.queued(webhook)] == [1]


async def test_each_webhook_counts_its_own_events_and_the_event_keeps_its_id(hooks: Hooks, to: Receiver) -> None:
    first, events = await hooks.make(to), [tier_changed() for _ in range(3)]
    await hooks.tell(events[0])
    second = await hooks.make(to)
    await hooks.tell(*events[1:])
    told = [[(row.sequence, row.body) for row in await hooks.queued(one)] for one in (first, second)]
    assert [[number for number, _ in one] for one in told] == [[1, 2, 3], [1, 2]]
    ids = [[type(events[0]).model_validate_json(body).id for _, body in one] for one in told]
    assert ids == [[event.id for event in events], [event.id for event in events[1:]]]


async def test_many_that_tell_at_once_leave_no_gap(hooks: Hooks, to: Receiver) -> None:
    webhooks = [await hooks.make(to) for _ in range(3)]
    await asyncio.gather(*(hooks.tell(tier_changed(), tier_changed()) for _ in range(10)))
    for webhook in webhooks:
        assert [row.sequence for row in await hooks.queued(webhook)] == list(range(1, 21))


async def test_a_receiver_that_takes_nothing_does_not_fill_the_disk(
    hooks: Hooks, to: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_WAITING", 2)
    webhook = await hooks.make(to)
    await hooks.tell(*(tier_changed() for _ in range(5)))
    assert [row.sequence for row in await hooks.queued(webhook)] == [1, 2]
    shown = await hooks.show(webhook)
    assert (shown["waiting"], shown["dropped"]) == (2, 3)


async def test_a_published_episode_is_told_with_its_names(hooks: Hooks, to: Receiver) -> None:
    webhook = await hooks.make(to, "show_published")
    now = datetime.now(UTC)
    data = Episode(show_id=uuid4(), show="Night", episode_id=uuid4(), title="One", published_at=now)
    await hooks.tell(ShowPublishedEvent(at=now, data=data))
    [row] = await hooks.queued(webhook)
    assert ShowPublishedEvent.model_validate_json(row.body).data == data


def test_moments_are_told_in_utc_wherever_they_came_from() -> None:
    at = datetime.fromisoformat("2026-03-01T13:00:00+01:00")
    event = tier_changed().model_copy(update={"at": at})
    again = type(event).model_validate(event.model_dump())
    assert '"at":"2026-03-01T12:00:00Z"' in again.model_dump_json()
