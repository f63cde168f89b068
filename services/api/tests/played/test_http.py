"""`GET /played`: what listeners heard."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from api.played.models import Airing, AirNow
from api.settings import Settings
from kit.contracts.air import Tier
from kit.db import Sessions

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def airing(number: int, *, tier: Tier = "fallback", heard: float = 60, ended: bool = True) -> Airing:
    """The airing that began in this minute."""
    started = BEGIN + timedelta(minutes=number)
    return Airing(
        id=number,
        tier=tier,
        item_id=f"item-{number}",
        title=f"Title {number}",
        artist="Artist",
        started_at=started,
        ended_at=started + timedelta(seconds=59) if ended else None,
        ended_reason="finished" if ended else None,
        heard_seconds=heard,
    )


async def save(sessions: Sessions, *rows: Airing, on_air: Tier = "fallback") -> None:
    async with sessions.begin() as tx:
        tx.add_all([*rows, AirNow(id=1, tier=on_air, since=BEGIN)])


async def played(client: httpx.AsyncClient, **query: Any) -> list[int]:
    answer = await client.get("/played", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_what_aired_is_listed_newest_first_with_its_times(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    await save(sessions, airing(1), airing(2, tier="user"))
    answer = (await anybody.get("/played")).json()
    assert answer["next"] is None
    assert [item["id"] for item in answer["items"]] == [2, 1]
    assert answer["items"][0] == {
        "id": 2,
        "item_id": "item-2",
        "tier": "user",
        "title": "Title 2",
        "artist": "Artist",
        "artwork": None,
        "started_at": "2026-03-01T12:02:00Z",
        "ended_at": "2026-03-01T12:02:59Z",
        "heard_seconds": 60.0,
    }


async def test_only_what_was_heard_is_listed(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    unheard, heard = airing(1, heard=0), airing(2, heard=0.5)
    playing = airing(3, heard=0, ended=False)
    held, cut = airing(4, tier="user", heard=0, ended=False), airing(5, tier="live", heard=2, ended=False)
    await save(sessions, unheard, heard, playing, held, cut, on_air="fallback")
    assert await played(anybody) == [5, 3, 2]


async def test_what_plays_has_no_end_yet(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    await save(sessions, airing(1, heard=0, ended=False))
    assert (await anybody.get("/played")).json()["items"][0]["ended_at"] is None


async def test_pages_follow_each_other(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    await save(sessions, *(airing(number) for number in range(1, 8)))
    first = (await anybody.get("/played", params={"limit": 3})).json()
    second = (await anybody.get("/played", params={"limit": 3, "before": first["next"]})).json()
    third = (await anybody.get("/played", params={"limit": 3, "before": second["next"]})).json()
    listed = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert listed == [7, 6, 5, 4, 3, 2, 1]
    assert third["next"] is None


async def test_tier_and_times_choose(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    await save(sessions, airing(1), airing(2, tier="user"), airing(3), airing(4, tier="user"))
    assert await played(anybody, tier="user") == [4, 2]
    assert await played(anybody, since="2026-03-01T12:03:00Z") == [4, 3]
    assert await played(anybody, until="2026-03-01T13:03:00+01:00") == [2, 1]
    assert await played(anybody, tier="user", since="2026-03-01T12:03:00Z", limit=1) == [4]


async def test_a_cover_is_named_when_there_is_one(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    served_settings.artwork_folder.mkdir(parents=True, exist_ok=True)
    (served_settings.artwork_folder / "item-1.jpg").write_bytes(b"jpeg")
    await save(sessions, airing(1), airing(2))
    items = (await anybody.get("/played")).json()["items"]
    assert [item["artwork"] for item in items] == [None, "/artwork/item-1.jpg"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": 201},
        {"before": 0},
        {"before": 2**63},
        {"tier": "radio"},
        {"since": "yesterday"},
        {"since": "2026-03-01T12:00:00"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59-14:00"},
    ],
)
async def test_a_page_that_cannot_be_is_refused(anybody: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    answer = await anybody.get("/played", params=wrong)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_input")
