"""Readiness: what is wrong is said in words, and nobody waits long for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import httpx
import pytest
from kit.db import Sessions
from kit.readiness import Check
from redis.asyncio import Redis
from rig.engine import control_socket
from rig.journals import boot, tier, written
from stream_control import tables
from stream_control.engine.icecast import Icecast
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.monitor.readiness import Parts
from stream_control.monitor.service import Heard, Monitor
from stream_control.now_playing.service import Follower
from stream_control.recorder.state import State, Writing
from stream_control.settings import Settings
from stream_control.wanted.items import Items


@pytest.fixture
async def parts(settings: Settings, sessions: Sessions, redis: Redis) -> Parts:
    """A station whose engines are away; its journal says that requests are heard."""
    file = settings.journal_folder / f"{datetime.now(UTC):%Y-%m-%d}.jsonl"
    file.write_text(f"{written(boot(1))}\n{written(tier(2, 'user'))}\n")
    follower = Follower(settings.journal_folder, settings.public_folder, Items(), "Test Radio")
    await follower.step()
    icecast = Icecast(httpx.AsyncClient(), settings.icecast_address, "x")
    return Parts(
        sessions,
        redis,
        Liquidsoap(settings.liquidsoap_socket),
        icecast,
        MappingProxyType({}),
        Monitor(icecast, follower, settings.run),
        follower,
        settings.run,
        settings.var,
        0,
    )


async def check(parts: Parts, name: str) -> Check:
    return (await parts.readiness()).checks[name]


HEARD = [
    (Heard(), "not measured lately"),
    (Heard(-20, datetime.now(UTC) - timedelta(minutes=2)), "not measured lately"),
    (Heard(None, datetime.now(UTC) + timedelta(hours=1)), "nothing comes"),
    (Heard(-91, datetime.now(UTC) + timedelta(hours=1)), "silent: -91 dBFS"),
]


@pytest.mark.parametrize(("heard", "problem"), HEARD)
async def test_a_stream_that_is_not_heard_is_not_well(parts: Parts, heard: Heard, problem: str) -> None:
    parts.monitor.heard = heard
    assert await check(parts, "stream") == Check(ok=False, detail=problem)


async def test_a_stream_that_is_heard_is_well(parts: Parts) -> None:
    parts.monitor.heard = Heard(-20, datetime.now(UTC))
    assert await check(parts, "stream") == Check(ok=True, detail="user at -20 dBFS")


async def test_an_engine_that_answers_is_well(parts: Parts, settings: Settings) -> None:
    assert not (await check(parts, "liquidsoap")).ok
    async with control_socket(settings.liquidsoap_socket):
        assert await check(parts, "liquidsoap") == Check(ok=True, detail="up for 12 s")


async def test_a_disk_that_is_nearly_full_is_not_well(parts: Parts) -> None:
    assert (await check(parts, "disk")).ok
    full = await check(replace(parts, reserve_mb=10**9), "disk")
    assert not full.ok
    assert "nearly full" in full.detail


async def test_what_was_set_aside_is_counted(parts: Parts, sessions: Sessions) -> None:
    async with sessions.begin() as tx:
        await tx.execute(tables.set_aside.insert().values(source="journal", body="x", error="y"))
    assert (await check(parts, "facts_set_aside")).detail == "1"


async def test_a_recorder_that_records_is_well_and_one_that_does_not_is_not(parts: Parts, settings: Settings) -> None:
    assert await check(parts, "recorder") == Check(ok=False, detail="has never said anything")
    file = settings.run / "recorder.json"
    well = Writing(is_connected=True, file="air/today/12.opus")
    file.write_text(State(at=datetime.now(UTC), live=Writing(is_connected=True), air=well).model_dump_json())
    assert await check(parts, "recorder") == Check(ok=True, detail="writes air/today/12.opus")
    file.write_text(State(at=datetime.now(UTC), live=Writing(problem="x"), air=Writing()).model_dump_json())
    assert await check(parts, "recorder") == Check(ok=False, detail="live: x; air: the engine gives nothing")
