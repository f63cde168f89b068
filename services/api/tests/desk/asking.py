"""Asking for songs over HTTP, and requests made in the database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from api.library.models import Track
from api.queue.models import QueueItem
from api.settings import Settings
from kit.db import Sessions

LINK = "https://example.org/song.mp3"


def bearer(token: str) -> dict[str, str]:
    """Headers of a caller."""
    return {"Authorization": f"Bearer {token}"}


async def ask(client: httpx.AsyncClient, token: str, **fields: str) -> httpx.Response:
    """Submit a form without a file."""
    form = {name: (None, value) for name, value in fields.items()}
    return await client.post("/queue", files=form, headers=bearer(token))


async def upload(client: httpx.AsyncClient, token: str, content: bytes, name: str = "song.flac") -> httpx.Response:
    """Submit a file."""
    return await client.post("/queue", files={"file": (name, content)}, headers=bearer(token))


async def have(sessions: Sessions, *, copies: Path | None = None, **given: Any) -> QueueItem:
    """A request in the database, queued unless told otherwise; with `copies` its copy exists, too."""
    now = datetime.now(UTC)
    known: dict[str, Any] = {"id": uuid4(), "source": "link", "url": LINK, "state": "queued", "created_at": now}
    item = QueueItem(**{**known, **given})
    if item.state == "queued":
        item.position, item.queued_at = given.get("position", 1), given.get("queued_at", now)
    if item.state == "failed":
        item.reason = given.get("reason", "broken")
    async with sessions.begin() as tx:
        tx.add(item)
    if copies:
        (copies / f"{item.id}.flac").write_bytes(b"a copy")
    return item


async def track(sessions: Sessions, **given: Any) -> Track:
    """A track of the library, ready unless told otherwise."""
    known: dict[str, Any] = {
        "id": uuid4(), "source": "upload", "path": uuid4().hex, "size": 1, "changed_ns": 1, "state": "ready",
        "title": "Track", "artist": "Somebody", "length_seconds": 60.0,
    }  # fmt: skip
    made = Track(**{**known, **given})
    async with sessions.begin() as tx:
        tx.add(made)
    return made


async def found(sessions: Sessions, item: UUID | str) -> QueueItem:
    """A request as it is now."""
    async with sessions() as tx:
        one = await tx.get(QueueItem, UUID(str(item)))
        assert one
        return one


def incoming(settings: Settings) -> list[Path]:
    """What lies in the folder of what is on its way in."""
    return sorted(settings.incoming_folder.iterdir())
