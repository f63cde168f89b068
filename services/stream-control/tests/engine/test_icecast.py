"""A real Icecast with the station's configuration, one source and one listener."""

import subprocess
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from rig.icecast import SOURCE_PASSWORD
from rig.station import ICECAST_PASSWORD, NOWHERE
from rig.waiting import until
from stream_control.engine.icecast import Icecast
from stream_control.engine.unreachable import EngineUnreachable


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
def icecast(http: httpx.AsyncClient, icecast_address: str) -> Icecast:
    return Icecast(http, icecast_address, ICECAST_PASSWORD)


@pytest.fixture
def source(icecast_address: str) -> Iterator[None]:
    """Somebody plays on /radio.mp3."""
    sound = ["-f", "lavfi", "-i", "sine=440", "-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg"]
    target = f"icecast://source:{SOURCE_PASSWORD}@{icecast_address}/radio.mp3"
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-re", *sound, "-f", "mp3", target]
    process = subprocess.Popen(command)
    yield
    process.kill()
    process.wait()


async def test_a_server_without_sources_has_no_mounts(icecast: Icecast) -> None:
    assert await icecast.listeners() == {}


async def test_listeners_are_counted_by_mount(
    icecast: Icecast, icecast_address: str, http: httpx.AsyncClient, source: None
) -> None:
    async def count_is(number: int) -> bool:
        return await icecast.listeners() == {"/radio.mp3": number}

    await until(lambda: count_is(0))
    async with http.stream("GET", f"http://{icecast_address}/radio.mp3"):
        await until(lambda: count_is(1))
    await until(lambda: count_is(0))


async def test_a_server_that_is_not_there_is_unreachable(http: httpx.AsyncClient) -> None:
    with pytest.raises(EngineUnreachable):
        await Icecast(http, NOWHERE, ICECAST_PASSWORD).listeners()


async def test_a_server_that_does_not_know_us_is_unreachable(http: httpx.AsyncClient, icecast_address: str) -> None:
    with pytest.raises(EngineUnreachable):
        await Icecast(http, icecast_address, "wrong").listeners()
