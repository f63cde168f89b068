"""Bodies with files: taken to the disk within limits, and nothing left behind when they are not whole."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api import uploads
from api.uploads import UPLOAD_REFUSALS, receive
from desk.settings import api_settings
from fastapi import FastAPI, Request
from kit import app as kit
from kit.refusal import refusals
from kit.testing import free_port, served

LIMIT = 3_000_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    """A service whose only route receives forms and tells what it received."""
    port = free_port()
    settings = api_settings(place, "postgresql+asyncpg://nobody@/none", "unix:///none", port=port)
    app: FastAPI = kit.build("Uploads", settings, keys=settings.keys, lifespan=None, max_upload_bytes={"/in": 10**8})  # type: ignore[arg-type]
    numbers = iter(range(10**6))

    @app.post("/in", responses=refusals(*UPLOAD_REFUSALS))
    async def take(request: Request, reserve_mb: int = 0) -> dict[str, Any]:
        folder = place / "in" / str(next(numbers))
        received = await receive(
            request, limit_bytes=LIMIT, folder=folder, fields=("url", "note"), most_files=2, reserve_mb=reserve_mb
        )
        files = [[one.name, one.suffix, one.size, one.path.read_bytes()[:10].hex()] for one in received.files]
        assert all(one.path.stat().st_size == one.size for one in received.files)
        uploads.discard(folder)
        return {"fields": received.fields, "files": files}

    with served(app, port) as url:
        yield url


@pytest.fixture(autouse=True)
def nothing_left(place: Path) -> Iterator[None]:
    yield
    assert not list((place / "in").glob("*"))


async def send(address: str, **given: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        return await client.post("/in", **given)


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error_code"]


async def test_a_file_and_fields_come_whole(address: str) -> None:
    data = bytes(range(256)) * 8000
    answer = await send(address, files={"file": ("../a/Søng.MP3", data)}, data={"url": "https://a/ü"})
    assert answer.json() == {
        "fields": {"url": "https://a/ü"},
        "files": [["Søng.MP3", ".mp3", len(data), bytes(range(10)).hex()]],
    }


async def test_several_files_come_in_their_order(address: str) -> None:
    answer = await send(address, files=[("file", ("one.flac", b"1")), ("file", ("two", b"22"))])
    assert answer.json()["files"] == [["one.flac", ".flac", 1, "31"], ["two", "", 2, "3232"]]


async def test_a_file_of_no_bytes_is_a_file_and_an_empty_input_is_none(address: str) -> None:
    assert (await send(address, files={"file": ("a.mp3", b"")})).json()["files"] == [["a.mp3", ".mp3", 0, ""]]
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n'
    assert (await raw(address, body)).json()["files"] == []


async def raw(address: str, body: bytes, kind: str = "multipart/form-data; boundary=x") -> httpx.Response:
    return await send(address, content=body, headers={"Content-Type": kind})


async def test_a_file_of_exactly_the_limit_is_taken(address: str) -> None:
    assert (await send(address, files={"file": ("a", b"0" * LIMIT)})).status_code == 200


@pytest.mark.parametrize("over", [1, 20_000_000])
async def test_a_file_over_the_limit_is_refused_and_the_sender_hears_of_it(address: str, over: int) -> None:
    answer = await send(address, files={"file": ("a", b"0" * (LIMIT + over))})
    assert problem(answer) == (413, "too_large")


async def test_a_body_that_does_not_tell_its_length_is_refused_at_its_limit(address: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield part("file", more='; filename="a"')[:-3]
        for _ in range(200):
            yield b"0" * 100_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert problem(await send(address, content=pieces(), headers=headers)) == (413, "too_large")


def part(name: str, value: bytes = b"1", more: str = "") -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


MALFORMED = {
    "no form": b"nothing",
    "no end": part("url"),
    "an unknown field": part("other") + b"--x--\r\n",
    "a field twice": part("url") + part("url") + b"--x--\r\n",
    "a file in a field": part("url", more='; filename="a"') + b"--x--\r\n",
    "text in the file": part("file") + b"--x--\r\n",
    "too many files": part("file", more='; filename="a"') * 3 + b"--x--\r\n",
    "a part without a name": b"--x\r\nContent-Type: text/plain\r\n\r\n1\r\n--x--\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("kind", MALFORMED)
async def test_a_malformed_form_is_refused(address: str, kind: str) -> None:
    assert problem(await raw(address, MALFORMED[kind])) == (422, "invalid_input")


async def test_too_much_text_is_refused(address: str) -> None:
    assert problem(await send(address, files={"file": ("a", b"1")}, data={"url": "u" * 20_000})) == (413, "too_large")


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "multipart/mixed; boundary=x", "a;;="])
async def test_another_kind_of_body_is_refused(address: str, kind: str) -> None:
    assert problem(await raw(address, b"{}", kind)) == (415, "not_multipart")


async def test_a_boundary_that_is_too_long_is_refused(address: str) -> None:
    answer = await raw(address, part("url") + b"--x--\r\n", "multipart/form-data; boundary=" + "x" * 1000)
    assert problem(answer) == (422, "invalid_input")


async def test_the_disks_reserve_is_left_alone(address: str) -> None:
    answer = await send(address, params={"reserve_mb": 10**9}, files={"file": ("a", b"1" * 2_000_000)})
    assert problem(answer) == (507, "disk_full")


def half_sent(address: str) -> socket.socket:
    """A sender that stops in the middle of its file."""
    host, port = address.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)))
    head = "POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 2000000"
    client.sendall(head.encode() + b"\r\n\r\n" + part("file", b"0" * 100_000, '; filename="a"'))
    return client


async def test_a_sender_that_leaves_leaves_nothing(address: str, place: Path) -> None:
    client = await asyncio.to_thread(half_sent, address)
    await asyncio.sleep(0.2)
    assert list((place / "in").glob("*"))
    client.close()
    async with asyncio.timeout(5):
        while list((place / "in").glob("*")):
            await asyncio.sleep(0.05)


async def test_a_sender_that_falls_silent_is_given_up(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "STALLED_AFTER", 0.3)
    client = await asyncio.to_thread(half_sent, address)
    client.settimeout(10)
    answer = await asyncio.to_thread(client.recv, 4096)
    client.close()
    assert b" 408 " in answer
