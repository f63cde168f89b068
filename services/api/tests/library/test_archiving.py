"""What never airs is found, rests in the archive, and comes back; what airs is noted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from api import feed, tables
from api.library.models import Track, TrackChange
from api.programme import service as programme
from api.programme.models import ProgrammeEntry
from desk.asking import have
from desk.library import have_tracks, now, titles
from kit import facts
from kit.contracts.facts import TrackEnded, TrackStarted
from kit.db import Sessions
from sqlalchemy import select

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


async def test_what_never_aired_or_not_for_long_is_listed_the_longest_unheard_first(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    old = NOW - 900 * DAY
    await have_tracks(
        sessions,
        {"title": "new"},
        {"title": "never", "created_at": old},
        {"title": "long ago", "created_at": old, "last_aired_at": NOW - 400 * DAY},
        {"title": "longer ago", "created_at": old, "last_aired_at": NOW - 500 * DAY, "kind": "LIN"},
        {"title": "yesterday", "created_at": old, "last_aired_at": NOW - DAY},
        {"title": "archived", "created_at": old, "archived_at": NOW},
    )
    assert await titles(producer, "/library/stale") == ["never", "longer ago", "long ago"]
    assert await titles(producer, "/library/stale", days=450, kind="MUS") == ["never"]
    first = (await producer.get("/library/stale", params={"limit": 2})).json()
    assert await titles(producer, "/library/stale", limit=2, after=first["next"]) == ["long ago"]


async def test_the_archive_keeps_tracks_from_the_air_and_gives_them_back(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    ids = await have_tracks(sessions, {"title": "a"}, {"title": "b"}, {"title": "c", "genre": "Rock"})
    async with sessions.begin() as tx:
        tx.add_all(ProgrammeEntry(track_id=one, position=place) for place, one in enumerate(ids))

    async def playing() -> list[str | None]:
        async with sessions() as tx:
            return [item.title for item in (await programme.wanted(tx, now())).items]

    async def move(where: str, which: dict[str, Any], **expected: int) -> httpx.Response:
        return await producer.post(f"/library/{where}", json={"which": which, **expected})

    both = {"track_ids": [str(one) for one in ids[:2]]}
    assert (await move("archive", both)).json() == {"changed": 2}
    assert (await move("archive", both)).json() == {"changed": 0}
    assert await playing() == ["c"]
    assert await titles(producer) == ["c"]
    assert await titles(producer, "/library/songs") == ["c"]
    rock = {"filter": {"of": [{"field": "genre", "value": "Rock"}]}}
    refused = await move("archive", rock, expected=2)
    assert (refused.status_code, refused.json()["error_code"]) == (409, "other_number")
    assert (await move("archive", rock, expected=1)).json() == {"changed": 1}
    assert await playing() == []
    archived = {"filter": {"of": [{"field": "archived", "value": True}]}}
    assert (await move("unarchive", archived)).json() == {"changed": 3}
    assert await playing() == ["a", "b", "c"]
    wrong: list[dict[str, Any]] = [{}, {**both, **rock}, {"filter": {"of": [{"field": "nope"}]}}, {"track_ids": []}]
    for which in wrong:
        assert (await move("archive", which)).status_code == 422
    async with sessions() as tx:
        history = (await tx.scalars(select(TrackChange).where(TrackChange.track_id == ids[0]))).all()
        told = await facts.read(tx, tables.facts, after=0, limit=100)
    assert [(one.field, one.before is None, one.after is None, one.by) for one in history] == [
        ("archived_at", True, False, "person"), ("archived_at", False, True, "person"),
    ]  # fmt: skip
    assert [getattr(one.fact, "changed", None) for one in told] == [("archived_at",)] * 6


async def test_what_listeners_heard_is_noted_once_whether_it_was_planned_or_asked_for(sessions: Sessions) -> None:
    one, other = await have_tracks(sessions, {"title": "a"}, {"title": "b"})
    asked = await have(sessions, source="library", track_id=other, url=None)

    def told(airing: int, item: object, tier: Any, heard: float, at: datetime) -> list[Any]:
        known = {"airing_id": airing, "item_id": str(item), "tier": tier}
        return [
            TrackStarted(at=at - DAY / 1440, title=None, artist=None, **known),
            TrackEnded(at=at, reason="finished", heard_seconds=heard, **known),
        ]

    everything = [
        *told(1, one, "fallback", 60.0, NOW),
        *told(2, one, "fallback", 0.0, NOW + DAY),
        *told(3, "no id", "noise", 60.0, NOW),
        *told(4, asked.id, "user", 30.0, NOW),
    ]
    for fact in [*everything, *everything]:
        async with sessions.begin() as tx:
            await feed.take_in(tx, fact)
    async with sessions() as tx:
        rows = {row.title: (row.last_aired_at, row.airs, row.version) for row in await tx.scalars(select(Track))}
    assert rows == {"a": (NOW, 1, 0), "b": (NOW, 1, 0)}
