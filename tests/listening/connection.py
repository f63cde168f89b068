"""One listener connection: a raw HTTP/1.0 GET whose every chunk is stamped as it arrives."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .icy import IcyUnweaver

MP3_TYPES = ("audio/mpeg", "audio/mp3")


@dataclass(frozen=True, slots=True)
class Title:
    """A stream title and the moment (monotonic seconds) it arrived."""

    at: float
    text: str


@dataclass(slots=True)
class Connection:
    """What one connection brought. Moments are monotonic seconds; chunks hold audio without ICY metadata."""

    opened_at: float
    status: int
    headers: dict[str, str]
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    titles: list[Title] = field(default_factory=list)
    closed_at: float | None = None
    """When the server ended it; None while it is open, or if the listener hung up."""

    @property
    def is_mp3(self) -> bool:
        return self.headers.get("content-type", "").split(";")[0].strip() in MP3_TYPES

    @property
    def audio(self) -> bytes:
        return b"".join(chunk for _, chunk in list(self.chunks))


class Line:
    """The socket under a connection."""

    def __init__(self, url: str, *, icy: bool, timeout: float) -> None:
        """Connect and read the response head. Raises ConnectionError unless the answer is 200. `timeout` in seconds."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"only http://host:port/path, not {url}")
        self._socket = socket.create_connection((parts.hostname, parts.port or 80), timeout)
        try:
            self._socket.sendall(_request(parts.netloc, parts.path or "/", parts.query, icy=icy))
            self.connection, self._rest = self._read_head(url)
            self._socket.settimeout(None)
        except BaseException:
            self._socket.close()
            raise
        interval = int(self.connection.headers.get("icy-metaint", "0"))
        self._unweaver = IcyUnweaver(interval) if interval else None

    def read_to_the_end(self) -> None:
        """Store chunks until either side ends the connection."""
        try:
            chunk = self._rest or self._socket.recv(65536)
            while chunk:
                self._store(time.monotonic(), chunk)
                chunk = self._socket.recv(65536)
        except OSError:
            pass  # a reset is an end like any other; the moment below is what counts
        finally:
            self.connection.closed_at = time.monotonic()
            self._socket.close()

    def hang_up(self) -> None:
        """End the connection from our side; the reader wakes up at once."""
        with suppress(OSError):  # it may have closed already
            self._socket.shutdown(socket.SHUT_RDWR)

    def _store(self, at: float, chunk: bytes) -> None:
        titles: list[str] = []
        if self._unweaver:
            chunk, titles = self._unweaver.feed(chunk)
        if chunk:
            self.connection.chunks.append((at, chunk))
        self.connection.titles += [Title(at, text) for text in titles]

    def _read_head(self, url: str) -> tuple[Connection, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = self._socket.recv(4096)
            if not chunk:
                raise ConnectionError(f"{url}: closed before it answered")
            data += chunk
        head, rest = data.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split()[1])
        if status != 200:
            raise ConnectionRefusedError(f"{url}: {first}")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return Connection(time.monotonic(), status, headers), rest


def _request(host: str, path: str, query: str, *, icy: bool) -> bytes:
    target = f"{path}?{query}" if query else path
    lines = [f"GET {target} HTTP/1.0", f"Host: {host}", "User-Agent: listening", "Accept: */*"]
    if icy:
        lines.append("Icy-MetaData: 1")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
