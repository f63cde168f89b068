"""The engine's control socket: what is said, what is understood, and what happens when it is not well."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rig.engine import SpokenTo, control_socket
from rig.waiting import until
from stream_control.engine import liquidsoap as module
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.unreachable import EngineUnreachable


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SpokenTo]:
    async with control_socket(tmp_path / "control.sock") as engine:
        yield engine


@pytest.fixture
def liquidsoap(tmp_path: Path) -> Liquidsoap:
    return Liquidsoap(tmp_path / "control.sock")


async def test_the_engine_tells_how_it_is(engine: SpokenTo, liquidsoap: Liquidsoap) -> None:
    status = await liquidsoap.status()
    assert (status.tier, status.uptime) == ("fallback", 12.5)
    assert status.fallback.ready
    assert not status.user.ready


async def test_each_order_is_one_command(engine: SpokenTo, liquidsoap: Liquidsoap) -> None:
    await liquidsoap.set_gate("user", open=True)
    await liquidsoap.set_gate("fallback", open=False)
    await liquidsoap.note("user", "skipped")
    await liquidsoap.note_resumed("fallback")
    assert engine.commands == ["gate.user open", "gate.fallback closed", "note.user skipped", "resumed.fallback"]


@pytest.mark.parametrize("title", ["plain", 'say "x" \\ y', "two\nlines\r\nand quit", "名前 🎶", "", "x" * 3000])
async def test_any_title_is_one_line_that_is_read_back_as_it_was(
    engine: SpokenTo, liquidsoap: Liquidsoap, title: str
) -> None:
    await liquidsoap.set_title(title, "Artist")
    (command,) = engine.commands
    name, _, argument = command.partition(" ")
    assert (name, json.loads(argument)) == ("air.title", {"title": title, "artist": "Artist"})


async def test_no_connection_is_left_open(engine: SpokenTo, liquidsoap: Liquidsoap) -> None:
    await asyncio.gather(*(liquidsoap.status() for _ in range(10)))

    async def closed() -> bool:
        return engine.open_connections == 0

    await until(closed)
    assert engine.connections == 10


async def test_an_order_that_is_refused_is_a_bug_and_no_refusal(engine: SpokenTo, liquidsoap: Liquidsoap) -> None:
    engine.answer = lambda _: "ERROR: unknown command, type 'help' to get a list of commands."
    with pytest.raises(ValueError, match=r"air\.status"):
        await liquidsoap.status()


async def test_a_status_that_is_no_status_is_a_bug(engine: SpokenTo, liquidsoap: Liquidsoap) -> None:
    engine.answer = lambda _: "hello"
    with pytest.raises(ValueError, match="AirStatus"):
        await liquidsoap.status()


async def test_an_engine_that_hangs_is_unreachable(
    engine: SpokenTo, liquidsoap: Liquidsoap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    engine.answer = lambda _: None
    with pytest.raises(EngineUnreachable):
        await liquidsoap.status()


async def test_an_engine_that_is_not_there_is_unreachable(liquidsoap: Liquidsoap) -> None:
    with pytest.raises(EngineUnreachable):
        await liquidsoap.set_gate("user", open=True)


async def test_an_engine_that_dies_in_the_middle_of_its_answer_is_unreachable(
    tmp_path: Path, liquidsoap: Liquidsoap
) -> None:
    async def die(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'{"tier":')
        writer.close()

    async with await asyncio.start_unix_server(die, tmp_path / "control.sock"):
        with pytest.raises(EngineUnreachable):
            await liquidsoap.status()


async def test_an_engine_that_never_stops_talking_is_unreachable(tmp_path: Path, liquidsoap: Liquidsoap) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(b"x" * 100_000)
                await writer.drain()
        except ConnectionError:
            writer.close()

    async with await asyncio.start_unix_server(babble, tmp_path / "control.sock"):
        with pytest.raises(EngineUnreachable):
            await liquidsoap.status()


async def test_the_death_of_the_engine_is_noticed_at_once(tmp_path: Path, liquidsoap: Liquidsoap) -> None:
    reached = asyncio.Event()
    async with control_socket(tmp_path / "control.sock") as engine:
        watching = asyncio.create_task(liquidsoap.outlive(reached.set))
        await asyncio.wait_for(reached.wait(), 2)
        assert not watching.done()
        engine.die()
        await asyncio.wait_for(watching, 0.5)


async def test_there_is_no_engine_to_outlive(liquidsoap: Liquidsoap) -> None:
    with pytest.raises(EngineUnreachable):
        await liquidsoap.outlive(lambda: None)
