"""A local HTTP server that answers as a test wants and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    path: str
    authorization: str
    body: bytes
    if_none_match: str | None = None


@dataclass(frozen=True)
class Answer:
    """What goes out; `announced` is the length that the header claims."""

    status: int = 200
    kind: str = "audio/mpeg"
    body: bytes = b""
    announced: int | None = None
    etag: str | None = None


@dataclass
class Web:
    """The server's address, and every request so far."""

    address: str = ""
    requests: list[Request] = field(default_factory=list)


@contextmanager
def web(answer: Callable[[Request], Answer]) -> Iterator[Web]:
    """Serve until the test is over."""
    seen = Web()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            authorization = self.headers.get("Authorization", "")
            body, if_none_match = self.rfile.read(length), self.headers.get("If-None-Match")
            request = Request(self.command, self.path, authorization, body, if_none_match)
            seen.requests.append(request)
            given = answer(request)
            self.send_response(given.status)
            self.send_header("Content-Type", given.kind)
            if given.etag:
                self.send_header("ETag", given.etag)
            self.send_header("Content-Length", str(len(given.body) if given.announced is None else given.announced))
            self.end_headers()
            self.wfile.write(given.body)

        do_GET = do_POST = do_HEAD = handle_any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.address = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
