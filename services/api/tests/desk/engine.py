"""The audio engine as api meets it: what Liquidsoap asks, and a stream-control that says who is connected."""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
from kit.contracts.facts import AnyFact
from kit.testing_web import Answer, Request, web

from desk.settings import API_TOKEN, LIQUIDSOAP_TOKEN

LIQUIDSOAP = {"Authorization": f"Bearer {LIQUIDSOAP_TOKEN}"}


@dataclass(frozen=True)
class Streamer:
    """Somebody with a livestream token."""

    id: UUID
    access: str
    token: str
    token_id: UUID

    @property
    def headers(self) -> dict[str, str]:
        """Signed in, as a person."""
        return {"Authorization": f"Bearer {self.access}"}


MakeStreamer = Callable[..., Awaitable[Streamer]]


@dataclass
class StreamControl:
    """A local server that keeps to stream-control's contract."""

    address: str = ""
    session: str | None = None
    """Who is connected to the engine."""
    known: bool = True
    away: bool = False
    facts: list[AnyFact] = field(default_factory=list)
    cuts: list[tuple[str, str]] = field(default_factory=list)
    limits: list[tuple[str, float]] = field(default_factory=list)

    def reset(self) -> None:
        """As it was at first."""
        self.session, self.known, self.away = None, True, False
        self.facts, self.cuts, self.limits = [], [], []

    def answer(self, request: Request) -> Answer:
        """Do as the contract says."""
        if self.away:
            return Answer(503)
        if request.authorization != f"Bearer {API_TOKEN}":
            return Answer(401)
        path = urlsplit(request.path).path
        if path == "/internal/facts":
            return self._feed(int(parse_qs(urlsplit(request.path).query)["after"][0]))
        if path == "/internal/live":
            return _json({"session": self.session if self.known else None, "since": None, "known": self.known})
        return self._obey(path.removeprefix("/internal/live/"), json.loads(request.body))

    def _obey(self, order: str, said: dict[str, Any]) -> Answer:
        if said["session"] != self.session:
            return Answer(409)
        if order == "cut":
            self.cuts.append((said["session"], said["reason"]))
            self.session = None
        else:
            self.limits.append((said["session"], said["seconds_left"]))
        return Answer(204)

    def _feed(self, after: int) -> Answer:
        told = enumerate(self.facts[after:], after + 1)
        return _json([{"seq": seq, "fact": fact.model_dump(mode="json")} for seq, fact in told])


@contextmanager
def stream_control() -> Iterator[StreamControl]:
    """Serve until the test is over."""
    made = StreamControl()
    with web(made.answer) as served:
        made.address = served.address
        yield made


async def knock(client: httpx.AsyncClient, password: str, **given: Any) -> dict[str, Any]:
    """An encoder wants in: what Liquidsoap is answered."""
    answer = await client.post(
        "/internal/livestream/auth", json={"password": password, "address": "192.0.2.1", **given}, headers=LIQUIDSOAP
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def report(client: httpx.AsyncClient, what: str, session: str | UUID) -> None:
    """Liquidsoap tells that a session's encoder connected or disconnected."""
    answer = await client.post(f"/internal/livestream/{what}", json={"session": str(session)}, headers=LIQUIDSOAP)
    assert answer.status_code == 204, answer.text


def _json(body: object) -> Answer:
    return Answer(200, "application/json", json.dumps(body).encode())
