"""What becomes of uploads: what is there already, what cannot be played, what has no room, what never comes."""

import asyncio
import hashlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from api.app import create_app
from api.settings import Settings
from api.uploading import storing
from api.uploading import sweep as sweeping
from api.uploading.models import Upload
from api.uploading.sweep import sweep
from desk import people
from desk.asking import bearer
from desk.bad_files import BAD
from desk.clamav import MALICIOUS, NAME, clamd
from desk.settings import api_settings, make_folders
from desk.sounds import ffmpeg, music, sound_file
from desk.stream import Stream
from desk.tus import BASE, SPOKEN, Tus, path_of, problem
from kit.db import Sessions
from kit.testing import Servers, free_port, served
from redis.asyncio import Redis
from sqlalchemy import select, update

from .conftest import Tracks, Worker, left, signed_in


async def shown(tus: Tus, path: str) -> dict[str, object]:
    answer = await tus.client.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_a_file_that_is_there_already_is_refused_and_named(
    producer: Tus, another: Tus, worker: Worker, tracks: Tracks, song: bytes, served_settings: Settings
) -> None:
    first = await shown(producer, await producer.upload(song, filename="a.mp3"))
    before = left(served_settings)
    second = await shown(another, await another.upload(song, filename="other name.mp3"))
    assert (second["state"], second["reason"], second["track_id"]) == ("refused", "duplicate", first["track_id"])
    assert "the same file as “a”" in str(second["problem"])
    assert left(served_settings) == before
    await worker.work()
    announced = await another.create(len(song), filename="c.mp3", sha256=hashlib.sha256(song).hexdigest())
    assert problem(announced) == (409, "already_here"), "not a byte has to be sent"
    assert len(await tracks.all()) == 1


async def test_the_same_file_many_times_at_once_is_one_track(
    producer: Tus, another: Tus, tracks: Tracks, song: bytes, served_settings: Settings
) -> None:
    paths = await asyncio.gather(*(tus.upload(song, filename="a.mp3") for tus in (producer, another) * 3))
    states = [(await shown(tus, path))["state"] for tus, path in zip((producer, another) * 3, paths, strict=True)]
    assert sorted(map(str, states)) == ["refused"] * 5 + ["waiting"]
    assert len(await tracks.all()) == 1
    assert len(left(served_settings)) == 1


async def test_a_file_that_is_not_what_was_announced_is_refused(
    producer: Tus, song: bytes, served_settings: Settings
) -> None:
    path = await producer.upload(song, sha256=hashlib.sha256(b"another").hexdigest())
    assert (await shown(producer, path))["reason"] == "checksum"
    assert (await producer.client.head(path, headers=SPOKEN)).status_code == 410
    assert left(served_settings) == []


async def test_files_come_in_a_form_as_well_and_of_a_video_the_sound_is_taken(
    producer: Tus, worker: Worker, tracks: Tracks, song: bytes, tmp_path: Path
) -> None:
    video, sound = tmp_path / "a.mp4", sound_file(tmp_path / "a.wav")
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64:d=1.5", "-i", sound, "-metadata", "title=Clip", video)
    files = [("file", ("clip.mp4", video.read_bytes())), ("file", ("song.mp3", song))]
    answer = await producer.client.post(f"{BASE}/form", files=files, data={"kind": "PRO", "tags": "a,b"})
    assert answer.status_code == 202, answer.text
    assert [one["state"] for one in answer.json()] == ["waiting"] * 2
    await worker.work()
    found = await tracks.all()
    assert [(one.title, one.state, one.kind, one.tags) for one in found] == [
        ("Clip", "ready", "PRO", ["a", "b"]),
        ("Inside", "ready", "PRO", ["a", "b"]),
    ]


async def test_a_form_without_a_file_or_with_nonsense_is_refused(
    producer: Tus, song: bytes, served_settings: Settings
) -> None:
    none = await producer.client.post(f"{BASE}/form", files={"kind": (None, "MUS")})
    assert problem(none) == (422, "invalid_input")
    files = [("file", ("song.mp3", song))]
    bad = await producer.client.post(f"{BASE}/form", files=files, data={"kind": "nonsense"})
    assert problem(bad) == (422, "invalid_input")
    empty = await producer.client.post(f"{BASE}/form", files=[*files, ("file", ("empty.mp3", b""))])
    assert problem(empty) == (422, "empty_file")
    assert left(served_settings) == []
    assert (await producer.client.get(BASE)).json()["items"] == [], "all of a form, or nothing"


NAMES = {
    "../../etc/passwd.mp3": "passwd.mp3",
    "C:\\music\\a.mp3": "a.mp3",
    "a\0b.mp3": "a b.mp3",
    "x" * 300 + ".mp3": "x" * 200,
    "evil\u202e3pm.exe": "evil 3pm.exe",
    "two\nlines\x1b[31m.mp3": "two lines [31m.mp3",
    "\u202e\u0000\t": "unnamed",
    "שלום 🎶.mp3": "שלום 🎶.mp3",
    "-i.mp3": "-i.mp3",
}


async def test_names_are_only_shown(
    producer: Tus, worker: Worker, tracks: Tracks, tmp_path: Path, served_settings: Settings
) -> None:
    for number, (sent, clean) in enumerate(NAMES.items()):
        sound = sound_file(tmp_path / "a.mp3", music(1, -20 - number)).read_bytes()
        path = await producer.upload(sound, filename=sent)
        assert (await shown(producer, path))["name"] == clean
    await worker.work()
    assert {one.state for one in await tracks.all()} == {"ready"}
    inside = [one.relative_to(served_settings.library_folder) for one in served_settings.library_folder.rglob("*")]
    assert all(len(one.parts) == 1 and UUID(one.stem) for one in inside)


async def test_bad_files_are_refused_for_a_reason_and_nothing_of_them_is_left(
    producer: Tus, worker: Worker, tracks: Tracks, song: bytes, tmp_path: Path, served_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    worker.preparer = type(worker.preparer)(
        worker.preparer.sessions,
        served_settings.model_copy(update={"programme_max_hours": 1 / 60}),
        worker.preparer.redis,
        worker.preparer.following,
    )
    good = tmp_path / "good.mp3"
    good.write_bytes(song)
    files = []
    for name, make in BAD.items():
        if name != "empty":  # which is not even announced
            make(tmp_path / "bad", good)
            files.append(("file", (f"{name}.mp3", (tmp_path / "bad").read_bytes())))
    answer = await producer.client.post(f"{BASE}/form", files=files)
    assert answer.status_code == 202, answer.text
    await worker.work()
    found = (await producer.client.get(BASE, params={"limit": 200})).json()["items"]
    wrong = {one["name"]: one["state"] for one in found if one["reason"] != "not_playable" or not one["problem"]}
    assert wrong == {}
    assert len(found) == len(files)
    assert left(served_settings) == []
    assert {(one.state, bool(one.problem)) for one in await tracks.all()} == {("refused", True)}


async def test_an_infected_file_is_refused_and_one_that_nobody_looked_at_is_never_called_clean(
    producer: Tus, worker: Worker, tracks: Tracks, song: bytes, tmp_path: Path, served_settings: Settings
) -> None:
    def with_scanner(address: str) -> None:
        chosen = served_settings.model_copy(update={"clamav": address})
        old = worker.preparer
        worker.preparer = type(old)(old.sessions, chosen, old.redis, old.following)

    async def send(name: str, content: bytes) -> None:
        await producer.upload(content, filename=name)
        await worker.work()

    def sound(level: float) -> bytes:
        return sound_file(tmp_path / "a.mp3", music(1, level)).read_bytes()

    await send("unconfigured", sound(-20))
    async with clamd() as server:
        with_scanner(server.address)
        await send("clean", sound(-21))
        await send("infected", sound(-22) + MALICIOUS)
        server.stream_max_length = 1000
        await send("too large", sound(-23))
    await send("away", sound(-24))
    found = [(one.title, one.state, one.scan_status, one.scanned_at is not None) for one in await tracks.all()]
    assert found == [
        ("unconfigured", "ready", "not_scanned", False),
        ("clean", "ready", "clean", True),
        ("infected", "refused", "infected", True),
        ("too large", "ready", "not_scanned", False),
        ("away", "ready", "not_scanned", False),
    ]
    infected = (await tracks.all())[2]
    assert NAME in (infected.problem or "")
    assert not [path for path in left(served_settings) if str(infected.id) in path.name]


@pytest.fixture(scope="module")
def small(servers: Servers, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A station on a disk of its own, where one can be mounted (as root), with a small quota."""
    disk = tmp_path_factory.mktemp("small")
    mounted = os.getuid() == 0
    if mounted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", disk], check=True)
    try:
        make_folders(disk)
        chosen = api_settings(
            disk, database_url, servers.redis_url, port=free_port(), library_quota_gb=0.008, max_open_uploads=3,
            disk_reserve_mb=2,
        )  # fmt: skip
        with served(create_app(chosen), chosen.port):
            yield chosen
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
async def cramped(small: Settings, anybody: httpx.AsyncClient, sessions: Sessions) -> AsyncIterator[Tus]:
    token = (await people.user(sessions, small, "producer"))[1]
    url = f"http://127.0.0.1:{small.port}"
    async with httpx.AsyncClient(base_url=url, headers=bearer(token), timeout=20) as client:
        yield Tus(client)


async def test_uploads_have_only_so_much_room(cramped: Tus, small: Settings) -> None:
    assert (await cramped.create(5_000_000)).status_code == 201
    assert problem(await cramped.create(4_000_000)) == (507, "quota_reached")
    assert (await cramped.create(1_000_000)).status_code == 201
    assert (await cramped.create(1_000_000)).status_code == 201
    assert problem(await cramped.create(1)) == (429, "too_many_uploads")
    for upload in (await cramped.client.get(BASE)).json()["items"]:
        await cramped.client.delete(f"{BASE}/{upload['id']}", headers=SPOKEN)
    assert left(small) == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a small disk")
async def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_behind(cramped: Tus, small: Settings) -> None:
    path = path_of(await cramped.create(7_000_000))
    assert (await cramped.send(path, bytes(3_000_000), 0)).status_code == 204
    filler = small.var / "filler"
    filler.write_bytes(bytes(13_000_000))
    assert problem(await cramped.create(1_000_000)) == (507, "disk_full")
    assert problem(await cramped.send(path, bytes(4_000_000), 3_000_000)) == (507, "disk_full")
    assert (await shown(cramped, path))["reason"] == "disk_full"
    assert left(small) == []
    form = await cramped.client.post(f"{BASE}/form", files={"file": ("a.mp3", bytes(4_000_000))})
    assert problem(form) == (507, "disk_full")
    assert left(small) == []
    filler.unlink()
    path = path_of(await cramped.create(7_000_000))
    assert (await cramped.send(path, bytes(3_000_000), 0)).status_code == 204


async def test_what_is_not_whole_in_time_is_thrown_away(
    producer: Tus, sessions: Sessions, served_settings: Settings, redis: Redis, song: bytes
) -> None:
    path = path_of(await producer.create(len(song)))
    await producer.send(path, song[:1000], 0)
    await sweep(sessions, served_settings, redis)
    assert await producer.offset(path) == 1000
    async with sessions.begin() as tx:
        await tx.execute(update(Upload).values(expires_at=datetime.now(UTC)))
    await sweep(sessions, served_settings, redis)
    assert problem(await producer.send(path, song[1000:], 1000)) == (410, "upload_ended")
    assert (await shown(producer, path))["reason"] == "expired"
    assert left(served_settings) == []
    async with sessions.begin() as tx:
        await tx.execute(update(Upload).values(ended_at=datetime.now(UTC) - sweeping.KEPT - timedelta(hours=1)))
    await sweep(sessions, served_settings, redis)
    assert (await producer.client.head(path, headers=SPOKEN)).status_code == 404


async def test_what_was_whole_when_the_process_died_becomes_a_track(
    producer: Tus, sessions: Sessions, served_settings: Settings, redis: Redis, song: bytes, tracks: Tracks
) -> None:
    moved = path_of(await producer.create(len(song), filename="a.mp3"))
    whole = path_of(await producer.create(len(song) - 1, filename="b.mp3"))
    async with sessions.begin() as tx:
        await tx.execute(update(Upload).values(received=Upload.size))
        ids = {upload.name: upload.id for upload in await tx.scalars(select(Upload))}
    # One died before it was moved, and one after.
    storing.content_of(served_settings, ids["b.mp3"]).write_bytes(song[:-1])
    storing.content_of(served_settings, ids["a.mp3"]).write_bytes(song)
    storing.content_of(served_settings, ids["a.mp3"]).rename(served_settings.library_folder / f"{ids['a.mp3']}.mp3")
    await sweep(sessions, served_settings, redis)
    await sweep(sessions, served_settings, redis)
    assert [(await shown(producer, path))["state"] for path in (moved, whole)] == ["waiting"] * 2
    assert {one.id for one in await tracks.all()} == set(ids.values())
    assert len(left(served_settings)) == 2


async def test_folders_of_nobody_are_cleared_away(
    sessions: Sessions, served_settings: Settings, redis: Redis, producer: Tus
) -> None:
    path = path_of(await producer.create(5))
    for name in ("form-1", "b3c9b9a6-0000-4000-8000-000000000000", "young"):
        (served_settings.uploads_folder / name).mkdir()
        (served_settings.uploads_folder / name / "content").touch()
    for one in served_settings.uploads_folder.iterdir():
        if one.name != "young":
            os.utime(one, (0, 0))
    await sweep(sessions, served_settings, redis)
    assert sorted(one.name for one in served_settings.uploads_folder.iterdir()) == sorted(
        [path.rpartition("/")[2], "young"]
    )


async def test_people_see_their_uploads_come_along(
    producer: Tus, another: Tus, worker: Worker, song: bytes, tmp_path: Path
) -> None:
    await producer.create(5, filename="other.mp3")
    bad = tmp_path / "bad.mp3"
    bad.write_bytes(b"no sound" * 100)
    async with (
        signed_in(another.client, str(another.client.headers["authorization"]).removeprefix("Bearer ")) as listening,
        listening.stream("GET", f"{BASE}/events", timeout=httpx.Timeout(10, read=None)) as answer,
    ):
        stream = Stream(answer)
        assert (await stream.next()).body == {"items": []}
        path = path_of(await another.create(len(song), filename="a.mp3"))
        await another.send(path, song[:20_000], 0)
        seen = [(await stream.next("upload")).body]
        await another.send(path, song[20_000:], 20_000)
        await another.upload(bad.read_bytes(), filename="bad.mp3")
        await worker.work()
        async with asyncio.timeout(20):
            while {one["name"]: one["state"] for one in seen} != {"a.mp3": "ready", "bad.mp3": "refused"}:
                seen.append((await stream.next("upload", seconds=15)).body)
    mine = [one for one in seen if one["name"] == "a.mp3"]
    assert [one["received"] for one in mine] == sorted(one["received"] for one in mine)
    assert {one["name"] for one in seen} == {"a.mp3", "bad.mp3"}, "nobody else's"


async def test_a_deleted_track_does_not_come_back_beside_the_same_file(
    producer: Tus, worker: Worker, tracks: Tracks, song: bytes
) -> None:
    first = await shown(producer, await producer.upload(song, filename="a.mp3"))
    await worker.work()
    address = f"/library/tracks/{first['track_id']}"
    assert (await producer.client.delete(address)).status_code == 204
    second = await shown(producer, await producer.upload(song, filename="b.mp3"))
    assert second["state"] == "waiting", "what was deleted is no duplicate"
    assert problem(await producer.client.post(f"{address}/restore")) == (409, "already_here")
    assert (await producer.client.delete(f"/library/tracks/{second['track_id']}")).status_code == 204
    assert (await producer.client.post(f"{address}/restore")).status_code == 202
    await worker.work()
    assert [one.state for one in await tracks.all()] == ["ready", "removed"]
