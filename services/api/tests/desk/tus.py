"""Sending files as a client of tus 1.0 does."""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx

BASE = "/library/uploads"
SPOKEN = {"Tus-Resumable": "1.0.0"}
PIECE = {**SPOKEN, "Content-Type": "application/offset+octet-stream"}


def metadata(pairs: Mapping[str, str]) -> str:
    """The pairs as their header holds them."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def path_of(answer: httpx.Response) -> str:
    """Where the service said that an upload is."""
    return str(answer.headers["location"])


@dataclass(frozen=True)
class Tus:
    """A client with somebody's token."""

    client: httpx.AsyncClient

    async def create(self, length: int, **told: str) -> httpx.Response:
        """Announce an upload."""
        headers = {**SPOKEN, "Upload-Length": str(length)} | ({"Upload-Metadata": metadata(told)} if told else {})
        return await self.client.post(BASE, headers=headers)

    async def send(self, path: str, piece: bytes | AsyncIterator[bytes], offset: int, **headers: str) -> httpx.Response:
        """Send a piece."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.patch(path, content=piece, headers={**PIECE, "Upload-Offset": str(offset), **more})

    async def offset(self, path: str) -> int:
        """How much is there."""
        answer = await self.client.head(path, headers=SPOKEN)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["upload-offset"])

    async def upload(self, content: bytes, **told: str) -> str:
        """Send a whole file in two pieces; returns where it is."""
        created = await self.create(len(content), **told)
        assert created.status_code == 201, created.text
        path, half = path_of(created), len(content) // 2
        for offset, piece in ((0, content[:half]), (half, content[half:])):
            answer = await self.send(path, piece, offset)
            assert answer.status_code == 204, answer.text
        return path


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and error code."""
    return answer.status_code, answer.json()["error_code"]
