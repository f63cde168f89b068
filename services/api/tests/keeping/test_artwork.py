"""Pictures of tracks: whatever is sent, square ones in three sizes come out, and stand."""

import io
from pathlib import Path

import httpx
import pytest
from api.library.models import Track
from api.media import covers
from api.settings import Settings
from desk import people
from desk.asking import bearer, incoming, track
from desk.signing_in import problem
from kit.db import Sessions
from PIL import Image
from sqlalchemy import select


def picture(size: tuple[int, int] = (400, 300), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return out.getvalue()


@pytest.fixture
async def producer(anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings) -> httpx.AsyncClient:
    _, token = await people.user(sessions, served_settings, "producer")
    anybody.headers.update(bearer(token))
    return anybody


def sides(paths: list[Path]) -> list[tuple[str | None, int, int]]:
    found = []
    for path in paths:
        with Image.open(path) as one:
            found.append((one.format, *one.size))
    return found


async def test_a_picture_is_shown_in_all_sizes_until_it_is_taken_away(
    producer: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    one = await track(sessions)
    path, files = f"/library/tracks/{one.id}/artwork", covers.files(served_settings.artwork_folder, one.id)
    assert (await producer.put(path, files={"file": ("a.png", picture())})).status_code == 204
    assert sides(files) == [("JPEG", 600, 600), ("WEBP", 300, 300), ("WEBP", 96, 96)]
    async with sessions() as tx:
        now = (await tx.scalars(select(Track))).one()
    assert (now.artwork, now.edited, now.version > 0) == (True, ["artwork"], True)
    assert (await producer.delete(path)).status_code == 204
    async with sessions() as tx:
        now = (await tx.scalars(select(Track))).one()
    assert (now.artwork, now.edited, [file.exists() for file in files]) == (False, ["artwork"], [False] * 3)


@pytest.mark.parametrize("sent", [b"no picture", picture()[:60], b"GIF89a" + bytes(100), b""])
async def test_what_is_no_picture_is_refused_and_leaves_nothing(
    producer: httpx.AsyncClient, sessions: Sessions, served_settings: Settings, sent: bytes
) -> None:
    one = await track(sessions)
    answer = await producer.put(f"/library/tracks/{one.id}/artwork", files={"file": ("a.png", sent)})
    assert problem(answer) == (422, "not_a_picture")
    assert not any(file.exists() for file in covers.files(served_settings.artwork_folder, one.id))
    assert incoming(served_settings) == []
