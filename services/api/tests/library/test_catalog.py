"""The library for other services: one object a line, by version, removals told, nothing sent twice."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from api.library import deleting, telling
from api.library.models import Track
from desk.asking import bearer
from desk.library import have_tracks
from desk.settings import STREAM_CONTROL_TOKEN
from kit.contracts.catalog import CatalogLine, CatalogRemoval, CatalogTrack, parse_catalog_line
from kit.db import Sessions
from sqlalchemy import update

PATH = "/internal/library/tracks"
AS_SERVICE = bearer(STREAM_CONTROL_TOKEN)


async def told(client: httpx.AsyncClient, **query: Any) -> list[CatalogLine]:
    """The lines of the catalog."""
    answer = await client.get(PATH, params=query, headers=AS_SERVICE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [parse_catalog_line.validate_json(line) for line in answer.content.splitlines()]


async def test_the_catalog_holds_what_may_air_with_all_that_planning_needs(
    anybody: httpx.AsyncClient, sessions: Sessions
) -> None:
    ids = await have_tracks(
        sessions,
        {"title": "One", "artist": "A feat. B", "tags": ["x"], "hours": [3] * 7, "cue_in": 1.5, "gain_db": -2.0},
        {"title": "Two", "kind": "ADV", "kill_date": datetime(2030, 1, 2, tzinfo=UTC).date()},
        {"title": "Three", "state": "waiting"},
        {"title": "Four", "archived_at": datetime.now(UTC)},
        categories={"Gold": 1},
    )
    async with sessions.begin() as tx:
        await telling.added(tx, ids)
    lines = {line.id: line for line in await told(anybody)}
    assert set(lines) == set(ids[:2])
    one = lines[ids[0]]
    assert isinstance(one, CatalogTrack)
    assert [(who.name, who.role) for who in one.artists] == [("A", "main"), ("B", "featured")]
    assert (one.categories, one.tags, one.hours, one.cue_in, one.gain_db) == (("Gold",), ("x",), (3,) * 7, 1.5, -2.0)
    assert one.requestable
    two = lines[ids[1]]
    assert isinstance(two, CatalogTrack)
    assert (two.kind, two.requestable, str(two.kill_date)) == ("ADV", False, "2030-01-02")


async def test_whoever_follows_reads_only_what_changed_removals_included(
    anybody: httpx.AsyncClient, sessions: Sessions
) -> None:
    ids = await have_tracks(sessions, *({"title": f"{number}"} for number in range(4)))
    async with sessions.begin() as tx:
        await telling.added(tx, ids)
    everything = await told(anybody)
    last = everything[-1].version
    assert [line.version for line in everything] == sorted(line.version for line in everything)
    assert await told(anybody, after_version=last) == []
    before = datetime.now(UTC)
    async with sessions.begin() as tx:
        await tx.execute(update(Track).where(Track.id == ids[2]).values(title="Two!"))
        await telling.changed(tx, [ids[2]], ["title"])
    async with sessions.begin() as tx:
        await deleting.delete(tx, [ids[0]], by=None, now=datetime.now(UTC))
    changed, removed = await told(anybody, after_version=last)
    assert isinstance(changed, CatalogTrack)
    assert (changed.id, changed.title) == (ids[2], "Two!")
    assert isinstance(removed, CatalogRemoval)
    assert removed.id == ids[0]
    assert await told(anybody, updated_since=before.isoformat()) == [changed, removed]
    assert await told(anybody, updated_since=(datetime.now(UTC) + timedelta(days=1)).isoformat()) == []
    assert {line.id for line in await told(anybody)} == set(ids[1:])


async def test_nothing_is_sent_again_while_nothing_changed(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    ids = await have_tracks(sessions, {"title": "One"})
    tag = (await anybody.get(PATH, headers=AS_SERVICE)).headers["etag"]
    known = AS_SERVICE | {"If-None-Match": tag}
    answer = await anybody.get(PATH, headers=known)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    async with sessions.begin() as tx:
        await telling.changed(tx, ids, ["title"])
    answer = await anybody.get(PATH, headers=known)
    assert (answer.status_code, len(answer.content.splitlines())) == (200, 1)
    assert answer.headers["etag"] != tag


async def test_a_long_catalog_comes_in_pieces_and_whole(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    ids = await have_tracks(sessions, *({"title": f"{number}", "artist": "A"} for number in range(2500)))
    pieces = []
    async with anybody.stream("GET", PATH, headers=AS_SERVICE) as answer:
        async for piece in answer.aiter_raw():
            pieces.append(piece)
    lines = b"".join(pieces).splitlines()
    assert len(pieces) > 2
    assert {json.loads(line)["id"] for line in lines} == {str(one) for one in ids}
