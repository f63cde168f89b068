"""Every change of the library is numbered in the order of commits, and told with the transaction that makes it."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from api import tables
from api.library import telling
from api.library.models import Track
from kit import facts
from kit.contracts.facts import AnyFact, TrackAdded, TrackChanged, TrackRemoved
from kit.db import Sessions
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

MANY = 2000


def row(**given: Any) -> dict[str, Any]:
    known = {"id": uuid4(), "source": "upload", "path": uuid4().hex, "size": 1, "changed_ns": 1, "state": "ready"}
    return {**known, **given}


async def told(sessions: Sessions) -> Sequence[AnyFact]:
    async with sessions() as tx:
        return [one.fact for one in await facts.read(tx, tables.facts, after=0, limit=10 * MANY)]


async def test_what_becomes_of_a_track_is_told_with_growing_numbers(sessions: Sessions) -> None:
    track = Track(**row(kind="ADV"))
    async with sessions.begin() as tx:
        tx.add(track)
        await telling.added(tx, [track.id])
        first = track.version
    async with sessions.begin() as tx:
        held = await tx.get_one(Track, track.id)
        held.title = "Another"
        await telling.changed(tx, [track.id], ["title", "artist"])
        assert held.version > first > 0
        assert held.updated_at > held.created_at
    async with sessions.begin() as tx:
        await telling.removed(tx, [track.id])
    added, changed, removed = await told(sessions)
    assert isinstance(added, TrackAdded)
    assert isinstance(changed, TrackChanged)
    assert isinstance(removed, TrackRemoved)
    assert (added.track_id, added.kind, added.version) == (track.id, "ADV", first)
    assert changed.changed == ("artist", "title")
    assert added.version < changed.version < removed.version


async def test_a_change_that_is_rolled_back_is_not_told_and_nothing_is_told_of_nothing(sessions: Sessions) -> None:
    async with sessions() as tx:
        tx.add(Track(**row(id=UUID(int=1))))
        await telling.added(tx, [UUID(int=1)])
        await tx.rollback()
    async with sessions.begin() as tx:
        await telling.changed(tx, [], ["title"])
        await telling.changed(tx, [uuid4()], ["title"])
    assert await told(sessions) == []


async def test_many_tracks_are_told_at_once_one_fact_each(sessions: Sessions) -> None:
    rows = [row() for _ in range(MANY)]
    async with asyncio.timeout(20):
        async with sessions.begin() as tx:
            await tx.execute(insert(Track), rows)
            await telling.added(tx, [one["id"] for one in rows])
    found = await told(sessions)
    assert {fact.track_id for fact in found if isinstance(fact, TrackAdded)} == {one["id"] for one in rows}
    async with sessions() as tx:
        versions = list(await tx.scalars(select(Track.version)))
    assert len(set(versions)) == MANY


async def test_whoever_saw_a_number_is_never_shown_a_smaller_one_later(sessions: Sessions) -> None:
    ids = [uuid4() for _ in range(20)]
    async with sessions.begin() as tx:
        await tx.execute(insert(Track), [row(id=one) for one in ids])

    async def change(one: UUID) -> None:
        async with sessions.begin() as tx:
            (await tx.get_one(Track, one)).title = "T"
            await telling.changed(tx, [one], ["title"])

    await asyncio.gather(*(change(one) for one in ids))
    versions = [fact.version for fact in await told(sessions) if isinstance(fact, TrackChanged)]
    assert len(versions) == len(ids)
    assert versions == sorted(versions)


async def test_what_listeners_may_ask_for_is_decided_by_kind_until_somebody_decides(sessions: Sessions) -> None:
    made = [Track(**row()), Track(**row(kind="LIN")), Track(**row(kind="LIN", requestable=True))]
    async with sessions.begin() as tx:
        tx.add_all(made)
        await tx.flush()
        assert [track.requestable for track in made] == [True, False, True]


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "SFX"},
        {"usage_type": "other"},
        {"isrc": "us-abc-1234567"},
        {"hours": [1, 2, 3]},
        {"hours": [-1] * 7},
        {"hours": [1 << 24] * 7},
        {"energy": 1.5},
        {"length_seconds": 10.0, "cue_out": 11.0},
        {"length_seconds": 10.0, "cue_in": 10.0},
        {"length_seconds": 10.0, "cue_out": 5.0, "segue_at": 6.0},
        {"hook_in": 4.0, "hook_out": 3.0},
        {"scan_status": "clean"},
        {"year": 99},
    ],
)
async def test_the_database_itself_refuses_what_cannot_be(sessions: Sessions, given: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        async with sessions.begin() as tx:
            await tx.execute(insert(Track), [row(**given)])
