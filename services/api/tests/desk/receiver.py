"""A receiver of webhooks on the loopback, which answers as a test wants."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kit.testing_web import Answer, Request, web


@dataclass
class Receiver:
    """Where it is and what it was sent."""

    address: str = ""
    sent: list[Request] = field(default_factory=list)
    answer: Callable[[Request], Answer] = field(default=lambda _: Answer(204))

    @property
    def url(self) -> str:
        """Where a webhook sends to."""
        return f"http://{self.address}/hook"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What was sent, in the order of its arrival."""
        return [json.loads(request.body) for request in self.sent]

    async def gets(self, count: int, *, seconds: float = 15) -> None:
        """Wait until it was sent so much."""
        async with asyncio.timeout(seconds):
            while len(self.sent) < count:
                await asyncio.sleep(0.02)

    def reset(self) -> None:
        """As it was at first."""
        self.sent.clear()
        self.answer = lambda _: Answer(204)


def saying(status: int, text: str = "", **headers: str) -> Callable[[Request], Answer]:
    """Always the same answer."""
    return lambda _: Answer(status, "text/plain", text.encode(), headers=headers)


@contextmanager
def receiver(port: int = 0) -> Iterator[Receiver]:
    """Receive until the test is over."""
    made = Receiver()

    def answer(request: Request) -> Answer:
        return made.answer(request)

    with web(answer, port=port) as served:
        made.address, made.sent = served.address, served.requests
        yield made
