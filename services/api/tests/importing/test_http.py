"""The imports' folder over HTTP: asked for, watched, and every file's fate in pages."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
from api.importing.models import ImportFile, ImportRun
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import func, select

BASE = "/library/import"


def file(path: str, state: str, **given: object) -> ImportFile:
    known = {"size": 1, "changed_ns": 1, "seen": 1, "problem": "It is empty." if state == "refused" else None}
    return ImportFile(path=path, state=state, **{**known, **given})


async def test_a_look_is_asked_for_once_at_a_time_and_wakes_the_worker(
    station_admin: httpx.AsyncClient, sessions: Sessions, redis: Redis
) -> None:
    assert (await station_admin.get(BASE)).json() == {
        "run": None, "waiting": 0, "imported": 0, "refused": 0, "missing": 0,
    }  # fmt: skip
    async with redis.pubsub() as subscription:
        await subscription.subscribe("airtight:facts:imports")
        await subscription.get_message(timeout=1)
        answers = await asyncio.gather(*(station_admin.post(BASE) for _ in range(4)))
        assert await subscription.get_message(ignore_subscribe_messages=True, timeout=2)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["run"]["id"] for answer in answers}) == 1
    async with sessions() as tx:
        assert await tx.scalar(select(func.count()).select_from(ImportRun)) == 1


async def test_files_are_listed_by_path_in_pages_and_long_missing_ones_are_offered(
    station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    now = datetime.now(UTC)
    async with sessions.begin() as tx:
        tx.add_all(
            [
                file("a.mp3", "refused"),
                file("b/ö.mp3", "imported"),
                file("c.mp3", "missing", missing_since=now - timedelta(days=40)),
                file("d.mp3", "missing", missing_since=now - timedelta(days=5)),
                file("e.mp3", "waiting"),
            ]
        )
    counted = (await station_admin.get(BASE)).json()
    assert [counted[state] for state in ("waiting", "imported", "refused", "missing")] == [1, 1, 1, 2]
    found, cursor = [], None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await station_admin.get(f"{BASE}/files", params=params)).json()
        found += [one["path"] for one in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert found == ["a.mp3", "b/ö.mp3", "c.mp3", "d.mp3", "e.mp3"]

    async def paths(**params: str) -> list[str]:
        return [one["path"] for one in (await station_admin.get(f"{BASE}/files", params=params)).json()["items"]]

    assert await paths(state="refused") == ["a.mp3"]
    assert await paths(state="missing") == ["c.mp3", "d.mp3"]
    assert await paths(missing_days="30") == ["c.mp3"]
    wrong = await station_admin.get(f"{BASE}/files", params={"cursor": "a\0b"})
    assert wrong.status_code == 422
