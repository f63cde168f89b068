"""`/ready` says of each part whether it is well."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from api import tables
from api.monitor.readiness import Parts
from kit import db, facts
from kit.db import Sessions
from kit.readiness import Check
from redis.asyncio import Redis
from sqlalchemy import text

Ask = Callable[..., Parts]


def just_now() -> datetime | None:
    return datetime.now(UTC)


@pytest.fixture
def parts(sessions: Sessions, redis: Redis, tmp_path: Path) -> Ask:
    """Parts of a service that is well but for its worker; `given` ones are another thing."""

    def make(
        *, feed_read_at: Callable[[], datetime | None] = just_now, reserve_mb: int = 0, redis: Redis = redis
    ) -> Parts:
        return Parts(sessions, redis, feed_read_at, tmp_path, reserve_mb)

    return make


@pytest.fixture
async def worker(sessions: Sessions) -> None:
    """A worker that has just shown a sign of life."""
    await show_life(sessions, seconds_ago=1)


async def show_life(sessions: Sessions, *, seconds_ago: float) -> None:
    at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    async with sessions.begin() as tx:
        await tx.execute(text("DELETE FROM procrastinate_workers"))
        await tx.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (:at)"), {"at": at})


async def test_a_service_whose_parts_are_well_is_ready(parts: Ask, worker: None) -> None:
    answer = await parts().readiness()
    assert answer.ready, answer
    assert set(answer.checks) == {"database", "redis", "stream_control", "facts_set_aside", "worker", "disk"}


@pytest.mark.parametrize(
    ("ago", "said"),
    [(None, "not been read"), (timedelta(minutes=2), "last read 1")],
)
async def test_a_feed_that_is_not_read_is_told(parts: Ask, worker: None, ago: timedelta | None, said: str) -> None:
    answer = await parts(feed_read_at=lambda: datetime.now(UTC) - ago if ago else None).readiness()
    assert not answer.ready
    assert not answer.checks["stream_control"].ok
    assert said in answer.checks["stream_control"].detail


async def test_without_a_living_worker_the_service_is_not_ready(parts: Ask, sessions: Sessions) -> None:
    async with sessions.begin() as tx:
        await tx.execute(text("DELETE FROM procrastinate_workers"))
    assert (await parts().readiness()).checks["worker"] == Check(ok=False, detail="none is alive")
    await show_life(sessions, seconds_ago=60)
    assert (await parts().readiness()).checks["worker"] == Check(ok=False, detail="last heard of 60 s ago")


async def test_what_was_set_aside_is_counted_and_makes_nothing_unready(
    parts: Ask, worker: None, sessions: Sessions
) -> None:
    async with sessions.begin() as tx:
        await facts.set_aside(tx, tables.set_aside, source="stream-control", body="{}", error="why")
    answer = await parts().readiness()
    assert answer.ready
    assert answer.checks["facts_set_aside"].detail == "1"


async def test_a_redis_that_is_away_is_told_and_holds_up_nothing(parts: Ask, worker: None) -> None:
    away = Redis.from_url("unix:///nowhere")
    answer = await parts(redis=away).readiness()
    assert [name for name, check in answer.checks.items() if not check.ok] == ["redis"]
    await away.aclose()


async def test_a_database_that_is_away_is_told(redis: Redis, tmp_path: Path) -> None:
    engine = db.connect(f"postgresql+asyncpg://nobody@/x?host={tmp_path}")
    answer = await Parts(db.sessions(engine), redis, just_now, tmp_path, 0).readiness()
    failing = [name for name, check in answer.checks.items() if not check.ok]
    assert failing == ["database", "facts_set_aside", "worker"]
    await engine.dispose()


async def test_a_disk_that_is_nearly_full_is_told(parts: Ask, worker: None) -> None:
    answer = await parts(reserve_mb=10**9).readiness()
    assert [name for name, check in answer.checks.items() if not check.ok] == ["disk"]
    assert "nearly full" in answer.checks["disk"].detail


async def test_the_answer_is_503_while_a_part_is_not_well(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert answer.json()["checks"]["database"] == {"ok": True, "detail": "answers"}


async def test_figures_are_told(anybody: httpx.AsyncClient) -> None:
    await anybody.get("/ready")
    told = (await anybody.get("/metrics")).text
    for name in ("airtight_api_set_aside", "airtight_jobs_waiting", "airtight_event_clients"):
        assert f"\n{name} " in told
