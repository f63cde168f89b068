"""A small load generator: raw requests over kept-alive connections, so that it costs less than what it loads."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from bench.report import percentile


@dataclass(frozen=True)
class Load:
    """What came of it. Latencies in seconds, those of good answers; `seconds` is how long it took in all."""

    latencies: list[float]
    refused: int
    seconds: float

    def figures(self) -> dict[str, float]:
        """Requests a second and latencies in milliseconds; raises `ConnectionError` when every request was refused."""
        if not self.latencies:
            raise ConnectionError(f"{self.refused} requests, and all of them refused")
        told = {f"p{rank}_ms": round(percentile(self.latencies, rank) * 1000, 2) for rank in (50, 90, 99)}
        most = round(max(self.latencies) * 1000, 2)
        rate = round(len(self.latencies) / self.seconds, 1)
        return {"n": len(self.latencies), "per_second": rate, **told, "max_ms": most, "refused": self.refused}


def message(method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """An HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def upload(path: str, *, name: str, file: bytes, headers: dict[str, str]) -> bytes:
    """A request that sends a file."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + file + b"\r\n--x--\r\n"
    return message("POST", path, headers={**headers, "Content-Type": "multipart/form-data; boundary=x"}, body=body)


async def load(
    port: int, make: Callable[[int], bytes], *, connections: int, seconds: float = 3600, most: int = 10**9
) -> Load:
    """Send the requests that `make` gives, one after the other on each connection, until time or number is up."""
    numbers, latencies, refused = count(), list[float](), 0
    began = time.monotonic()

    async def work() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (number := next(numbers)) < most and time.monotonic() - began < seconds:
            asked = time.monotonic()
            writer.write(make(number))
            status = await _answer(reader)
            if status < 300:
                latencies.append(time.monotonic() - asked)
            else:
                refused += 1
        writer.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return Load(latencies, refused, time.monotonic() - began)


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower()
    length = next((line for line in head.split("\r\n") if line.startswith("content-length:")), None)
    if length is None:
        raise ConnectionError(f"an answer of unknown length: {head}")
    await reader.readexactly(int(length.split(":")[1]))
    return int(head.split()[1])
