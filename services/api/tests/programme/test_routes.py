"""The programme over HTTP, as staff sees and changes it, and as stream-control asks for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from api import tables
from api.app import create_app
from api.library.models import Track
from api.programme.models import ProgrammeEntry
from api.settings import Settings
from desk.intake import Intake
from desk.settings import ADMIN_TOKENS, STREAM_CONTROL_TOKEN, api_settings, make_folders
from desk.sounds import sound_file
from kit import facts
from kit.db import Sessions
from kit.testing import Servers, free_port, served
from redis.asyncio import Redis

BASE = "/admin/programme"
LIMIT = 2_000_000


@pytest.fixture(scope="module")
def small(servers: Servers, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a station that takes small uploads."""
    var = tmp_path_factory.mktemp("small")
    make_folders(var)
    return api_settings(var, database_url, servers.redis_url, port=free_port(), programme_max_mb=LIMIT // 1_000_000)


@pytest.fixture(scope="module")
def address(small: Settings) -> Iterator[str]:
    with served(create_app(small), small.port) as url:
        yield url


@pytest.fixture
async def staff(address: str, sessions: Sessions) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {ADMIN_TOKENS[0]}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=20) as client:
        yield client


@pytest.fixture
def library(small: Settings) -> Iterator[Path]:
    """The folder of uploads, empty."""
    yield small.library_folder
    for path in small.library_folder.iterdir():
        path.unlink()


@pytest.fixture
async def tracks(sessions: Sessions) -> list[UUID]:
    """Three tracks of the playlist; the third has lost its copy for the moment."""
    ids = [uuid4() for _ in range(3)]
    rows = [
        Track(id=one, source="folder", path=f"{number}.mp3", size=1, changed_ns=1, state="ready", title=f"T{number}")
        for number, one in enumerate(ids)
    ]
    rows[2].state = "waiting"
    async with sessions.begin() as tx:
        tx.add_all(rows)
        await tx.flush()
        tx.add_all(ProgrammeEntry(track_id=one, position=number) for number, one in enumerate(ids, start=1))
    return ids


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error_code"]


async def wanted(client: httpx.AsyncClient) -> list[str]:
    items = (await client.get("/internal/queues/fallback")).json()["items"]
    return [item["id"] for item in items]


async def test_uploads_wait_to_be_prepared_and_then_play(
    staff: httpx.AsyncClient, small: Settings, library: Path, sessions: Sessions, redis: Redis, tmp_path: Path
) -> None:
    sound = sound_file(tmp_path / "a.flac", title="Inside").read_bytes()
    answer = await staff.post(BASE, files=[("file", ("../one.FLAC", sound)), ("file", ("two.mp3", b"no sound"))])
    assert answer.status_code == 202, answer.text
    one, two = answer.json()
    assert [(track["state"], track["title"], track["source"]) for track in (one, two)] == [
        ("waiting", "one", "upload"),
        ("waiting", "two", "upload"),
    ]
    assert one["path"] == f"{one['id']}.flac"
    assert (library / one["path"]).read_bytes() == sound
    assert not list(library.glob(".*")), "nothing of the way in is left"
    await Intake(small, sessions, redis).step()
    page = (await staff.get(BASE)).json()
    assert [(item["title"], item["state"], item["position"]) for item in page["items"]] == [
        ("Inside", "ready", 1),
        ("two", "refused", None),
    ]
    assert await wanted(staff) == [one["id"]]


async def test_an_upload_rings_for_the_worker(staff: httpx.AsyncClient, library: Path, redis: Redis) -> None:
    async with redis.pubsub() as subscription:
        await subscription.subscribe("airtight:facts:programme")
        await subscription.get_message(timeout=1)
        await staff.post(BASE, files={"file": ("a.mp3", b"1")})
        assert await subscription.get_message(ignore_subscribe_messages=True, timeout=2)


@pytest.mark.parametrize("over", [1, 5_000_000])
async def test_an_upload_over_the_limit_leaves_nothing(staff: httpx.AsyncClient, library: Path, over: int) -> None:
    answer = await staff.post(BASE, files={"file": ("a.mp3", b"0" * (LIMIT + over))})
    assert problem(answer) == (413, "too_large")
    assert list(library.iterdir()) == []
    assert (await staff.get(BASE)).json()["total"] == 0


async def test_an_upload_without_files_is_refused(staff: httpx.AsyncClient, library: Path) -> None:
    assert problem(await staff.post(BASE, files={"other": ("a", b"1")})) == (422, "invalid_input")
    assert problem(await staff.post(BASE, json={})) == (415, "not_multipart")
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n'
    empty = await staff.post(BASE, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert problem(empty) == (422, "invalid_input")
    assert list(library.iterdir()) == []


async def test_a_strangers_body_is_not_taken(staff: httpx.AsyncClient, library: Path) -> None:
    strangers = {"Authorization": "Bearer nobody-knows-this-one"}
    answer = await staff.post(BASE, files={"file": ("a.mp3", b"0" * 1_500_000)}, headers=strangers)
    assert problem(answer) == (401, "not_authenticated")
    assert list(library.iterdir()) == []


async def test_a_stranger_with_a_large_body_hears_the_refusal(staff: httpx.AsyncClient, library: Path) -> None:
    strangers = {"Authorization": "Bearer nobody-knows-this-one"}
    answer = await staff.post(BASE, files={"file": ("a.mp3", b"0" * (LIMIT + 50_000))}, headers=strangers)
    assert problem(answer) == (401, "not_authenticated")


async def begin_upload(address: str) -> asyncio.StreamWriter:
    """An upload that stops in its middle."""
    host, port = address.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = [
        f"POST {BASE} HTTP/1.1",
        "Host: a",
        f"Authorization: Bearer {ADMIN_TOKENS[0]}",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Length: 1000000",
    ]
    part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n0'
    writer.write(("\r\n".join(head) + "\r\n\r\n" + part).encode())
    await writer.drain()
    return writer


async def test_slow_uploads_hold_no_connection_of_the_database(
    staff: httpx.AsyncClient, address: str, library: Path
) -> None:
    uploads = [await begin_upload(address) for _ in range(25)]
    async with asyncio.timeout(10):
        while len(list(library.glob(".incoming-*"))) < len(uploads):
            await asyncio.sleep(0.05)
    assert (await staff.get(BASE, timeout=4)).status_code == 200
    for writer in uploads:
        writer.close()
    async with asyncio.timeout(10):
        while list(library.iterdir()):
            await asyncio.sleep(0.05)


async def test_the_playlist_is_shown_in_its_order_and_by_state_and_page(
    staff: httpx.AsyncClient, tracks: list[UUID]
) -> None:
    page = (await staff.get(BASE)).json()
    assert [item["id"] for item in page["items"]] == [str(one) for one in tracks]
    assert (page["total"], page["random"], page["waiting"]) == (3, True, {})
    second = (await staff.get(BASE, params={"offset": 1, "limit": 1})).json()
    assert ([item["title"] for item in second["items"]], second["total"]) == (["T1"], 3)
    waiting = (await staff.get(BASE, params={"state": "waiting"})).json()
    assert [item["title"] for item in waiting["items"]] == ["T2"]
    assert (await staff.get(BASE, params={"state": "lost"})).status_code == 422


async def test_the_player_holds_what_is_ready_and_is_told_in_full_only_what_changed(
    staff: httpx.AsyncClient, tracks: list[UUID]
) -> None:
    headers = {"Authorization": f"Bearer {STREAM_CONTROL_TOKEN}"}
    answer = await staff.get("/internal/queues/fallback", headers=headers)
    assert answer.json() == {
        "playlist": "fallback",
        "random": True,
        "items": [
            {
                "id": str(tracks[number]),
                "title": f"T{number}",
                "artist": None,
                "length_seconds": None,
                "artwork": None,
                "path": f"programme/{tracks[number]}.flac",
                "may_be_cut": False,
            }
            for number in (0, 1)
        ],
    }
    known = headers | {"If-None-Match": answer.headers["ETag"]}
    assert (await staff.get("/internal/queues/fallback", headers=known)).status_code == 304
    assert (await staff.patch(BASE, json={"random": False})).json() == {"random": False}
    again = await staff.get("/internal/queues/fallback", headers=known)
    assert (again.status_code, again.json()["random"]) == (200, False)


async def test_the_playlist_gets_another_order(
    staff: httpx.AsyncClient, tracks: list[UUID], sessions: Sessions
) -> None:
    order = [str(one) for one in reversed(tracks)]
    assert (await staff.put(f"{BASE}/order", json={"track_ids": order})).status_code == 204
    assert await wanted(staff) == order[1:]
    async with sessions() as tx:
        told = await facts.read(tx, tables.facts, after=0, limit=10)
    assert [one.fact.type for one in told] == ["queue_changed"]


async def test_an_order_of_another_playlist_is_stale(staff: httpx.AsyncClient, tracks: list[UUID]) -> None:
    order = {"track_ids": [str(one) for one in tracks[:2]]}
    assert problem(await staff.put(f"{BASE}/order", json=order)) == (409, "order_is_stale")


async def test_a_removed_track_is_out_at_once_and_can_be_restored(staff: httpx.AsyncClient, tracks: list[UUID]) -> None:
    assert (await staff.delete(f"{BASE}/{tracks[0]}")).status_code == 204
    assert (await staff.delete(f"{BASE}/{tracks[0]}")).status_code == 204, "and once more"
    assert await wanted(staff) == [str(tracks[1])]
    assert len((await staff.get(BASE)).json()["items"]) == 2
    assert len((await staff.get(BASE, params={"state": "removed"})).json()["items"]) == 1
    answer = await staff.post(f"{BASE}/{tracks[0]}/restore")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert problem(await staff.post(f"{BASE}/{tracks[0]}/restore")) == (409, "not_removed")


async def test_what_nobody_knows_and_what_was_composed_cannot_be_removed(
    staff: httpx.AsyncClient, sessions: Sessions
) -> None:
    assert problem(await staff.delete(f"{BASE}/{uuid4()}")) == (404, "no_such_track")
    assert problem(await staff.post(f"{BASE}/{uuid4()}/restore")) == (404, "no_such_track")
    starter = Track(id=uuid4(), source="starter", path="a", size=1, changed_ns=1, state="ready")
    async with sessions.begin() as tx:
        tx.add(starter)
    assert problem(await staff.delete(f"{BASE}/{starter.id}")) == (409, "starter_piece")
