"""A real Icecast with the station's configuration, one source and one listener."""

import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from kit.testing import AS_USER, free_port
from rig.station import ICECAST_PASSWORD, NOWHERE
from rig.waiting import answers, until, wait_until
from stream_control.engine.icecast import Icecast
from stream_control.engine.unreachable import EngineUnreachable

from native.files import render

TEMPLATE = Path(__file__).parents[4] / "icecast" / "icecast.xml"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """An Icecast to which nobody is connected."""
    port = free_port()
    with TemporaryDirectory(prefix="airtight-", dir="/tmp") as name:
        folder = Path(name)
        values = {
            "AIRTIGHT_ICECAST_SOURCE_PASSWORD": "source",
            "AIRTIGHT_ICECAST_ADMIN_PASSWORD": ICECAST_PASSWORD,
            "AIRTIGHT_PORT_ICECAST": str(port),
            "AIRTIGHT_ICECAST_BIND": "127.0.0.1",
            "AIRTIGHT_LOG": name,
        }
        render(TEMPLATE, folder / "icecast.xml", values)
        folder.chmod(0o777)
        (folder / "icecast.xml").chmod(0o644)
        server = subprocess.Popen(
            ["icecast2", "-c", folder / "icecast.xml"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **AS_USER,
        )
        try:
            wait_until(lambda: answers(port))
            time.sleep(0.7)  # 2.4.4 can crash when a source connects the moment it starts
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
def icecast(http: httpx.AsyncClient, address: str) -> Icecast:
    return Icecast(http, address, ICECAST_PASSWORD)


@pytest.fixture
def source(address: str) -> Iterator[None]:
    """Somebody plays on /radio.mp3."""
    sound = ["-f", "lavfi", "-i", "sine=440", "-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg"]
    target = f"icecast://source:source@{address}/radio.mp3"
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-re", *sound, "-f", "mp3", target]
    process = subprocess.Popen(command)
    yield
    process.kill()
    process.wait()


async def test_a_server_without_sources_has_no_mounts(icecast: Icecast) -> None:
    assert await icecast.listeners() == {}


async def test_listeners_are_counted_by_mount(
    icecast: Icecast, address: str, http: httpx.AsyncClient, source: None
) -> None:
    async def count_is(number: int) -> bool:
        return await icecast.listeners() == {"/radio.mp3": number}

    await until(lambda: count_is(0))
    async with http.stream("GET", f"http://{address}/radio.mp3"):
        await until(lambda: count_is(1))
    await until(lambda: count_is(0))


async def test_a_server_that_is_not_there_is_unreachable(http: httpx.AsyncClient) -> None:
    with pytest.raises(EngineUnreachable):
        await Icecast(http, NOWHERE, ICECAST_PASSWORD).listeners()


async def test_a_server_that_does_not_know_us_is_unreachable(http: httpx.AsyncClient, address: str) -> None:
    with pytest.raises(EngineUnreachable):
        await Icecast(http, address, "wrong").listeners()
