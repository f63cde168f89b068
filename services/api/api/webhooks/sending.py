"""One try: a signed request to a receiver, and what came of it. It never takes longer than its time."""

import asyncio
import ssl
import time
from collections.abc import Mapping

import httpcore
import httpx

from api.addresses import Exceptions
from api.webhooks.network import AddressForbidden, GuardedNetwork
from api.webhooks.rules import Outcome, Problem, judged

TIMEOUT = 10.0
"""Seconds for everything: the name's look-up, connecting, sending, the answer."""
MOST_READ = 4096
"""Bytes of an answer that are read."""
SHOWN = 500
"""Characters of an answer that are kept."""


class Sender:
    """Sends to receivers. Certificates are verified, redirects are not followed, no proxy is asked."""

    def __init__(self, exceptions: Exceptions, *, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._network = GuardedNetwork(exceptions)
        self._tls = httpcore.default_ssl_context()

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Post a body; whatever happens is an outcome."""
        began = time.monotonic()
        said = _Said()
        problem: Problem | None = None
        try:
            async with asyncio.timeout(self._timeout):
                await self._post(url, headers, body, said)
        except (TimeoutError, httpcore.TimeoutException):
            problem = "timed_out"
        except AddressForbidden:
            problem = "forbidden_address"
        except httpcore.ConnectError as error:
            # The pool drops the cause that httpcore gives.
            problem = "tls_failed" if isinstance(error.__context__, ssl.SSLError) else "unreachable"
        except (httpcore.ProtocolError, httpcore.NetworkError):
            problem = "broken_off"
        # A receiver that has answered is believed, however its answer goes on.
        if said.status is not None:
            problem = judged(said.status)
        return Outcome(said.status, problem, round(time.monotonic() - began, 3), _shown(bytes(said.body)))

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes, said: "_Said") -> None:
        parsed = httpx.URL(url)
        target = httpcore.URL(scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path)
        host = parsed.netloc.decode("ascii")
        # A pool for each try: a connection is never kept, so none outlives what was decided about its address.
        async with httpcore.AsyncConnectionPool(ssl_context=self._tls, network_backend=self._network) as pool:
            sent = {"Host": host, "Content-Length": str(len(body)), **headers}
            async with pool.stream("POST", target, headers=list(sent.items()), content=body) as answer:
                said.status = answer.status
                async for piece in answer.aiter_stream():
                    said.body += piece[: MOST_READ - len(said.body)]
                    if len(said.body) >= MOST_READ:
                        return


class _Said:
    """What has come of an answer so far."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.body = bytearray()


def _shown(body: bytes) -> str:
    text = body.decode("utf-8", errors="replace")
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:SHOWN]
