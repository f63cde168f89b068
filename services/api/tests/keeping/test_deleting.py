"""Deleting, restoring, purging and merging over HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from api.keeping.deletion import purge
from api.library.models import Category, Track, TrackCategory
from api.programme.models import ProgrammeEntry
from api.settings import Settings
from desk import people
from desk.asking import bearer, track
from desk.settings import ADMIN_TOKENS
from desk.signing_in import problem
from kit.db import Sessions
from sqlalchemy import select


class Producer:
    """Somebody who edits, and may delete what is their own."""

    def __init__(self, client: httpx.AsyncClient, identity: UUID) -> None:
        self.client = client
        self.id = identity


@pytest.fixture
async def producer(anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings) -> Producer:
    identity, token = await people.user(sessions, served_settings, "producer")
    anybody.headers.update(bearer(token))
    return Producer(anybody, identity)


async def as_is(sessions: Sessions, identity: UUID) -> Track:
    async with sessions() as tx:
        return (await tx.scalars(select(Track).where(Track.id == identity))).one()


async def on_the_playlist(sessions: Sessions, *tracks: Track) -> None:
    async with sessions.begin() as tx:
        for position, one in enumerate(tracks, start=1):
            tx.add(ProgrammeEntry(track_id=one.id, position=position))


async def playlist(sessions: Sessions) -> list[UUID]:
    async with sessions() as tx:
        return list(await tx.scalars(select(ProgrammeEntry.track_id).order_by(ProgrammeEntry.position)))


async def test_a_deleted_track_leaves_library_and_playlist_and_comes_back(
    producer: Producer, sessions: Sessions
) -> None:
    one = await track(sessions, created_by=producer.id)
    await on_the_playlist(sessions, one)
    path = f"/library/tracks/{one.id}"
    assert (await producer.client.delete(path)).status_code == 204
    now = await as_is(sessions, one.id)
    assert (now.state, now.deleted_by, await playlist(sessions)) == ("removed", producer.id, [])
    assert problem(await producer.client.delete(path)) == (404, "no_such_track")
    assert problem(await producer.client.patch(path, json={"set": {"title": "x"}})) == (404, "no_such_track")
    assert (await producer.client.post(f"{path}/restore")).status_code == 202
    now = await as_is(sessions, one.id)
    assert (now.state, now.deleted_at, now.deleted_by) == ("waiting", None, None)
    assert problem(await producer.client.post(f"{path}/restore")) == (409, "not_removed")


async def test_nobody_but_an_administrator_deletes_what_another_brought_in(
    producer: Producer, sessions: Sessions
) -> None:
    mine, other = await track(sessions, created_by=producer.id), await track(sessions)
    composed = await track(sessions, source="starter")
    assert problem(await producer.client.delete(f"/library/tracks/{other.id}")) == (403, "not_your_track")
    which = {"which": {"track_ids": [str(mine.id), str(other.id), str(composed.id)]}}
    told = (await producer.client.post("/library/deletions", json=which)).json()
    assert (told["deleted"], told["refused_count"]) == (1, 2)
    admin = bearer(ADMIN_TOKENS[0])
    told = (await producer.client.post("/library/deletions", json={**which, "expected": 3}, headers=admin)).json()
    assert (told["deleted"], [one["track_id"] for one in told["refused"]]) == (1, [str(composed.id)])


async def test_the_disk_is_cleared_after_the_time_of_grace_but_nothing_that_a_person_dropped(
    producer: Producer, sessions: Sessions, served_settings: Settings
) -> None:
    folders = {"upload": served_settings.library_folder, "folder": served_settings.fallback_folder}
    tracks = {}
    for source, folder in folders.items():
        for age in (29, 31):
            name = f"{uuid4()}.flac"
            (folder / name).write_bytes(b"sound")
            at = datetime.now(UTC) - timedelta(days=age)
            tracks[source, age] = await track(sessions, source=source, path=name, state="removed", deleted_at=at)
    await purge(sessions, served_settings)
    there = {key: (folders[key[0]] / one.path).exists() for key, one in tracks.items()}
    for source, one in ((key[0], one) for key, one in tracks.items()):
        (folders[source] / one.path).unlink(missing_ok=True)
    assert there == {("upload", 29): True, ("upload", 31): False, ("folder", 29): True, ("folder", 31): True}
    purged = tracks["upload", 31].id
    assert (await as_is(sessions, purged)).state == "gone"
    restore = await producer.client.post(f"/library/tracks/{purged}/restore", headers=bearer(ADMIN_TOKENS[0]))
    assert problem(restore) == (409, "not_removed")


async def test_merging_keeps_what_is_known_of_either_in_the_first_of_their_places(
    producer: Producer, sessions: Sessions
) -> None:
    aired = datetime.now(UTC) - timedelta(days=1)
    keep = await track(sessions, title="Song", genre=None, tags=["a"], airs=2)
    twin = await track(
        sessions, title="song (1)", genre="jazz", tags=["b"], airs=3, last_aired_at=aired, edited=["genre"],
        created_by=producer.id,
    )  # fmt: skip
    between = await track(sessions)
    await on_the_playlist(sessions, twin, between, keep)
    gold = Category(id=uuid4(), name="Gold")
    async with sessions.begin() as tx:
        tx.add(gold)
        await tx.flush()
        tx.add(TrackCategory(track_id=twin.id, category_id=gold.id))
    path = f"/library/tracks/{keep.id}/merge"
    itself = await producer.client.post(path, json={"duplicates": [str(keep.id)]})
    assert problem(itself) == (422, "merged_with_itself")
    assert problem(await producer.client.post(path, json={"duplicates": [str(uuid4())]})) == (404, "no_such_track")
    answer = await producer.client.post(path, json={"duplicates": [str(twin.id)]})
    assert answer.status_code == 200, answer.text
    now, gone = await as_is(sessions, keep.id), await as_is(sessions, twin.id)
    assert (now.title, now.genre, now.tags, now.edited) == ("Song", "jazz", ["a", "b"], ["genre"])
    assert (now.airs, now.last_aired_at) == (5, aired)
    assert (gone.state, gone.duplicate_of) == ("removed", keep.id)
    assert await playlist(sessions) == [keep.id, between.id]
    assert [one["id"] for one in answer.json()["categories"]] == [str(gold.id)]
