"""Artists and categories over HTTP: names that stay whole, names that are one's, and tracks that follow."""

from uuid import UUID, uuid4

import httpx
from api import tables
from desk.library import have_tracks
from kit import facts
from kit.contracts.facts import TrackChanged
from kit.db import Sessions


async def artists(client: httpx.AsyncClient, track: UUID) -> list[str]:
    """The names of those on a track."""
    return [one["name"] for one in (await client.get(f"/library/tracks/{track}")).json()["artists"]]


async def artist(client: httpx.AsyncClient, name: str) -> str:
    """The id of an artist."""
    (found,) = (await client.get("/library/artists", params={"q": name})).json()["items"]
    return str(found["id"])


async def changes(sessions: Sessions) -> list[tuple[UUID, tuple[str, ...]]]:
    """What was told of changed tracks."""
    async with sessions() as tx:
        told = [one.fact for one in await facts.read(tx, tables.facts, after=0, limit=100)]
    return [(fact.track_id, fact.changed) for fact in told if isinstance(fact, TrackChanged)]


async def test_a_name_that_is_made_known_stays_whole_and_one_that_is_forgotten_is_split_again(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    one, other = await have_tracks(
        sessions,
        {"title": "a", "artist": "Simon & Garfunkel feat. Zoë"},
        {"title": "b", "composer": "Simon & Garfunkel"},
    )
    assert await artists(producer, one) == ["Simon", "Garfunkel", "Zoë"]
    made = await producer.post("/library/artists", json={"name": "Simon & Garfunkel", "aliases": ["S+G"]})
    assert made.status_code == 201, made.text
    shown = made.json()
    assert (shown["sort_name"], shown["aliases"], shown["tracks"]) == ("Simon & Garfunkel", ["S+G"], 2)
    assert await artists(producer, one) == ["Simon & Garfunkel", "Zoë"]
    assert await artists(producer, other) == ["Simon & Garfunkel"]
    assert {track for track, fields in await changes(sessions) if fields == ("artists",)} == {one, other}
    again = await producer.post("/library/artists", json={"name": "SIMON & GARFUNKEL"})
    assert (again.status_code, again.json()["error_code"]) == (409, "artist_name_taken")
    assert (await producer.delete(f"/library/artists/{shown['id']}")).status_code == 204
    assert await artists(producer, one) == ["Simon", "Garfunkel", "Zoë"]


async def test_several_artists_become_one_under_all_their_names(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    one, other = await have_tracks(
        sessions, {"title": "a", "artist": "Prince & Camille"}, {"title": "b", "artist": "The Artist"}
    )
    prince, camille, the_artist = [await artist(producer, name) for name in ("prince", "Camille", "The Artist")]
    merged = await producer.post(f"/library/artists/{prince}/merge", json={"others": [camille, the_artist]})
    assert merged.status_code == 200, merged.text
    assert (merged.json()["aliases"], merged.json()["tracks"]) == (["Camille", "The Artist"], 2)
    assert await artists(producer, one) == await artists(producer, other) == ["Prince"]
    assert (await producer.get(f"/library/artists/{camille}")).json()["error_code"] == "no_such_artist"
    assert await artist(producer, "CAMIL") == prince


async def test_an_artist_is_renamed_and_loses_a_name(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    one, other = await have_tracks(sessions, {"title": "a", "artist": "The XX"}, {"title": "b", "artist": "xx"})
    shown = (await producer.patch(f"/library/artists/{await artist(producer, 'the xx')}", json={"name": "xX"})).json()
    assert shown["error_code"] == "artist_name_taken"
    the_xx, short = [await artist(producer, "the xx"), (await artist_named(producer, "xx"))]
    await producer.post(f"/library/artists/{the_xx}/merge", json={"others": [short]})
    shown = (await producer.patch(f"/library/artists/{the_xx}", json={"name": "xx", "sort_name": "xx"})).json()
    assert (shown["name"], shown["sort_name"], shown["aliases"], shown["tracks"]) == ("xx", "xx", ["The XX"], 2)
    shown = (await producer.patch(f"/library/artists/{the_xx}", json={"aliases": []})).json()
    assert (shown["aliases"], shown["tracks"]) == ([], 1)
    assert (await artists(producer, one), await artists(producer, other)) == (["The XX"], ["xx"])
    for wrong in ({"name": " \t"}, {"name": "a\0"}, {"colour": "red"}, {"aliases": [""]}):
        assert (await producer.patch(f"/library/artists/{the_xx}", json=wrong)).status_code == 422
    assert (await producer.patch(f"/library/artists/{uuid4()}", json={"name": "x"})).status_code == 404


async def artist_named(client: httpx.AsyncClient, name: str) -> str:
    """The id of the artist who is shown under exactly this name."""
    items = (await client.get("/library/artists")).json()["items"]
    return next(str(one["id"]) for one in items if one["name"] == name)


async def test_categories_are_made_renamed_and_dissolved_and_tracks_follow(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    one, _ = await have_tracks(sessions, {"title": "a"}, {"title": "b"}, categories={"Gold": 1})
    (gold,) = (await producer.get("/library/categories")).json()["items"]
    assert (gold["name"], gold["tracks"]) == ("Gold", 1)
    made = await producer.post("/library/categories", json={"name": "Silver", "description": "Now and then"})
    assert (made.status_code, made.json()["tracks"]) == (201, 0)
    taken = await producer.patch(f"/library/categories/{gold['id']}", json={"name": "Silver"})
    assert (taken.status_code, taken.json()["error_code"]) == (409, "category_name_taken")
    assert (await producer.patch(f"/library/categories/{gold['id']}", json={"name": "Power"})).json()["tracks"] == 1
    assert (await producer.get(f"/library/tracks/{one}")).json()["categories"][0]["name"] == "Power"
    assert (await producer.delete(f"/library/categories/{gold['id']}")).status_code == 204
    assert (await producer.delete(f"/library/categories/{gold['id']}")).json()["error_code"] == "no_such_category"
    assert (await producer.get(f"/library/tracks/{one}")).json()["categories"] == []
    assert (await producer.get("/library/facets")).json()["category"] == []
    assert await changes(sessions) == [(one, ("categories",))] * 2
