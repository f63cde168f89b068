"""The feed: in the order of commits, nothing lost, nothing shown that was not true."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from kit import app as kit
from kit.auth import Keys
from kit.contracts.facts import TierChanged
from kit.db import Sessions
from kit.facts import feed_router, read, record, set_aside
from small.settings import small_settings
from small.tables import Tables
from sqlalchemy import select

ADMIN, SERVICE = "admin-token-for-tests", "service-token-for-tests"


def fact(number: int) -> TierChanged:
    """A fact that can be told from the others."""
    return TierChanged(at=datetime.fromtimestamp(number, UTC), tier="user", previous=None)


async def write(sessions: Sessions, tables: Tables, *numbers: int) -> None:
    async with sessions.begin() as tx:
        await record(tx, tables.facts, [fact(number) for number in numbers])


async def feed(sessions: Sessions, tables: Tables, after: int = 0, limit: int = 1000) -> list[tuple[int, int]]:
    """Numbers in the feed, and of the facts they carry."""
    async with sessions() as tx:
        found = await read(tx, tables.facts, after=after, limit=limit)
    return [(one.seq, int(one.fact.at.timestamp())) for one in found]


async def test_facts_are_read_in_the_order_in_which_they_were_recorded(sessions: Sessions, tables: Tables) -> None:
    await write(sessions, tables, 1, 2)
    await write(sessions, tables, 3)
    assert [number for _, number in await feed(sessions, tables)] == [1, 2, 3]


async def test_a_second_writer_waits_so_that_no_smaller_number_comes_later(sessions: Sessions, tables: Tables) -> None:
    async with sessions() as first, first.begin():
        await record(first, tables.facts, [fact(1)])
        second = asyncio.create_task(write(sessions, tables, 2))
        await asyncio.sleep(0.2)
        assert not second.done()
        assert await feed(sessions, tables) == []
    await asyncio.wait_for(second, 5)
    assert [number for _, number in await feed(sessions, tables)] == [1, 2]


async def test_many_writers_at_once_never_show_a_reader_a_smaller_number_later(
    sessions: Sessions, tables: Tables
) -> None:
    writers = asyncio.gather(*(write(sessions, tables, number) for number in range(30)))
    seen: list[int] = []
    while not writers.done():
        seen += [seq for seq, _ in await feed(sessions, tables, after=seen[-1] if seen else 0)]
        await asyncio.sleep(0.001)
    await writers
    seen += [seq for seq, _ in await feed(sessions, tables, after=seen[-1] if seen else 0)]
    assert seen == [seq for seq, _ in await feed(sessions, tables)]
    assert len(seen) == 30


async def test_a_fact_that_was_rolled_back_never_was(sessions: Sessions, tables: Tables) -> None:
    async def fail() -> None:
        async with sessions.begin() as tx:
            await record(tx, tables.facts, [fact(1)])
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()
    await write(sessions, tables, 2)
    assert [number for _, number in await feed(sessions, tables)] == [2]


async def test_a_writer_that_has_nothing_to_tell_holds_up_nobody(sessions: Sessions, tables: Tables) -> None:
    async with sessions() as idle, idle.begin():
        await record(idle, tables.facts, [])
        await asyncio.wait_for(write(sessions, tables, 1), 5)


async def test_pages_follow_each_other(sessions: Sessions, tables: Tables) -> None:
    await write(sessions, tables, *range(10))
    first = await feed(sessions, tables, limit=4)
    second = await feed(sessions, tables, after=first[-1][0], limit=4)
    third = await feed(sessions, tables, after=second[-1][0], limit=4)
    assert [number for _, number in first + second + third] == list(range(10))
    assert await feed(sessions, tables, after=third[-1][0]) == []


async def test_what_is_set_aside_is_kept_whole_but_for_what_no_database_can_hold(
    sessions: Sessions, tables: Tables
) -> None:
    async with sessions.begin() as tx:
        await set_aside(tx, tables.set_aside, source="journal", body="a\0b 🎶", error="\0")
    async with sessions() as tx:
        (kept,) = (await tx.execute(select(tables.set_aside))).all()
    assert (kept.source, kept.body, kept.error) == ("journal", "a\ufffdb 🎶", "\ufffd")


@pytest.fixture
def client(sessions: Sessions, tables: Tables) -> httpx.AsyncClient:
    """A service that shows its feed."""
    settings = small_settings(ADMIN)
    keys = Keys((ADMIN,), {"api": SERVICE})
    app: FastAPI = kit.build("Test", settings, keys=keys, lifespan=lambda _: sessions())
    app.include_router(feed_router(tables.facts))
    app.state.sessions = sessions
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.mark.parametrize("token", [ADMIN, SERVICE])
async def test_services_and_administrators_read_the_feed(
    client: httpx.AsyncClient, sessions: Sessions, tables: Tables, token: str
) -> None:
    await write(sessions, tables, 1, 2, 3)
    (first, *_) = await feed(sessions, tables)
    answer = await client.get(
        "/internal/facts",
        params={"after": first[0], "limit": 1},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200
    assert [one["fact"]["at"] for one in answer.json()] == ["1970-01-01T00:00:02Z"]
    assert answer.json()[0]["fact"]["type"] == "tier_changed"


async def test_nobody_else_reads_the_feed(client: httpx.AsyncClient) -> None:
    assert (await client.get("/internal/facts")).status_code == 401
    wrong = {"Authorization": "Bearer wrong"}
    assert (await client.get("/internal/facts", headers=wrong)).status_code == 401


@pytest.mark.parametrize("wrong", [{"after": -1}, {"limit": 0}, {"limit": 1001}, {"after": "x"}])
async def test_a_page_that_cannot_be_is_refused(client: httpx.AsyncClient, wrong: dict[str, str | int]) -> None:
    answer = await client.get("/internal/facts", params=wrong, headers={"Authorization": f"Bearer {ADMIN}"})
    assert answer.status_code == 422
