"""A server in the place of api that follows the contract: wanted queues with an ETag, and names of items."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kit.contracts.queues import ItemsAsked, NamedItem, PlaylistName, WantedItem, WantedQueue
from kit.testing_web import Answer, Request, web

from rig.station import STREAM_CONTROL_TOKEN


@dataclass
class WantingApi:
    """What it wants the players to hold and what it knows; `status` and `delay` (seconds) make it unwell."""

    address: str = ""
    queues: dict[PlaylistName, WantedQueue] = field(default_factory=dict)
    names: dict[str, NamedItem] = field(default_factory=dict)
    status: int = 200
    delay: float = 0.0
    requests: list[Request] = field(default_factory=list)

    def want(self, playlist: PlaylistName, *items: WantedItem, random: bool = False) -> None:
        """From now on the playlist should hold these."""
        self.queues[playlist] = WantedQueue(playlist=playlist, random=random, items=items)

    def answer(self, request: Request) -> Answer:
        time.sleep(self.delay)
        if request.authorization != f"Bearer {STREAM_CONTROL_TOKEN}":
            return Answer(401)
        if self.status != 200:
            return Answer(self.status)
        if request.path == "/internal/items":
            ids = ItemsAsked.model_validate_json(request.body).ids
            known = [self.names[one].model_dump() for one in ids if one in self.names]
            return Answer(kind="application/json", body=json.dumps(known).encode())
        return self._queue(request)

    def asked(self, path: str) -> list[Request]:
        """What it was asked there."""
        return [request for request in self.requests if request.path == path]

    def _queue(self, request: Request) -> Answer:
        queue = next((one for name, one in self.queues.items() if request.path == f"/internal/queues/{name}"), None)
        if queue is None:
            return Answer(404)
        body = queue.model_dump_json().encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.if_none_match == etag:
            return Answer(304, etag=etag)
        return Answer(kind="application/json", body=body, etag=etag)


@contextmanager
def wanting_api() -> Iterator[WantingApi]:
    """Serve until the test is over."""
    api = WantingApi()
    with web(api.answer) as server:
        api.address, api.requests = server.address, server.requests
        yield api


def request(item: str, *, seconds: float | None = None, may_be_cut: bool = False) -> WantedItem:
    """A request as api wants it."""
    return WantedItem(id=item, path=f"requests/{item}.flac", length_seconds=seconds, may_be_cut=may_be_cut)


def piece(item: str, *, may_be_cut: bool = False) -> WantedItem:
    """A song of the programme as api wants it."""
    return WantedItem(id=item, path=f"programme/{item}.flac", may_be_cut=may_be_cut)
