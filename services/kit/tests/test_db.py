"""One request is one transaction, and a database that is away is no mystery."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from kit import app as kit
from kit import db
from kit.auth import Keys
from kit.db import Sessions, Transaction
from kit.testing import PASSWORD, Servers, running_servers, sql
from small.settings import small_settings
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.types import Message, Receive, Scope, Send

TOKEN = "admin-token-for-tests"
NOTES = "SELECT count(*) FROM kit_test.notes"


def service(sessions: Sessions) -> FastAPI:
    """A service that takes notes."""
    settings = small_settings(TOKEN)
    app = kit.build("Test", settings, keys=Keys((TOKEN,)), lifespan=lambda _: sessions())
    app.state.sessions = sessions

    @app.post("/note")
    async def note(tx: Transaction, fail: bool = False) -> str:
        await tx.execute(text("INSERT INTO kit_test.notes VALUES ('x')"))
        if fail:
            raise RuntimeError("after the insert")
        return "noted"

    @app.get("/one")
    async def one(tx: Transaction) -> int:
        return int(await tx.scalar(text("SELECT 1")) or 0)

    @app.get("/killed")
    async def killed(tx: Transaction) -> None:
        await tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    @app.get("/wrong")
    async def wrong(tx: Transaction) -> None:
        await tx.execute(text("SELECT * FROM kit_test.nowhere"))

    return app


def client_of(sessions: Sessions) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(service(sessions), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def count(sessions: Sessions) -> int:
    async with sessions() as tx:
        return int(await tx.scalar(text(NOTES)) or 0)


async def test_what_a_request_did_is_committed_before_its_answer(sessions: Sessions) -> None:
    seen: list[int] = []
    app = service(sessions)

    async def listening(scope: Scope, receive: Receive, send: Send) -> None:
        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.append(await count(sessions))
            await send(message)

        await app(scope, receive, telling)

    transport = httpx.ASGITransport(listening)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.post("/note")).status_code == 200
    assert seen == [1]


async def test_what_a_request_that_failed_did_is_undone(sessions: Sessions) -> None:
    async with client_of(sessions) as client:
        assert (await client.post("/note", params={"fail": True})).status_code == 500
        assert await count(sessions) == 0
        assert (await client.post("/note")).status_code == 200
    assert await count(sessions) == 1


async def test_a_statement_that_is_wrong_is_a_bug_and_no_outage(sessions: Sessions) -> None:
    async with client_of(sessions) as client:
        assert (await client.get("/wrong")).status_code == 500


async def test_a_connection_that_dies_in_a_request_is_an_outage_and_the_next_request_works(
    sessions: Sessions,
) -> None:
    async with client_of(sessions) as client:
        answer = await client.get("/killed")
        assert (answer.status_code, answer.json()["error_code"]) == (503, "database_unavailable")
        assert (await client.get("/one")).status_code == 200


async def test_connections_that_died_meanwhile_are_noticed(sessions: Sessions, servers: Servers) -> None:
    async with client_of(sessions) as client:
        assert (await client.get("/one")).status_code == 200
        sql(servers, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'kit_test'")
        assert (await client.get("/one")).status_code == 200


async def test_objects_stay_readable_after_the_commit(sessions: Sessions) -> None:
    assert sessions.kw["expire_on_commit"] is False


@pytest.fixture
def mortal() -> Iterator[Servers]:
    """Servers that a test may end."""
    with running_servers() as servers:
        yield servers


def postmaster(servers: Servers) -> int:
    return int((servers.folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@pytest.fixture
async def on_mortal(mortal: Servers) -> AsyncIterator[httpx.AsyncClient]:
    """A service that connects anew for every request."""
    engine = create_async_engine(mortal.url("postgres"), poolclass=NullPool)
    async with client_of(db.sessions(engine)) as client:
        yield client


async def outage(client: httpx.AsyncClient) -> None:
    answer = await client.get("/one")
    assert (answer.status_code, answer.json()["error_code"]) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "5"


async def test_a_database_that_stops_starts_and_hangs_is_an_outage(
    mortal: Servers, on_mortal: httpx.AsyncClient
) -> None:
    assert (await on_mortal.get("/one")).status_code == 200
    holding = await hold_open(mortal)
    pid = postmaster(mortal)
    os.kill(pid, signal.SIGTERM)  # it waits for its clients and lets nobody in, as while it starts
    await asyncio.sleep(0.3)
    sql_ended(mortal)
    await outage(on_mortal)
    os.kill(pid, signal.SIGQUIT)
    holding.wait()
    await asyncio.sleep(0.3)
    await outage(on_mortal)


async def hold_open(servers: Servers) -> subprocess.Popen[bytes]:
    """A client that stays."""
    command = [str(servers.bin / "psql"), "-h", str(servers.folder), "-U", "postgres", "-c", "SELECT pg_sleep(60)"]
    process = subprocess.Popen(
        command, env={**os.environ, "PGPASSWORD": PASSWORD}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    await asyncio.sleep(0.5)
    return process


def sql_ended(servers: Servers) -> None:
    """Nobody is let in any more."""
    with pytest.raises(subprocess.CalledProcessError) as refused:
        sql(servers, "SELECT 1")
    assert b"shutting down" in str(refused.value.stderr).encode()


async def test_a_database_that_hangs_is_an_outage(servers: Servers, tmp_path: Path) -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_unix_server(never, tmp_path / ".s.PGSQL.5432"):
        url = f"postgresql+asyncpg://x:x@/x?host={tmp_path}"
        engine = create_async_engine(url, pool_size=1, connect_args={"timeout": 0.3})
        async with client_of(db.sessions(engine)) as client:
            await outage(client)
