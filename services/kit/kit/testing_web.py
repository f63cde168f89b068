"""A local HTTP server that answers as a test wants and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
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
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What goes out; `announced` is the length that the header claims."""

    status: int = 200
    kind: str = "audio/mpeg"
    body: bytes = b""
    announced: int | None = None
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Web:
    """The server's address, and every request so far."""

    address: str = ""
    requests: list[Request] = field(default_factory=list)


@contextmanager
def web(answer: Callable[[Request], Answer], *, port: int = 0) -> Iterator[Web]:
    """Serve until the test is over, at a free port unless told otherwise."""
    seen = Web()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            authorization = self.headers.get("Authorization", "")
            body, if_none_match = self.rfile.read(length), self.headers.get("If-None-Match")
            headers = dict(self.headers.items())
            request = Request(self.command, self.path, authorization, body, if_none_match, headers)
            seen.requests.append(request)
            given = answer(request)
            self.send_response(given.status)
            self.send_header("Content-Type", given.kind)
            if given.etag:
                self.send_header("ETag", given.etag)
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(given.body) if given.announced is None else given.announced))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(given.body)

        do_GET = do_POST = do_HEAD = handle_any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    seen.address = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
