"""Another service's facts are applied once each, in their order, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from kit import app as kit
from kit import reader
from kit.auth import Keys
from kit.contracts.facts import AnyFact, TierChanged
from kit.db import Sessions
from kit.facts import feed_router, record
from kit.reader import TRIES, Reader
from small.settings import small_settings
from small.tables import Tables
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

OWNER, TOKEN = "stream-control", "service-token-for-tests"
MakeReader = Callable[..., Reader]


def number(fact: AnyFact) -> int:
    return int(fact.at.timestamp())


async def tell(sessions: Sessions, tables: Tables, *numbers: int) -> None:
    """The owner records facts that can be told from each other."""
    told = [TierChanged(at=datetime.fromtimestamp(one, UTC), tier="user", previous=None) for one in numbers]
    async with sessions.begin() as tx:
        await record(tx, tables.facts, told)


@pytest.fixture
async def owner(sessions: Sessions, tables: Tables) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the owner's feed."""
    app: FastAPI = kit.build(
        "Owner", small_settings("admin-token-for-tests"), keys=Keys((), {"api": TOKEN}), lifespan=lambda _: sessions()
    )
    app.include_router(feed_router(tables.facts))
    app.state.sessions = sessions
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        yield client


@pytest.fixture
def make_reader(owner: httpx.AsyncClient, sessions: Sessions, tables: Tables) -> MakeReader:
    """Makes readers that note each fact's number."""

    async def note(tx: AsyncSession, fact: AnyFact) -> None:
        await tx.execute(insert(tables.notes).values(text=str(number(fact))))

    def make(apply: reader.Apply = note, http: httpx.AsyncClient = owner) -> Reader:
        return Reader(sessions, http, OWNER, "owner:1", TOKEN, tables.cursors, tables.set_aside, apply)

    return make


async def noted(sessions: Sessions, tables: Tables) -> list[int]:
    async with sessions() as tx:
        return [int(told) for told in await tx.scalars(select(tables.notes.c.text))]


async def aside(sessions: Sessions, tables: Tables) -> list[tuple[str, str]]:
    async with sessions() as tx:
        rows = await tx.execute(select(tables.set_aside.c.source, tables.set_aside.c.error))
        return [(source, error) for source, error in rows]


async def test_facts_are_applied_once_in_their_order(
    make_reader: MakeReader, sessions: Sessions, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "BATCH", 3)
    await tell(sessions, tables, *range(10))
    await make_reader().step()
    await tell(sessions, tables, 10)
    await make_reader().step()
    await make_reader().step()
    assert await noted(sessions, tables) == list(range(11))


async def test_two_readers_at_once_apply_each_fact_once(
    make_reader: MakeReader, sessions: Sessions, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "BATCH", 2)
    await tell(sessions, tables, *range(40))
    await asyncio.gather(*(make_reader().step() for _ in range(3)))
    assert await noted(sessions, tables) == list(range(40))


async def test_a_fact_whose_effect_fails_is_tried_again_with_what_it_left_undone(
    make_reader: MakeReader, sessions: Sessions, tables: Tables
) -> None:
    failures = [ValueError("not yet"), ValueError("not yet")]

    async def apply(tx: AsyncSession, fact: AnyFact) -> None:
        await tx.execute(insert(tables.notes).values(text=str(number(fact))))
        if number(fact) == 2 and failures:
            raise failures.pop()

    following = make_reader(apply)
    await tell(sessions, tables, 1, 2, 3)
    for _ in range(2):
        with pytest.raises(ValueError, match="not yet"):
            await following.step()
        assert await noted(sessions, tables) == [1], "what came before it stays, its own half is undone"
    await following.step()
    assert await noted(sessions, tables) == [1, 2, 3]
    assert await aside(sessions, tables) == []


async def test_a_fact_that_fails_five_times_is_set_aside_and_the_next_is_read(
    make_reader: MakeReader, sessions: Sessions, tables: Tables
) -> None:
    async def apply(tx: AsyncSession, fact: AnyFact) -> None:
        if number(fact) == 1:
            raise ValueError("never")
        await tx.execute(insert(tables.notes).values(text=str(number(fact))))

    following = make_reader(apply)
    await tell(sessions, tables, 1, 2)
    for _ in range(TRIES - 1):
        with pytest.raises(ValueError, match="never"):
            await following.step()
    await following.step()
    assert await noted(sessions, tables) == [2]
    assert await aside(sessions, tables) == [(OWNER, "ValueError('never')")]


async def test_an_effect_that_the_database_refuses_does_not_stop_the_feed(
    make_reader: MakeReader, sessions: Sessions, tables: Tables
) -> None:
    async def apply(tx: AsyncSession, fact: AnyFact) -> None:
        await tx.execute(insert(tables.notes).values(text=None if number(fact) == 1 else "2"))

    following = make_reader(apply)
    await tell(sessions, tables, 1, 2)
    for _ in range(TRIES - 1):
        with pytest.raises(DBAPIError):
            await following.step()
    await following.step()
    assert await noted(sessions, tables) == [2]


async def test_a_fact_of_a_kind_that_is_not_known_yet_is_passed_over(
    make_reader: MakeReader, sessions: Sessions, tables: Tables
) -> None:
    strange = {"type": "hologram_shown", "at": "2026-01-01T00:00:00Z"}
    told = httpx.Response(200, json=[{"seq": 1, "fact": strange}])
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["after"])
        return told if asked == ["0"] else httpx.Response(200, json=[])

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as newer:
        await make_reader(http=newer).step()
    assert asked == ["0", "1"]
    assert await aside(sessions, tables) == []


async def test_an_owner_that_is_away_or_refuses_is_asked_again_from_the_same_place(
    make_reader: MakeReader, sessions: Sessions, tables: Tables
) -> None:
    await tell(sessions, tables, 1)
    async with httpx.AsyncClient() as real:
        gone = make_reader(http=real)
        gone.address = "127.0.0.1:1"
        with pytest.raises(httpx.TransportError):
            await gone.step()
    stranger = make_reader()
    stranger.token = "wrong"
    with pytest.raises(httpx.HTTPStatusError):
        await stranger.step()
    await make_reader().step()
    assert await noted(sessions, tables) == [1]


async def test_a_database_that_goes_away_in_the_middle_costs_nothing(
    make_reader: MakeReader, sessions: Sessions, tables: Tables
) -> None:
    dying = True

    async def apply(tx: AsyncSession, fact: AnyFact) -> None:
        await tx.execute(insert(tables.notes).values(text=str(number(fact))))
        if dying and number(fact) == 2:
            await tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    following = make_reader(apply)
    await tell(sessions, tables, 1, 2, 3)
    for _ in range(TRIES + 1):
        with pytest.raises(DBAPIError):
            await following.step()
        assert await noted(sessions, tables) == []
    dying = False
    await following.step()
    assert await noted(sessions, tables) == [1, 2, 3]
    assert await aside(sessions, tables) == [], "the database's death is no fault of the fact"
