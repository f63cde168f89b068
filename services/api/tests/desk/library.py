"""Tracks in the database, and searches over HTTP."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
from api.library.artists.service import Credit, credit
from api.library.models import Category, Track, TrackCategory
from api.library.moment import Now
from kit.db import Sessions
from sqlalchemy import insert, select


def now() -> Now:
    """This moment at a station whose clock shows UTC."""
    return Now.there(datetime.now(UTC), ZoneInfo("UTC"))


def row(**given: Any) -> dict[str, Any]:
    """A track's values, ready unless told otherwise."""
    known = {"id": uuid4(), "source": "upload", "path": uuid4().hex, "size": 1, "changed_ns": 1, "state": "ready"}
    return {**known, "length_seconds": 180.0, **given}


async def have_tracks(
    sessions: Sessions, *given: dict[str, Any], categories: dict[str, int] | None = None
) -> list[UUID]:
    """Tracks of the library with their artists; `categories` are names, and how many of the first tracks they hold."""
    rows = [row(**one) for one in given]
    async with sessions.begin() as tx:
        tx.add_all(Track(**one) for one in rows)
        await tx.flush()
        await credit(tx, {one["id"]: Credit(one.get("artist"), one.get("composer")) for one in rows})
        for name, count in (categories or {}).items():
            category = Category(id=uuid4(), name=name)
            tx.add(category)
            await tx.flush()
            links = [{"track_id": one["id"], "category_id": category.id} for one in rows[:count]]
            await tx.execute(insert(TrackCategory), links)
    return [one["id"] for one in rows]


async def category(sessions: Sessions, name: str) -> UUID:
    """The id of a category."""
    async with sessions() as tx:
        found = await tx.scalar(select(Category.id).where(Category.name == name))
    assert found
    return found


async def titles(client: httpx.AsyncClient, path: str = "/library/tracks", **query: Any) -> list[str | None]:
    """The titles that a search finds, in their order."""
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["items"]]


async def walk(client: httpx.AsyncClient, path: str = "/library/tracks", **query: Any) -> list[str]:
    """The ids on all pages of a search."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        answer = await client.get(path, params={**query, **after})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += [one["id"] for one in body["items"]]
        if body["next"] is None:
            return found
        after = {"after": body["next"]}
