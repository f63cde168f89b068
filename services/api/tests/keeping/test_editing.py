"""Editing over HTTP: one track, many, the preview, the history, and taking it back."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from api.library.models import Category, Track, TrackCategory
from api.settings import Settings
from desk import people
from desk.asking import bearer, track
from desk.signing_in import problem
from kit.db import Sessions
from sqlalchemy import select

PREVIEW, EDITS = "/library/edits/preview", "/library/edits"


@pytest.fixture
async def producer(anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings) -> httpx.AsyncClient:
    _, token = await people.user(sessions, served_settings, "producer", display_name="Paula")
    anybody.headers.update(bearer(token))
    return anybody


async def as_is(sessions: Sessions, identity: UUID) -> Track:
    async with sessions() as tx:
        return (await tx.scalars(select(Track).where(Track.id == identity))).one()


async def category(sessions: Sessions, name: str) -> UUID:
    made = Category(id=uuid4(), name=name)
    async with sessions.begin() as tx:
        tx.add(made)
    return made.id


def many(tracks: list[Track], **edit: Any) -> dict[str, Any]:
    return {"which": {"track_ids": [str(one.id) for one in tracks]}, "edit": edit}


async def test_an_edit_is_made_written_down_and_taken_back(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    one = await track(sessions, title="Old", artist="Ann feat. Bob", cue_in=0.5)
    wish = {"set": {"title": "New", "artist": "Cy", "kill_date": "2027-01-31"}, "add_tags": ["jazz"], "version": 0}
    answer = await producer.patch(f"/library/tracks/{one.id}", json=wish)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["title"], told["tags"], told["artists"][0]["name"]) == ("New", ["jazz"], "Cy")
    assert told["edited"] == ["artist", "kill_date", "tags", "title"]
    assert told["version"] > 0
    history = (await producer.get(f"/library/tracks/{one.id}/history")).json()["items"]
    assert {(entry["field"], str(entry["before"]), str(entry["after"])) for entry in history} == {
        ("title", "Old", "New"),
        ("artist", "Ann feat. Bob", "Cy"),
        ("kill_date", "None", "2027-01-31"),
        ("tags", "[]", "['jazz']"),
    }
    assert {entry["user"] for entry in history} == {"Paula"}
    [edit] = (await producer.get(EDITS)).json()["items"]
    assert (edit["user"], edit["tracks"], edit["undone_at"]) == ("Paula", 1, None)
    undone = (await producer.post(f"{EDITS}/{edit['id']}/undo")).json()
    assert (undone["changed"], undone["kept_count"]) == (1, 0)
    now = await as_is(sessions, one.id)
    assert (now.title, now.artist, now.kill_date, now.tags, now.edited) == ("Old", "Ann feat. Bob", None, [], [])
    assert problem(await producer.post(f"{EDITS}/{edit['id']}/undo")) == (409, "already_undone")
    again = (await producer.post(f"{EDITS}/{undone['edit_id']}/undo")).json()
    assert again["changed"] == 1
    assert (await as_is(sessions, one.id)).title == "New"


async def test_somebody_who_looked_at_an_older_version_is_told(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    one = await track(sessions)
    first = await producer.patch(f"/library/tracks/{one.id}", json={"set": {"genre": "pop"}, "version": 0})
    late = await producer.patch(f"/library/tracks/{one.id}", json={"set": {"genre": "rock"}, "version": 0})
    assert (first.status_code, problem(late)) == (200, (409, "changed_meanwhile"))
    assert (await as_is(sessions, one.id)).genre == "pop"


async def test_an_edit_that_makes_no_sense_is_refused_and_changes_nothing(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    one = await track(sessions, cue_out=58.0)
    invalid, impossible = (422, "invalid_input"), (422, "invalid_edit")
    tries: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({}, invalid),
        ({"set": {}}, invalid),
        ({"set": {"titel": "x"}}, invalid),
        ({"set": {"title": "a\u202eb"}}, invalid),
        ({"set": {"isrc": "nonsense"}}, invalid),
        ({"set": {"year": 99999}}, invalid),
        ({"set": {"kind": None}}, invalid),
        ({"release": ["path"]}, invalid),
        ({"set": {"mood": "calm"}, "release": ["mood"]}, invalid),
        ({"set": {"cue_out": 61.0}}, impossible),
        ({"set": {"cue_in": 59.0}}, impossible),
        ({"add_categories": [str(uuid4())]}, (422, "no_such_category")),
    ]
    for wish, expected in tries:
        assert problem(await producer.patch(f"/library/tracks/{one.id}", json=wish)) == expected, wish
    now = await as_is(sessions, one.id)
    assert (now.version, now.edited) == (0, [])


async def test_many_are_previewed_changed_and_taken_back_but_for_what_changed_since(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    gold = await category(sessions, "Gold")
    tracks = [await track(sessions, genre="pop", length_seconds=length) for length in (60.0, 60.0, 2.0)]
    body = many(tracks, set={"genre": "soul", "segue_at": 50.0}, add_categories=[str(gold)])
    seen = (await producer.post(PREVIEW, json=body)).json()
    assert (seen["tracks"], seen["changed"], seen["refused_count"]) == (3, 2, 1)
    assert seen["fields"] == {"genre": 2, "segue_at": 2, "categories": 2}
    assert seen["refused"][0]["track_id"] == str(tracks[2].id)
    assert (await as_is(sessions, tracks[0].id)).genre == "pop", "a preview changes nothing"
    assert problem(await producer.post(EDITS, json={**body, "expected": 4})) == (409, "other_number")
    done = (await producer.post(EDITS, json={**body, "expected": 3})).json()
    assert (done["changed"], done["refused_count"]) == (2, 1)
    await producer.patch(f"/library/tracks/{tracks[1].id}", json={"set": {"genre": "funk"}})
    undone = (await producer.post(f"{EDITS}/{done['edit_id']}/undo")).json()
    assert (undone["changed"], undone["kept_count"], undone["kept"][0]["fields"]) == (2, 1, ["genre"])
    first, second = await as_is(sessions, tracks[0].id), await as_is(sessions, tracks[1].id)
    assert (first.genre, first.segue_at, first.edited) == ("pop", None, [])
    assert (second.genre, second.segue_at, second.edited) == ("funk", None, ["genre"])
    async with sessions() as tx:
        assert (await tx.scalars(select(TrackCategory))).all() == []


async def test_a_category_that_is_gone_is_not_restored(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    old, new = await category(sessions, "Old"), await category(sessions, "New")
    one = await track(sessions)
    path = f"/library/tracks/{one.id}"
    assert (await producer.patch(path, json={"categories": [str(old)]})).status_code == 200
    assert (await producer.patch(path, json={"categories": [str(new)]})).status_code == 200
    async with sessions.begin() as tx:
        await tx.delete(await tx.get_one(Category, old))
    [edit, _] = (await producer.get(EDITS)).json()["items"]
    assert (await producer.post(f"{EDITS}/{edit['id']}/undo")).json()["changed"] == 1
    async with sessions() as tx:
        assert (await tx.scalars(select(TrackCategory))).all() == []


async def test_edits_and_histories_are_read_in_pages(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    one = await track(sessions)
    for year in (2001, 2002, 2003):
        await producer.patch(f"/library/tracks/{one.id}", json={"set": {"year": year}})
    page = (await producer.get(EDITS, params={"limit": 2})).json()
    rest = (await producer.get(EDITS, params={"limit": 2, "before": page["next"]})).json()
    assert [len(page["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    history = (await producer.get(f"/library/tracks/{one.id}/history", params={"limit": 2})).json()
    older = await producer.get(f"/library/tracks/{one.id}/history", params={"before": history["next"]})
    assert [entry["after"] for entry in history["items"] + older.json()["items"]] == [2003, 2002, 2001]
    assert problem(await producer.get(EDITS, params={"before": str(uuid4())})) == (404, "no_such_edit")


async def test_all_that_a_filter_holds_is_edited_at_once(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    for genre in ("pop", "pop", "jazz"):
        await track(sessions, genre=genre)
    pop = {"of": [{"field": "genre", "value": ["pop"]}]}
    edit = {"which": {"filter": pop}, "edit": {"set": {"genre": "Pop"}}, "expected": 2}
    done = (await producer.post(EDITS, json=edit)).json()
    assert done["changed"] == 2
    assert problem(await producer.post(EDITS, json=edit)) == (409, "other_number"), "the filter holds none by now"
    for which in ({}, {"filter": pop, "track_ids": [str(uuid4())]}):
        assert problem(await producer.post(EDITS, json={**edit, "which": which})) == (422, "invalid_input")
    wrong = {**edit, "which": {"filter": {"of": [{"field": "size", "value": 1}]}}}
    assert problem(await producer.post(PREVIEW, json=wrong)) == (422, "bad_filter")
