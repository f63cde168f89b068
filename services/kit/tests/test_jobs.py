"""A job is done once it is wanted for certain, and not lost with whoever was at it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kit import db, jobs
from kit.db import Sessions
from kit.testing import Servers, sql
from sqlalchemy import text

Diary = Callable[[], list[str]]


@pytest.fixture(scope="module")
def jobs_database(servers: Servers) -> Iterator[str]:
    """Address of an empty database whose schema `work` is found first."""
    sql(servers, "CREATE DATABASE jobs_test")
    sql(servers, "CREATE SCHEMA work", database="jobs_test")
    sql(servers, "ALTER DATABASE jobs_test SET search_path TO work")
    yield servers.url("jobs_test")
    sql(servers, "DROP DATABASE jobs_test WITH (FORCE)")


@pytest.fixture(scope="module")
async def tables(jobs_database: str) -> None:
    """The jobs' tables, made as a migration makes them."""
    engine = db.connect(jobs_database)
    async with engine.begin() as connection:
        await connection.run_sync(jobs.create_tables)
    await engine.dispose()


@pytest.fixture
async def desk(jobs_database: str, tables: None) -> AsyncIterator[Sessions]:
    """Sessions on the jobs' database, without a job in it."""
    engine = db.connect(jobs_database)
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE procrastinate_jobs CASCADE"))
    yield db.sessions(engine)
    await engine.dispose()


@contextmanager
def worker(database_url: str, diary: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["services/kit", "services/kit/tests"])}
    command = [sys.executable, "-m", "small.worker", database_url, str(diary)]
    process = subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[3])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def until(true: Callable[[], object], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def lines(diary: Path) -> list[str]:
    return diary.read_text().splitlines() if diary.exists() else []


async def count(desk: Sessions) -> int:
    async with desk() as tx:
        return await tx.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0


async def until_done(desk: Sessions) -> None:
    """A job is forgotten a moment after its work is done."""
    async with asyncio.timeout(15):
        while await count(desk):
            await asyncio.sleep(0.02)


async def test_the_jobs_tables_are_in_the_schema_of_their_service(servers: Servers, tables: None) -> None:
    query = "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'procrastinate%'"
    assert sql(servers, query, database="jobs_test").split() == ["work"]


async def test_a_rollback_leaves_no_job(desk: Sessions) -> None:
    async def change_of_mind() -> None:
        async with desk.begin() as tx:
            await jobs.defer(tx, "quick", queue="small", word="never")
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await change_of_mind()
    assert await count(desk) == 0


async def test_a_commit_wakes_the_worker_at_once_and_a_job_that_is_done_is_gone(
    desk: Sessions, jobs_database: str, tmp_path: Path
) -> None:
    diary = tmp_path / "diary"
    with worker(jobs_database, diary):
        async with desk.begin() as tx:
            await jobs.defer(tx, "quick", queue="small", word="first")
        await until(lambda: lines(diary) == ["quick first"])
        async with desk.begin() as tx:
            await jobs.defer(tx, "quick", queue="small", word="Ünïcode \"'")
            await asyncio.sleep(0.5)
            assert lines(diary) == ["quick first"], "not before the commit"
        committed = time.monotonic()
        await until(lambda: len(lines(diary)) == 2)
        # Its own polling would take five seconds.
        assert time.monotonic() - committed < 4
        assert lines(diary)[1] == "quick Ünïcode \"'"
        await until_done(desk)


async def test_a_job_whose_worker_was_killed_is_done_by_another(
    desk: Sessions, jobs_database: str, tmp_path: Path
) -> None:
    diary = tmp_path / "diary"
    async with desk.begin() as tx:
        await jobs.defer(tx, "slow", queue="small", word="song")
    with worker(jobs_database, diary) as first:
        await until(lambda: lines(diary) == ["began song"])
        first.kill()
        first.wait()
    with worker(jobs_database, diary):
        await until(lambda: lines(diary)[-1] == "ended song", seconds=jobs.DEAD_AFTER + 15)
        await until_done(desk)
    assert lines(diary) == ["began song", "began song", "ended song"]


async def test_a_job_whose_worker_lives_is_left_to_it(desk: Sessions, jobs_database: str, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    async with desk.begin() as tx:
        await jobs.defer(tx, "slow", queue="small", word="long song")
    with worker(jobs_database, diary), worker(jobs_database, diary):
        await until(lambda: lines(diary))
        await asyncio.sleep(jobs.DEAD_AFTER + 2)
    assert lines(diary) == ["began long song"]


async def test_a_worker_goes_on_after_the_database_cut_it_off(
    desk: Sessions, jobs_database: str, servers: Servers, tmp_path: Path
) -> None:
    diary = tmp_path / "diary"
    with worker(jobs_database, diary):
        async with desk.begin() as tx:
            await jobs.defer(tx, "quick", queue="small", word="before")
        await until(lambda: lines(diary) == ["quick before"])
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'jobs_test'"
        sql(servers, cut)
        async with desk.begin() as tx:
            await jobs.defer(tx, "quick", queue="small", word="after")
        await until(lambda: lines(diary) == ["quick before", "quick after"])


async def test_a_queue_that_is_full_keeps_no_other_waiting_and_a_higher_priority_goes_first(
    desk: Sessions, jobs_database: str, tmp_path: Path
) -> None:
    diary = tmp_path / "diary"
    async with desk.begin() as tx:
        for number in range(2):
            await jobs.defer(tx, "slow", queue="small", word=f"song {number}")
        await jobs.defer(tx, "quick", queue="single", word="first come")
        await jobs.defer(tx, "quick", queue="single", priority=1, word="first served")
    with worker(jobs_database, diary):
        await until(lambda: len(lines(diary)) == 4)
    quick = [line for line in lines(diary) if line.startswith("quick")]
    assert quick == ["quick first served", "quick first come"]
