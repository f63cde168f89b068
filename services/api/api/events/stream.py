"""A stream of server-sent events to one client: it ends with the client, with the process, or when nothing is taken."""

from collections.abc import AsyncIterator, Callable

import structlog
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

logger = structlog.get_logger()
KEEP_ALIVE = 15
"""Seconds between comments on a quiet stream."""
STUCK_AFTER = 20.0
"""Seconds after which a client that takes nothing is let go."""


class EventStream(EventSourceResponse):
    """A client's events until it leaves, is stuck, or the process ends; `leave` is called then."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes], leave: Callable[[], None]) -> None:
        self._leave = leave
        super().__init__(
            events,
            headers={"Cache-Control": "no-cache"},
            ping=KEEP_ALIVE,
            ping_message_factory=lambda: ServerSentEvent(comment=""),
            send_timeout=STUCK_AFTER,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
            if self.active:
                # The process ends: the stream does too, instead of breaking off.
                await send({"type": "http.response.body", "body": b""})
        except SendTimeoutError:
            logger.info("event_client_stuck")
        finally:
            self._leave()
