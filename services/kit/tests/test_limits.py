"""No request is taken in that is larger than it may be, and whoever sent it is told so."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, Request
from kit import app as kit
from kit.asgi import MAX_BODY_BYTES
from kit.auth import Keys
from kit.testing import free_port, served
from pydantic import BaseModel
from small.settings import small_settings

UPLOAD_BYTES = 3 * MAX_BODY_BYTES
HUGE = 50 * MAX_BODY_BYTES
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}
PIECE = {"Content-Type": "application/offset+octet-stream"}
JSON = {"Content-Type": "application/json"}


class Wish(BaseModel):
    text: str


def service() -> FastAPI:
    """A service that says how much it was sent."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield

    settings = small_settings("admin-token-for-tests")
    limits = {
        "/upload": UPLOAD_BYTES,
        "/shows/{show_id}/picture": UPLOAD_BYTES,
        "/uploads/{upload_id}/piece": UPLOAD_BYTES,
    }
    app = kit.build("Test", settings, keys=Keys(()), lifespan=lifespan, max_upload_bytes=limits)

    async def count(request: Request) -> int:
        return sum([len(chunk) async for chunk in request.stream()])

    app.post("/upload")(count)
    app.post("/other")(count)
    app.post("/shows/{show_id}/picture")(count)
    app.post("/uploads/{upload_id}/piece")(count)

    @app.post("/wish")
    async def wish(wish: Wish) -> int:
        return len(wish.text)

    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(service(), free_port()) as url:
        yield url


async def chunks(size: int) -> AsyncIterator[bytes]:
    """A body whose length is not told beforehand."""
    for _ in range(0, size, 100_000):
        yield bytes(100_000)


@pytest.mark.parametrize(
    ("path", "headers", "size", "status"),
    [
        ("/upload", MULTIPART, UPLOAD_BYTES, 200),
        ("/upload", MULTIPART, UPLOAD_BYTES + 100_000, 413),
        ("/upload", {"Content-Type": "Multipart/Form-Data; boundary=x"}, UPLOAD_BYTES, 200),
        ("/upload", JSON, MAX_BODY_BYTES, 200),
        ("/upload", JSON, MAX_BODY_BYTES + 100_000, 413),
        ("/upload", {}, MAX_BODY_BYTES + 100_000, 413),
        ("/shows/1-2/picture", MULTIPART, UPLOAD_BYTES, 200),
        ("/shows/1-2/picture", MULTIPART, UPLOAD_BYTES + 100_000, 413),
        ("/uploads/7/piece", PIECE, UPLOAD_BYTES, 200),
        ("/uploads/7/piece", PIECE, UPLOAD_BYTES + 100_000, 413),
        ("/other", MULTIPART, MAX_BODY_BYTES, 200),
        ("/other", MULTIPART, MAX_BODY_BYTES + 100_000, 413),
        ("/wish", JSON, HUGE, 413),
        ("/wish", MULTIPART, HUGE, 413),
    ],
)
@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
async def test_a_body_that_is_too_large_is_refused_in_the_usual_shape(
    url: str, path: str, headers: dict[str, str], size: int, status: int, told: bool
) -> None:
    body = bytes(size) if told else chunks(size)
    async with httpx.AsyncClient(base_url=url, timeout=20) as client:
        answer = await client.post(path, content=body, headers=headers)
    assert answer.status_code == status
    if status == 413:
        assert (answer.json()["error_code"], answer.json()["status_code"]) == ("too_large", 413)
        assert answer.headers["x-request-id"]
    else:
        assert answer.json() == size


async def test_a_body_that_never_ends_is_cut_off(url: str) -> None:
    address = httpx.URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(b"POST /other HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")

    async def pour() -> None:
        while True:
            writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
            await writer.drain()

    pouring = asyncio.create_task(pour())
    async with asyncio.timeout(10):
        assert b" 413 " in await reader.readline()
        await asyncio.wait([pouring])
    assert isinstance(pouring.exception(), OSError)
    writer.close()


async def test_a_length_that_is_too_large_is_refused_before_the_body_comes(url: str) -> None:
    address = httpx.URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port, family=socket.AF_INET)
    writer.write(b"POST /wish HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\nExpect: 100-continue\r\n\r\n")
    async with asyncio.timeout(5):
        assert b" 413 " in await reader.readline()
    writer.close()
