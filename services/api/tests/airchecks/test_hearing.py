"""Listening to an aircheck as players do: in parts, again only when it changed, saved under a good name."""

from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from api.airchecks import files
from api.settings import Settings
from desk.airchecks import have
from desk.signing_in import problem
from kit.db import Sessions

SOUND = bytes(range(250)) * 4


@pytest.fixture
async def address(station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings) -> str:
    """Of an aircheck of a thousand bytes."""
    aircheck = await have(sessions, served_settings, title='Nächte: "Eins"')
    return f"/airchecks/{aircheck.id}/audio"


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-99", 0, 99), ("bytes=990-", 990, 999), ("bytes=-10", 990, 999)]
)
async def test_a_part_is_sent(
    station_admin: httpx.AsyncClient, address: str, asked: str, first: int, last: int
) -> None:
    answer = await station_admin.get(address, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == SOUND[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/1000"
    assert answer.headers["content-length"] == str(last + 1 - first)


async def test_all_of_it_is_sent_and_told_beforehand(station_admin: httpx.AsyncClient, address: str) -> None:
    whole, told = await station_admin.get(address), await station_admin.head(address)
    assert (whole.status_code, whole.content) == (200, SOUND)
    assert (told.status_code, told.content) == (200, b"")
    same = ("content-length", "content-type", "etag", "last-modified", "accept-ranges", "content-disposition")
    assert {name: told.headers[name] for name in same} == {name: whole.headers[name] for name in same}
    assert (whole.headers["content-length"], whole.headers["content-type"]) == ("1000", "audio/mpeg")
    assert (whole.headers["accept-ranges"], whole.headers["cache-control"]) == ("bytes", "private, no-cache")
    name = "inline; filename=\"Nachte- -Eins-.mp3\"; filename*=UTF-8''N%C3%A4chte-%20-Eins-.mp3"
    assert whole.headers["content-disposition"] == name
    saved = await station_admin.get(address, params={"download": True})
    assert saved.headers["content-disposition"].startswith("attachment; ")
    original = await station_admin.get(address, params={"quality": "original", "download": True})
    assert (original.content[:10], original.headers["content-type"]) == (b"original! ", "audio/flac")
    assert '.flac"' in original.headers["content-disposition"]


async def test_a_part_beyond_its_end_is_refused(station_admin: httpx.AsyncClient, address: str) -> None:
    answer = await station_admin.get(address, headers={"Range": "bytes=1000-"})
    assert problem(answer) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == "bytes */1000"
    assert (await station_admin.get(address, headers={"Range": "bytes=0-1,5-6"})).content == SOUND


async def test_it_is_sent_again_only_when_it_changed(
    station_admin: httpx.AsyncClient, address: str, served_settings: Settings
) -> None:
    first = await station_admin.get(address)
    tag = first.headers["etag"]
    assert (await station_admin.get(address, headers={"If-None-Match": tag})).status_code == 304
    part = {"Range": "bytes=0-9", "If-Range": tag}
    assert (await station_admin.get(address, headers=part)).status_code == 206
    folder = served_settings.airchecks_folder / address.split("/")[2]
    new = folder / "new.mp3"
    new.write_bytes(SOUND[::-1])
    new.replace(folder / "copy.mp3")
    # Half of the old one and half of the new would be nonsense.
    changed = await station_admin.get(address, headers=part)
    assert (changed.status_code, changed.content) == (200, SOUND[::-1])
    assert (await station_admin.get(address, headers={"If-None-Match": tag})).status_code == 200


async def test_a_file_that_grows_is_sent_as_long_as_it_was(
    station_admin: httpx.AsyncClient, address: str, served_settings: Settings
) -> None:
    path = served_settings.airchecks_folder / address.split("/")[2] / "copy.mp3"
    path.write_bytes(b"x" * 5_000_000)
    async with station_admin.stream("GET", address) as answer:
        with path.open("ab") as file:
            file.write(b"y" * 5_000_000)
        got = b"".join([chunk async for chunk in answer.aiter_bytes()])
    assert got == b"x" * 5_000_000
    assert answer.headers["content-length"] == "5000000"


async def test_what_is_not_there_is_said(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    lost = await have(sessions, served_settings, original_bytes=None)
    (Path(files.folder_of(served_settings, lost.id)) / "copy.mp3").unlink()
    for path, refusal in (
        (f"/airchecks/{lost.id}/audio", (404, "no_such_file")),
        (f"/airchecks/{lost.id}/audio?quality=original", (404, "no_original")),
        (f"/airchecks/{uuid4()}/audio", (404, "no_such_aircheck")),
        (f"/airchecks/{lost.id}/audio?quality=best", (422, "invalid_input")),
        ("/airchecks/../audio", (404, "not_found")),
    ):
        assert problem(await station_admin.get(path)) == refusal, path
