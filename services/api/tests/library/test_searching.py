"""Finding tracks over HTTP: by words in any spelling, by everything that is known of them, page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from api import throttle
from api.library import telling
from api.library.models import Track
from api.settings import Settings
from desk import people
from desk.library import category, have_tracks, row, titles, walk
from kit.db import Sessions
from sqlalchemy import delete, insert, select, text, update

NOW = datetime.now(UTC)
SONGS: tuple[dict[str, Any], ...] = (
    {"title": "Jóga", "artist": "Björk", "album": "Homogenic", "year": 1997, "genre": "Pop", "language": "en"},
    {"title": "Don't Panic", "artist": "Coldplay", "album": "Parachutes", "year": 2000, "genre": "Rock"},
    {"title": "Yellow Submarine", "artist": "The Beatles", "year": 1966, "genre": "Rock", "tags": ["brass", "Sea"]},
    {"title": "Help!", "artist": "The Beatles", "album": "Help!", "year": 1965, "genre": "Rock", "mood": "happy"},
    {"title": "Straßenbahn", "artist": "Łódź Ensemble feat. Björk", "year": 2019, "tempo_bpm": 96.0, "energy": 0.4},
    {"title": "שלום עולם", "artist": "عمرو دياب", "length_seconds": 31.0},
    {"title": "宇多田の歌", "artist": "椎名林檎", "is_canadian": True},
    {"title": "AC/DC Tribute 2 🎸", "artist": "U2 vs. The B-52's", "isrc": "USRC17607839"},
)


async def test_words_are_found_in_any_spelling_the_best_match_first(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    await have_tracks(sessions, *SONGS)
    for asked, found in {
        "joga": ["Jóga"],
        "BJÖRK": ["Jóga", "Straßenbahn"],
        "bjo": ["Jóga", "Straßenbahn"],
        "strassenbahn lodz": ["Straßenbahn"],
        "beatles yel": ["Yellow Submarine"],
        "dont panic": ["Don't Panic"],
        "Don’t": ["Don't Panic"],
        "שלום": ["שלום עולם"],
        "宇多田": ["宇多田の歌"],
        "ac/dc": ["AC/DC Tribute 2 🎸"],
        "u2": ["AC/DC Tribute 2 🎸"],
        "USRC17607839": ["AC/DC Tribute 2 🎸"],
        "\0 help": ["Help!"],
    }.items():
        assert sorted(t or "" for t in await titles(producer, q=asked)) == sorted(found), asked
    # In the title a word weighs more than in the artist's name.
    await have_tracks(sessions, {"title": "Nothing", "artist": "Yellow"})
    assert await titles(producer, q="yellow") == ["Yellow Submarine", "Nothing"]


async def test_typing_errors_find_what_is_alike_and_say_so(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    await have_tracks(sessions, *SONGS)
    for asked, found in {"beatels": "The Beatles", "yelow submarin": "The Beatles", "Coldpaly": "Coldplay"}.items():
        body = (await producer.get("/library/tracks", params={"q": asked})).json()
        assert body["alike"] is True, asked
        assert body["items"][0]["artist"] == found
        facets = (await producer.get("/library/facets", params={"q": asked})).json()
        assert facets["alike"] is True
        assert sum(one["count"] for one in facets["kind"]) == body["total"]
    body = (await producer.get("/library/tracks", params={"q": "beatles"})).json()
    assert (body["alike"], body["total"]) == (False, 2)
    for nothing in ("xqzwvk", "...", "%%", "' | !"):
        body = (await producer.get("/library/tracks", params={"q": nothing})).json()
        assert (body["items"], body["alike"], body["total"], body["next"]) == ([], False, 0, None)


async def test_every_field_filters(producer: httpx.AsyncClient, sessions: Sessions, served_settings: Settings) -> None:
    someone, _ = await people.user(sessions, served_settings, "producer")
    day = timedelta(days=1)
    await have_tracks(
        sessions,
        {"title": "a", "kind": "ADV", "genre": "Rock", "tags": ["x", "y"], "energy": 0.2, "tempo_bpm": 90.0},
        {"title": "b", "mood": "calm", "language": "fr", "tags": ["y"], "length_seconds": 20.0, "is_canadian": False},
        {"title": "c", "year": 1999, "created_by": someone, "artist": "Ana & Bea", "usage_type": "jingle"},
        {"title": "d", "state": "refused", "problem": "It cannot be decoded."},
        {"title": "e", "state": "gone"},
        {"title": "f", "state": "removed", "deleted_at": NOW},
        {"title": "g", "archived_at": NOW},
        {"title": "h", "missing_since": NOW, "scan_status": "infected", "scanned_at": NOW},
        {"title": "i", "last_aired_at": NOW - 40 * day, "airs": 3, "content_sha256": "ab" * 32},
        {
            "title": "j",
            "created_at": NOW - 400 * day,
            "content_sha256": "ab" * 32,
            "source": "folder",
            "requestable": False,
        },
        {"title": "k", "valid_until": NOW - day, "is_hit": True},
        categories={"Gold": 2},
    )
    ana = (await producer.get("/library/tracks", params={"q": "ana"})).json()["items"][0]["artists"][0]["id"]
    living = "abcdhijk"
    for query, found in (
        ({}, living),
        ({"kind": "ADV"}, "a"),
        ({"kind": ["ADV", "MUS"], "genre": "Rock"}, "a"),
        ({"tag": ["x", "nothing"]}, "a"),
        ({"tag": "y", "mood": "calm"}, "b"),
        ({"language": "fr"}, "b"),
        ({"category": str(await category(sessions, "Gold"))}, "ab"),
        ({"artist_id": ana}, "c"),
        ({"uploaded_by": str(someone)}, "c"),
        ({"usage_type": "jingle"}, "c"),
        ({"year_from": 1990, "year_to": 1999}, "c"),
        ({"energy_to": 0.2, "tempo_from": 80, "tempo_to": 90}, "a"),
        ({"length_to": 20}, "b"),
        ({"is_canadian": "false"}, "b"),
        ({"is_hit": "true"}, "k"),
        ({"state": "refused"}, "d"),
        ({"state": "gone"}, "e"),
        ({"deleted": "only"}, "f"),
        ({"deleted": "any", "state": ["gone", "removed"]}, "ef"),
        ({"archived": "only"}, "g"),
        ({"archived": "any"}, "abcdghijk"),
        ({"missing": "only"}, "h"),
        ({"missing": "no"}, "abcdijk"),
        ({"problem": "true"}, "dh"),
        ({"scan_status": "infected"}, "h"),
        ({"duplicate": "true"}, "ij"),
        ({"duplicate": "false"}, "abcdhk"),
        ({"airable": "false"}, "dhk"),
        ({"requestable": "true"}, "bci"),
        ({"not_aired_since": (NOW - 30 * day).isoformat()}, living),
        ({"not_aired_since": (NOW - 50 * day).isoformat()}, "abcdhjk"),
        ({"added_before": (NOW - 30 * day).isoformat()}, "j"),
        ({"added_from": (NOW - 30 * day).isoformat()}, "abcdhik"),
    ):
        assert "".join(t or "" for t in await titles(producer, sort="title", **query)) == found, query


@pytest.mark.parametrize(
    "sort", ["title", "artist", "added", "last_aired", "airs", "length", "year", "tempo", "energy"]
)
async def test_every_order_goes_page_by_page_without_loss_or_repetition(
    producer: httpx.AsyncClient, sessions: Sessions, sort: str
) -> None:
    some = [
        {
            "title": f"t{number % 5}",
            "artist": None if number % 3 else f"a{number % 4}",
            "year": 1990 + number % 3 if number % 2 else None,
            "tempo_bpm": 90.5 if number % 2 else None,
            "energy": number % 4 / 4,
            "last_aired_at": NOW - timedelta(seconds=number // 3) if number % 2 else None,
            "created_at": NOW - timedelta(seconds=number // 4),
            "airs": number % 6,
            "length_seconds": 100.1 + number % 7,
        }
        for number in range(23)
    ]
    ids = {str(one) for one in await have_tracks(sessions, *some)}
    forth = await walk(producer, sort=sort, order="ascending", limit=5)
    assert (len(forth), set(forth)) == (23, ids)
    assert await walk(producer, sort=sort, order="descending", limit=4) == forth[::-1]


async def test_a_page_follows_the_one_before_whatever_changed_meanwhile(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    ids = await have_tracks(sessions, *({"title": f"song {number:02}"} for number in range(20)))
    first = (await producer.get("/library/tracks", params={"q": "song", "sort": "title", "limit": 8})).json()
    assert (len(first["items"]), first["total"], first["total_is_least"]) == (8, 20, False)
    async with sessions.begin() as tx:
        await tx.execute(insert(Track), [row(title="song 00 and a half")])
        await tx.execute(update(Track).where(Track.id == ids[3]).values(mood="calm"))
        await tx.execute(delete(Track).where(Track.id == ids[7]))
        await telling.changed(tx, [ids[3]], ["mood"])
    rest = await walk(producer, q="song", sort="title", limit=8, after=first["next"])
    assert rest == [str(one) for one in ids[8:]]


async def test_relevance_pages_too_and_a_cursor_is_good_for_its_own_search_alone(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    await have_tracks(sessions, *({"title": "love " * (1 + n % 3), "artist": f"love {n}"} for n in range(11)))
    for asked in ("love", "lovve"):
        found = await walk(producer, q=asked, limit=3)
        assert (len(found), len(set(found))) == (11, 11)
    cursor = (await producer.get("/library/tracks", params={"q": "love", "limit": 3})).json()["next"]
    for query in ({"q": "lov"}, {"q": "love", "genre": "Rock"}, {"q": "love", "sort": "title"}, {"order": "ascending"}):
        answer = await producer.get("/library/tracks", params={**query, "after": cursor})
        assert (answer.status_code, answer.json()["error_code"]) == (422, "bad_cursor")
    assert (await producer.get("/library/tracks", params={"after": "e30"})).status_code == 422


async def test_facets_count_what_is_found(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    await have_tracks(sessions, *SONGS, categories={"Gold": 3, "Silver": 1})

    async def counted(facet: str, **query: Any) -> dict[str, int]:
        answer = await producer.get("/library/facets", params=query)
        assert answer.status_code == 200, answer.text
        return {one["label"]: one["count"] for one in answer.json()[facet]}

    assert await counted("genre") == {"Rock": 3, "Pop": 1}
    assert await counted("decade") == {"1960": 2, "1990": 1, "2000": 1, "2010": 1}
    assert await counted("category") == {"Gold": 3, "Silver": 1}
    assert await counted("tag", q="submarine") == {"brass": 1, "Sea": 1}
    assert await counted("kind", genre="Rock", year_to=1999) == {"MUS": 2}
    assert await counted("kind", q="nowhere to be found") == {}
    gold = await category(sessions, "Gold")
    async with sessions.begin() as tx:
        await tx.execute(update(Track).where(Track.title == "Help!").values(genre="Skiffle", kind="PRO"))
        await tx.execute(text("DELETE FROM api.track_categories WHERE category_id = :id"), {"id": gold})
    assert await counted("genre") == {"Rock": 2, "Pop": 1, "Skiffle": 1}
    assert await counted("kind") == {"MUS": 7, "PRO": 1}
    assert await counted("category") == {"Silver": 1}


async def test_listeners_find_only_what_they_may_ask_for_and_see_only_what_is_public(
    listener: httpx.AsyncClient, anybody: httpx.AsyncClient, sessions: Sessions
) -> None:
    day = timedelta(days=1)
    ids = await have_tracks(
        sessions,
        {"title": "song one", "album": "A", "year": 2001, "genre": "Pop", "composer": "Secret", "artwork": True},
        {"title": "song two", "requestable": False},
        {"title": "song three", "kind": "ADV"},
        {"title": "song four", "archived_at": NOW},
        {"title": "song five", "state": "waiting"},
        {"title": "song six", "state": "removed", "deleted_at": NOW},
        {"title": "song seven", "valid_from": NOW + day},
        {"title": "song eight", "kill_date": (NOW - 2 * day).date()},
        {"title": "song nine", "scan_status": "infected", "scanned_at": NOW},
        {"title": "song ten", "kind": "VT", "requestable": True, "kill_date": NOW.date()},
    )
    for client in (listener, anybody):
        assert await titles(client, "/library/songs", q="song", sort="title") == ["song one", "song ten"]
        assert await titles(client, "/library/songs", genre="Pop", year_from=2000) == ["song one"]
    assert (await listener.get("/library/songs", params={"genre": "Pop"})).json()["items"] == [
        {"id": str(ids[0]), "title": "song one", "artist": None, "album": "A", "year": 2001, "genre": "Pop",
         "length_seconds": 180.0, "artwork": f"/artwork/{ids[0]}.jpg"}
    ]  # fmt: skip
    facets = (await anybody.get("/library/songs/facets")).json()
    assert facets["genre"] == [{"value": "Pop", "label": "Pop", "count": 1}]
    assert facets["kind"] == facets["state"] == facets["category"] == []
    for secret in ({"kind": "ADV"}, {"deleted": "only"}, {"uploaded_by": str(uuid4())}):
        assert (await anybody.get("/library/songs", params=secret)).status_code == 422
    for path in ("/library/tracks", "/library/facets", f"/library/tracks/{ids[0]}"):
        assert (await listener.get(path)).status_code == 403


async def test_one_track_is_shown_with_all_that_is_known(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    (one,) = await have_tracks(sessions, {**SONGS[4], "hours": [1] * 7, "edited": ["title"]}, categories={"Gold": 1})
    shown = (await producer.get(f"/library/tracks/{one}")).json()
    assert [(who["name"], who["role"]) for who in shown["artists"]] == [
        ("Łódź Ensemble", "main"),
        ("Björk", "featured"),
    ]
    assert [held["name"] for held in shown["categories"]] == ["Gold"]
    assert (shown["hours"], shown["edited"], shown["energy"]) == ([1] * 7, ["title"], 0.4)
    answer = await producer.get(f"/library/tracks/{uuid4()}")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "no_such_track")


async def test_strangers_who_search_too_often_wait(
    anybody: httpx.AsyncClient, producer: httpx.AsyncClient, served_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "address_of", lambda _: "a stranger's")
    statuses = [
        (await anybody.get("/library/songs")).status_code for _ in range(served_settings.searches_per_address + 1)
    ]
    assert set(statuses[:-1]) == {200}
    assert statuses[-1] == 429
    assert (await producer.get("/library/songs")).status_code == 200


async def test_a_search_that_takes_too_long_is_stopped_and_says_so(
    anybody: httpx.AsyncClient, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    await have_tracks(sessions, *SONGS)
    monkeypatch.setattr("api.library.finding.service.PATIENCE", 100)
    async with sessions.begin() as tx:
        await tx.execute(text("LOCK TABLE api.track_index IN ACCESS EXCLUSIVE MODE"))
        answer = await anybody.get("/library/songs", params={"q": "help"})
    assert (answer.status_code, answer.json()["error_code"]) == (503, "search_took_too_long")
    assert (await anybody.get("/library/songs", params={"q": "help"})).status_code == 200


async def test_the_index_is_always_what_the_tracks_say(sessions: Sessions) -> None:
    (one,) = await have_tracks(sessions, {"title": "First", "kind": "LIN"})
    seen = []
    for change in (
        {"title": "Ünique"}, {"requestable": True}, {"archived_at": NOW}, {"archived_at": None, "year": 2024},
        {"state": "removed", "deleted_at": NOW}, {"tags": ["a", "a"]}, {"version": 999}, {"last_aired_at": NOW},
    ):  # fmt: skip
        async with sessions.begin() as tx:
            await tx.execute(update(Track).where(Track.id == one).values(**change))
        query = "SELECT letters, airable, requestable, archived, deleted, year, length(codes) / 4 FROM api.track_index"
        async with sessions() as tx:
            seen.append(tuple((await tx.execute(text(query))).one()))
    assert seen == [
        ("unique", True, False, False, False, None, 2),
        ("unique", True, True, False, False, None, 2),
        ("unique", False, False, True, False, None, 2),
        ("unique", True, True, False, False, 2024, 3),
        ("unique", False, False, False, True, 2024, 3),
        ("unique", False, False, False, True, 2024, 5),
        ("unique", False, False, False, True, 2024, 5),
        ("unique", False, False, False, True, 2024, 5),
    ]
    async with sessions.begin() as tx:
        await tx.execute(delete(Track).where(Track.id == one))
        assert await tx.scalar(select(text("count(*) FROM api.track_index"))) == 0
