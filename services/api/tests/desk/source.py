"""A server on the loopback that songs are fetched from, with everything that may be wrong with one."""

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = "<html><head><title>{title}</title></head><body>{body}</body></html>"


@dataclass
class Source:
    """The server, what it serves, and what it was asked."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    """By path; served with ranges."""
    pause: float = 0
    """Seconds between two blocks of a file."""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Paths with the ranges that were asked for."""

    def url(self, path: str) -> str:
        """A link to it."""
        return f"http://{self.address}{path}"


@contextmanager
def source() -> Iterator[Source]:
    """Serve until the test is over."""
    made = Source()

    class Handler(_Handler):
        serving = made

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.address = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    serving: Source

    def do_GET(self) -> None:
        """Answer as the path says."""
        path = urlsplit(self.path).path
        self.serving.asked.append((path, self.headers.get("Range")))
        odd: dict[str, Callable[[], None]] = {
            "/redirect": self._redirect,
            "/page": lambda: self._page("Anna - A Song", "<audio src='/song.mp3'></audio>"),
            "/pages": lambda: self._page("Songs", "<audio src='/song.mp3'></audio><audio src='/b.mp3'></audio>"),
            "/nothing": lambda: self._page("A page", "<p>Only words.</p>"),
            "/endless.mp3": self._endless,
            "/live.m3u8": self._live,
            "/claims.mp3": lambda: self._body(b"x" * 5_000_000, announced=80_000_000),
            "/cut.mp3": lambda: self._body(b"x" * 1000, announced=5000),
            "/error": lambda: self.send_error(500),
            "/reset": self._reset,
            "/silent": lambda: time.sleep(30),
        }
        with suppress(ConnectionError):
            if path in odd:
                odd[path]()
            elif path in self.serving.files:
                self._file(self.serving.files[path])
            else:
                self.send_error(404)

    do_HEAD = do_GET  # noqa: N815

    def _file(self, content: bytes) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2]), len(content) - 1) if asked and asked[2] else len(content) - 1
        if asked and first >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if asked else 200)
        self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last + 1 - first))
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        for start in range(first, last + 1, 8192):
            self.wfile.write(content[start : min(start + 8192, last + 1)])
            time.sleep(self.serving.pause)

    def _body(self, content: bytes, *, kind: str = "audio/mpeg", announced: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(announced or len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _page(self, title: str, body: str) -> None:
        self._body(PAGE.format(title=title, body=body).encode(), kind="text/html")

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", parse_qs(urlsplit(self.path).query)["to"][0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.end_headers()
        while True:
            self.wfile.write(b"\xff" * 65536)

    def _live(self) -> None:
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:4", "#EXTINF:4,", "/song.mp3", ""]
        self._body("\n".join(lines).encode(), kind="application/vnd.apple.mpegurl")

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
