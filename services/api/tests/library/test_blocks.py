"""Saved filters: whose they are, what they hold, and what is wrong with one that means nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from api.settings import Settings
from desk import people
from desk.asking import bearer
from desk.library import category, have_tracks, titles
from desk.settings import STREAM_CONTROL_TOKEN
from kit.db import Sessions

ROCK: dict[str, Any] = {"match": "all", "of": [{"field": "genre", "test": "is", "value": ["Rock"]}]}


async def held(client: httpx.AsyncClient, *conditions: dict[str, Any], match: str = "all") -> str:
    """The titles that a filter holds, one after the other."""
    answer = await client.post("/library/blocks/preview", json={"filter": {"match": match, "of": conditions}})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["count"] == len(body["first"])
    return "".join(one["title"] for one in body["first"])


async def test_every_test_of_every_field_holds_what_it_says(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    now, day = datetime.now(UTC), timedelta(days=1)
    await have_tracks(
        sessions,
        {"title": "a", "genre": "Rock", "year": 1990, "tags": ["x", "y"], "artist": "Ana & Bea", "is_hit": True},
        {"title": "b", "genre": "Pop", "year": 2000, "tags": ["y"], "last_aired_at": now - 10 * day, "airs": 5},
        {"title": "c", "album": "The Ärger", "last_aired_at": now - 100 * day, "is_hit": False, "energy": 0.5},
        {"title": "d", "archived_at": now, "genre": "Rock"},
        {"title": "e", "valid_until": now - day, "genre": "Rock"},
        categories={"Gold": 1},
    )
    gold = str(await category(sessions, "Gold"))
    ana = (await producer.get("/library/tracks", params={"q": "ana"})).json()["items"][0]["artists"][0]["id"]
    for field, test, value, found in (
        ("genre", "is", "Rock", "a"),
        ("genre", "is_not", ["Rock"], "bc"),
        ("genre", "is_set", None, "ab"),
        ("genre", "is_empty", None, "c"),
        ("tag", "is", ["x", "z"], "a"),
        ("tag", "has_all", ["x", "y"], "a"),
        ("tag", "is_not", "x", "bc"),
        ("tag", "is_empty", None, "c"),
        ("category", "is", gold, "a"),
        ("category", "is_empty", None, "bc"),
        ("artist_id", "is", ana, "a"),
        ("artist_id", "is_not", ana, "bc"),
        ("text", "contains", "bea", "a"),
        ("album", "contains", "arg", "c"),
        ("album", "is", "THE ARGER", "c"),
        ("album", "is_empty", None, "ab"),
        ("year", "between", [1980, 1999], "a"),
        ("year", "at_least", 1995, "b"),
        ("energy", "at_most", 0.5, "c"),
        ("airs", "at_least", 1, "b"),
        ("last_aired", "within_days", 30, "b"),
        ("last_aired", "not_within_days", 30, "ac"),
        ("last_aired", "before", (now - 50 * day).isoformat(), "c"),
        ("added", "from", (now - day).isoformat(), "abc"),
        ("updated", "within_days", 1, "abc"),
        ("is_hit", "is", True, "a"),
        ("is_hit", "is", False, "c"),
        ("is_hit", "is_empty", None, "b"),
        ("requestable", "is", True, "abc"),
        ("duplicate", "is", True, ""),
        ("kind", "is", "MUS", "abc"),
    ):
        condition = {"field": field, "test": test, "value": value}
        assert await held(producer, condition) == found, condition
        # What is not known meets no condition: the opposite of one holds all others.
        assert await held(producer, condition, match="none") == "".join(t for t in "abc" if t not in found), condition
    both = ({"field": "genre", "value": "Pop"}, {"match": "none", "of": [{"field": "year", "test": "is_set"}]})
    assert await held(producer, *both, match="any") == "bc"
    assert await held(producer) == "abc"


async def test_a_block_is_saved_changed_used_and_forgotten(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    ids = await have_tracks(sessions, {"title": "a", "genre": "Rock"}, {"title": "b"}, {"title": "c", "genre": "Rock"})
    made = await producer.post("/library/blocks", json={"name": "Rock", "filter": ROCK})
    assert made.status_code == 201, made.text
    block = made.json()
    path = f"/library/blocks/{block['id']}"
    assert (block["version"], block["filter"]["of"][0]["value"]) == (1, ["Rock"])
    assert (await producer.get(path)).json() == block
    preview = (await producer.get(f"{path}/preview")).json()
    assert (preview["count"], preview["length_seconds"]) == (2, 360.0)
    assert await titles(producer, block=block["id"], sort="title") == ["a", "c"]
    assert await titles(producer, block=block["id"], q="c") == ["c"]
    inside = await producer.get(f"/internal{path}", headers=bearer(STREAM_CONTROL_TOKEN))
    assert (inside.json()["name"], set(inside.json()["track_ids"])) == ("Rock", {str(ids[0]), str(ids[2])})
    again = await producer.post("/library/blocks", json={"name": "Rock", "filter": ROCK})
    assert (again.status_code, again.json()["error_code"]) == (409, "block_name_taken")
    changed = (await producer.patch(path, json={"name": "Hard rock", "version": 1})).json()
    assert (changed["name"], changed["version"], changed["filter"]) == ("Hard rock", 2, block["filter"])
    stale = await producer.patch(path, json={"name": "Soft rock", "version": 1})
    assert (stale.status_code, stale.json()["error_code"]) == (409, "block_changed")
    assert (await producer.get("/library/blocks")).json()["total"] == 1
    assert (await producer.delete(path)).status_code == 204
    assert (await producer.get(path)).json()["error_code"] == "no_such_block"
    assert (await producer.get("/library/tracks", params={"block": block["id"]})).status_code == 404


async def test_a_filter_that_means_nothing_is_refused_by_the_name_of_its_element(producer: httpx.AsyncClient) -> None:
    bad = {"of": [ROCK, {"field": "year", "test": "between", "value": [2]}]}
    for answer in (
        await producer.post("/library/blocks", json={"name": "Bad", "filter": bad}),
        await producer.post("/library/blocks/preview", json={"filter": bad}),
    ):
        assert (answer.status_code, answer.json()["error_code"]) == (422, "bad_filter")
        assert answer.json()["detail"].startswith("of[1].value: ")
    assert (await producer.get("/library/blocks")).json()["total"] == 0


async def test_only_its_owner_and_administrators_change_a_block(
    producer: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    block = (await producer.post("/library/blocks", json={"name": "Mine", "filter": ROCK})).json()
    path = f"/library/blocks/{block['id']}"
    _, token = await people.user(sessions, served_settings, "producer")
    for answer in (
        await producer.patch(path, json={"name": "Yours"}, headers=bearer(token)),
        await producer.delete(path, headers=bearer(token)),
    ):
        assert (answer.status_code, answer.json()["error_code"]) == (403, "not_your_block")
    assert (await producer.get(path, headers=bearer(token))).status_code == 200
    assert (await station_admin.patch(path, json={"description": "Tidied"})).json()["description"] == "Tidied"
    assert (await producer.delete(f"/library/blocks/{uuid4()}")).status_code == 404
    assert (await producer.delete(path)).status_code == 204
