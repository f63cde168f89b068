"""Uploads over tus: announced, sent in pieces, resumed, and nothing lost or written twice."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from api.app import create_app
from api.settings import Settings
from desk.settings import ADMIN_TOKENS, api_settings
from desk.tus import BASE, PIECE, SPOKEN, Tus, path_of, problem
from kit.db import Sessions
from kit.testing import Servers, free_port, served

from .conftest import Tracks, Worker, left


async def test_a_file_is_sent_in_pieces_and_becomes_a_track(
    producer: Tus, worker: Worker, tracks: Tracks, song: bytes, served_settings: Settings
) -> None:
    created = await producer.create(len(song), filename="../My song.MP3", kind="LIN", tags="new, Jingle")
    assert created.status_code == 201
    path = path_of(created)
    assert created.headers["tus-resumable"] == "1.0.0"
    assert created.headers["upload-expires"].endswith("GMT")
    for offset in range(0, len(song), 10_000):
        answer = await producer.send(path, song[offset : offset + 10_000], offset)
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(min(offset + 10_000, len(song))))
    shown = (await producer.client.get(path)).json()
    assert (shown["state"], shown["name"], shown["received"]) == ("waiting", "My song.MP3", len(song))
    await worker.work()
    shown = (await producer.client.get(path)).json()
    assert (shown["state"], shown["track_id"], shown["problem"]) == ("ready", shown["id"], None)
    (track,) = await tracks.all()
    assert (track.state, track.source, track.kind, track.tags) == ("ready", "upload", "LIN", ["new", "Jingle"])
    assert (track.title, track.artist) == ("Inside", "Somebody")
    assert track.content_sha256 == hashlib.sha256(song).hexdigest()
    assert track.created_by is not None
    names = [str(one.relative_to(served_settings.media)) for one in left(served_settings)]
    assert names == [f"library/{track.id}.mp3", f"programme/{track.id}.flac"]


async def test_what_is_spoken_here_is_told(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.options(BASE)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}
    assert int(answer.headers["tus-max-size"]) == 2_000_000_000


async def test_an_upload_that_broke_off_goes_on_where_it_was(producer: Tus, song: bytes) -> None:
    path = path_of(await producer.create(len(song), filename="a.mp3"))

    async def breaking() -> AsyncIterator[bytes]:
        yield song[:9_000]
        await asyncio.sleep(0.5)  # or it is gone before the service has looked at it
        raise ConnectionResetError

    received = 0
    async with asyncio.timeout(20):
        while not received:
            with pytest.raises((ConnectionResetError, httpx.TransportError)):
                await producer.send(path, breaking(), 0)
            await asyncio.sleep(0.2)
            received = await producer.offset(path)
    assert received == 9_000
    answer = await producer.send(path, song[received:], received)
    assert answer.status_code == 204
    assert (await producer.client.get(path)).json()["state"] == "waiting"


async def test_a_restart_of_the_service_loses_nothing(
    servers: Servers, database_url: str, sessions: Sessions, tmp_path: Path, song: bytes
) -> None:
    for folder in ("uploads", "library", "programme"):
        (tmp_path / "media" / folder).mkdir(parents=True)
    settings = api_settings(tmp_path, database_url, servers.redis_url, port=free_port())
    path, half = "", len(song) // 2
    for offset, piece in ((0, song[:half]), (half, song[half:])):
        with served(create_app(settings), settings.port) as url:
            headers = {"Authorization": f"Bearer {ADMIN_TOKENS[0]}"}
            async with httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as client:
                tus = Tus(client)
                path = path or path_of(await tus.create(len(song)))
                assert await tus.offset(path) == offset
                assert (await tus.send(path, piece, offset)).status_code == 204
    assert [one.read_bytes() for one in settings.library_folder.iterdir()] == [song]


async def test_what_was_not_confirmed_before_a_crash_is_written_over(
    producer: Tus, song: bytes, served_settings: Settings
) -> None:
    path = path_of(await producer.create(len(song), filename="a.mp3"))
    await producer.send(path, song[:1000], 0)
    (content,) = served_settings.uploads_folder.rglob("content")
    with content.open("ab") as file:
        file.write(b"whatever the process wrote when it died" * 100)
    assert await producer.offset(path) == 1000
    await producer.send(path, song[1000:], 1000)
    assert [one.read_bytes() for one in left(served_settings)] == [song]


async def test_a_piece_for_another_place_is_refused_and_told_where_to_go_on(producer: Tus, song: bytes) -> None:
    path = path_of(await producer.create(len(song)))
    await producer.send(path, song[:1000], 0)
    for offset in (0, 999, 5000):
        answer = await producer.send(path, b"more", offset)
        assert problem(answer) == (409, "wrong_offset")
        assert answer.headers["upload-offset"] == "1000"
    assert await producer.offset(path) == 1000


async def test_two_cannot_send_to_the_same_upload_at_once(producer: Tus, song: bytes) -> None:
    path = path_of(await producer.create(len(song)))
    second = asyncio.Event()
    answers: list[httpx.Response] = []

    async def slowly() -> AsyncIterator[bytes]:
        yield song[:1000]
        await second.wait()
        yield song[1000:]

    first = asyncio.create_task(producer.send(path, slowly(), 0))
    async with asyncio.timeout(10):
        while not answers or answers[-1].status_code == 204:
            await asyncio.sleep(0.05)
            # Before the first has begun, an empty piece is no piece.
            answers.append(await producer.send(path, b"", 0))
    assert problem(answers[-1]) == (423, "upload_busy")
    second.set()
    assert (await first).status_code == 204
    assert (await producer.client.get(path)).json()["state"] == "waiting"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_piece_that_is_not_what_its_checksum_says_does_not_count(
    producer: Tus, song: bytes, algorithm: str
) -> None:
    path = path_of(await producer.create(len(song)))
    good = base64.b64encode(hashlib.new(algorithm, song[:5000]).digest()).decode()
    answer = await producer.send(path, song[1:5001], 0, Upload_Checksum=f"{algorithm} {good}")
    assert problem(answer) == (460, "checksum_mismatch")
    assert await producer.offset(path) == 0
    assert (await producer.send(path, song[:5000], 0, Upload_Checksum=f"{algorithm} {good}")).status_code == 204
    assert (await producer.send(path, song[5000:], 5000)).status_code == 204
    assert (await producer.client.get(path)).json()["state"] == "waiting"


async def test_more_than_was_announced_is_refused(producer: Tus) -> None:
    path = path_of(await producer.create(10))
    assert problem(await producer.send(path, b"eleven bytes", 0)) == (413, "too_large")
    assert await producer.offset(path) == 0


async def test_an_upload_that_is_thrown_away_is_gone(producer: Tus, song: bytes, served_settings: Settings) -> None:
    path = path_of(await producer.create(len(song)))
    await producer.send(path, song[:1000], 0)
    assert (await producer.client.delete(path, headers=SPOKEN)).status_code == 204
    assert (await producer.client.head(path, headers=SPOKEN)).status_code == 404
    assert problem(await producer.send(path, song[1000:], 1000)) == (404, "no_such_upload")
    assert left(served_settings) == []


HEADERS = {
    "no version": ({"Upload-Length": "5"}, (412, "wrong_protocol")),
    "another version": ({"Tus-Resumable": "0.2.2", "Upload-Length": "5"}, (412, "wrong_protocol")),
    "no length": (SPOKEN, (400, "malformed_header")),
    "a length in words": ({**SPOKEN, "Upload-Length": "five"}, (400, "malformed_header")),
    "a negative length": ({**SPOKEN, "Upload-Length": "-1"}, (400, "malformed_header")),
    "nothing": ({**SPOKEN, "Upload-Length": "0"}, (422, "empty_file")),
    "too much": ({**SPOKEN, "Upload-Length": "2000000001"}, (413, "too_large")),
    "no base64": ({**SPOKEN, "Upload-Length": "5", "Upload-Metadata": "filename ~~"}, (400, "malformed_header")),
    "an unknown kind": ({**SPOKEN, "Upload-Length": "5", "Upload-Metadata": "kind WFla"}, (422, "invalid_input")),
    "no such category": (
        {**SPOKEN, "Upload-Length": "5",
         "Upload-Metadata": "categories MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAw"},
        (422, "invalid_input"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HEADERS)
async def test_what_is_announced_must_make_sense(producer: Tus, case: str, served_settings: Settings) -> None:
    headers, expected = HEADERS[case]
    answer = await producer.client.post(BASE, headers=headers)
    assert problem(answer) == expected
    assert answer.headers["tus-resumable"] == "1.0.0", "a refusal speaks it, too"
    assert left(served_settings) == []


async def test_a_piece_must_be_one(producer: Tus) -> None:
    path = path_of(await producer.create(5))
    plain = {**PIECE, "Upload-Offset": "0", "Content-Type": "application/octet-stream"}
    assert problem(await producer.client.patch(path, content=b"12345", headers=plain)) == (415, "not_a_piece")
    assert problem(await producer.client.patch(path, content=b"12345", headers=PIECE)) == (400, "malformed_header")
    bad = await producer.send(path, b"12345", 0, Upload_Checksum="md5 AAAA")
    assert problem(bad) == (400, "malformed_header")


async def test_uploads_are_their_owners(
    producer: Tus, another: Tus, station_admin: httpx.AsyncClient, song: bytes
) -> None:
    path = path_of(await producer.create(len(song), filename="mine.mp3"))
    assert problem(await another.client.get(path)) == (404, "no_such_upload")
    assert problem(await another.send(path, song, 0)) == (404, "no_such_upload")
    assert (await another.client.head(path, headers=SPOKEN)).status_code == 404
    assert problem(await another.client.delete(path, headers=SPOKEN)) == (404, "no_such_upload")
    assert (await another.client.get(BASE)).json()["items"] == []
    assert [one["name"] for one in (await station_admin.get(BASE)).json()["items"]] == ["mine.mp3"]
    assert (await station_admin.delete(path, headers=SPOKEN)).status_code == 204


async def test_uploads_are_listed_in_pages_newest_first(producer: Tus) -> None:
    for number in range(3):
        await producer.create(5, filename=f"{number}.mp3")
    first = (await producer.client.get(BASE, params={"limit": 2})).json()
    second = (await producer.client.get(BASE, params={"limit": 2, "cursor": first["next"]})).json()
    assert [one["name"] for one in (*first["items"], *second["items"])] == ["2.mp3", "1.mp3", "0.mp3"]
    assert second["next"] is None
