"""The archive over HTTP: who sees what, in which order, found by which words, changed and deleted by whom."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from api.settings import Settings
from api.shows.models import Show
from desk import people
from desk.airchecks import BEGIN, have, show
from desk.asking import bearer
from desk.settings import ADMIN_TOKENS
from desk.signing_in import problem
from kit.contracts.people import Role
from kit.db import Sessions

ROLES: dict[str, Role] = {
    "streamer": "streamer",
    "owner": "streamer",
    "stranger": "streamer",
    "listener": "listener",
    "producer": "producer",
    "admin": "admin",
}


@dataclass(frozen=True)
class Cast:
    """Everybody who may have to do with a show, and their tokens."""

    night: Show
    streamer: UUID
    tokens: dict[str, dict[str, str]]


@pytest.fixture
async def cast(anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings) -> Cast:
    """A show whose owner is not the one who streams it."""
    named = {
        name: await people.user(sessions, served_settings, role, display_name=name.title())
        for name, role in ROLES.items()
    }
    night = await show(sessions, name="Night", owner_id=named["owner"][0])
    tokens = {name: bearer(token) for name, (_, token) in named.items()}
    guest = bearer((await people.guest(sessions, served_settings))[1])
    station = bearer(ADMIN_TOKENS[0])
    return Cast(night, named["streamer"][0], {**tokens, "guest": guest, "station": station, "nobody": {}})


Made = Callable[..., Awaitable[str]]


@pytest.fixture
def made(sessions: Sessions, served_settings: Settings, cast: Cast) -> Made:
    """An aircheck of the show with files of its own; its id."""

    async def make(**given: Any) -> str:
        known = {"show_id": cast.night.id, "show_name": cast.night.name, "streamer_id": cast.streamer}
        return str((await have(sessions, served_settings, **{**known, **given})).id)

    return make


async def listed(client: httpx.AsyncClient, headers: dict[str, str], **query: Any) -> list[str]:
    answer = await client.get("/airchecks", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def published(**given: Any) -> dict[str, Any]:
    return {"published_at": datetime.now(UTC), **given}


INSIDE = ("streamer", "owner", "producer", "admin", "station")
OUTSIDE = ("nobody", "guest", "listener", "stranger")


async def test_everybody_sees_what_is_published_and_the_rest_is_for_those_whose_it_is(
    anybody: httpx.AsyncClient, cast: Cast, made: Made
) -> None:
    episode = await made(**published(title="Out"))
    private = await made(title="In", began_at=BEGIN - timedelta(hours=1))
    for who in INSIDE + OUTSIDE:
        assert await listed(anybody, cast.tokens[who]) == [episode, private][: 2 if who in INSIDE else 1], who
        for path in (f"/airchecks/{private}", f"/airchecks/{private}/audio"):
            answer = await anybody.get(path, headers=cast.tokens[who])
            assert answer.status_code == (200 if who in INSIDE else 404), (who, path)
        assert (await anybody.get(f"/airchecks/{episode}/audio", headers=cast.tokens[who])).status_code == 200
        # The original is for those whose it is, published or not.
        answer = await anybody.get(f"/airchecks/{episode}/audio?quality=original", headers=cast.tokens[who])
        assert answer.status_code == (200 if who in INSIDE else 403), who


@pytest.mark.parametrize(
    ("method", "path", "body", "may", "refused"),
    [
        ("PATCH", "", {"title": "New"}, INSIDE, None),
        ("PATCH", "", {"show_id": None}, ("producer", "admin", "station"), "not_allowed"),
        ("DELETE", "", None, ("streamer", "owner", "admin", "station"), "not_your_aircheck"),
        ("POST", "/restore", None, ("streamer", "owner", "admin", "station"), "not_your_aircheck"),
        ("POST", "/publish", {}, ("owner", "producer", "admin", "station"), "not_your_aircheck"),
        ("POST", "/unpublish", None, ("owner", "producer", "admin", "station"), "not_your_aircheck"),
    ],
)
async def test_who_may_change_what(
    anybody: httpx.AsyncClient,
    cast: Cast,
    made: Made,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    may: tuple[str, ...],
    refused: str | None,
) -> None:
    state = {"deleted_at": datetime.now(UTC), "deleted_because": "staff"} if path == "/restore" else {}
    for who in INSIDE + OUTSIDE:
        private = await made(**state)
        answer = await anybody.request(method, f"/airchecks/{private}{path}", json=body, headers=cast.tokens[who])
        if who in may:
            assert answer.is_success, (who, answer.text)
        elif who in INSIDE:
            assert problem(answer) == (403, refused), who
        elif who == "stranger":
            assert problem(answer) == (404, "no_such_aircheck")
        else:
            assert answer.status_code in (401, 403), who


async def test_pages_follow_each_other_although_airchecks_come_and_go(
    anybody: httpx.AsyncClient, cast: Cast, made: Made
) -> None:
    # Two of them began at once.
    began = [BEGIN - timedelta(hours=hours) for hours in (1, 2, 2, 3, 4)]
    ids = [await made(began_at=one) for one in began]
    headers, seen = cast.tokens["admin"], []
    answer = (await anybody.get("/airchecks", params={"limit": 2}, headers=headers)).json()
    seen += [one["id"] for one in answer["items"]]
    await made(began_at=BEGIN)
    assert (await anybody.delete(f"/airchecks/{seen[-1]}", headers=headers)).status_code == 204
    while answer["next"]:
        query = {"limit": 2, "cursor": answer["next"]}
        answer = (await anybody.get("/airchecks", params=query, headers=headers)).json()
        seen += [one["id"] for one in answer["items"]]
    assert sorted(seen) == sorted(ids), "each once"
    assert seen[0] == ids[0]
    assert seen[3:] == ids[3:]


async def test_words_are_found_in_titles_shows_hosts_chapters_and_notes(
    anybody: httpx.AsyncClient, sessions: Sessions, cast: Cast, made: Made, station_admin: httpx.AsyncClient
) -> None:
    chapters = [{"starts": 0, "title": "Nina Simone – Feeling Good"}, {"starts": 60, "title": "Die Ärzte – Junge"}]
    wanted = await made(title="An Evening of Jazz", host="Anna Bo", notes="with a guest from Kyiv", chapters=chapters)
    other = await made(title="Something Else", began_at=BEGIN - timedelta(days=1))
    headers = cast.tokens["admin"]
    for words, expected in (
        ("jazz", [wanted]),
        ("JAZZ simone", [wanted]),
        ("jazz -simone", []),
        ('"feeling good"', [wanted]),
        ('"good feeling"', []),
        ("ärzte", [wanted]),
        ("anna kyiv", [wanted]),
        ("starts", []),  # the words of the format itself are none
        ("night", [wanted, other]),
        ("night else", [other]),
        ("zebra", []),
        ("", [wanted, other]),
        ("' OR 1=1; -- & | ! ( :*", []),
    ):
        assert await listed(anybody, headers, q=words) == expected, words
    renamed = await station_admin.patch(f"/shows/{cast.night.id}", json={"name": "Lighthouse"})
    assert renamed.status_code == 200
    assert await listed(anybody, headers, q="lighthouse jazz") == [wanted]
    assert await listed(anybody, headers, q="night") == []
    # Without a show it keeps the last name that it had.
    assert (await station_admin.delete(f"/shows/{cast.night.id}")).status_code == 204
    one = (await anybody.get(f"/airchecks/{wanted}", headers=headers)).json()
    assert (one["show_id"], one["show"]) == (None, "Lighthouse")
    assert await listed(anybody, headers, q="lighthouse") == [wanted, other]


async def test_airchecks_are_filtered_by_show_streamer_time_and_state(
    anybody: httpx.AsyncClient, sessions: Sessions, cast: Cast, made: Made
) -> None:
    day = await show(sessions, name="Day")
    new = await made()
    old = await made(began_at=BEGIN - timedelta(days=10), show_id=day.id, show_name="Day", streamer_id=None)
    out = await made(began_at=BEGIN - timedelta(days=20), **published())
    gone = await made(deleted_at=BEGIN, deleted_because="staff")
    short = await made(state="discarded", problem="It is shorter than 60 seconds.", copy=None)
    headers = cast.tokens["admin"]
    for query, expected in (
        ({}, [new, old, out]),
        ({"show_id": str(day.id)}, [old]),
        ({"streamer_id": str(cast.streamer)}, [new, out]),
        ({"since": (BEGIN - timedelta(days=10)).isoformat()}, [new, old]),
        ({"until": (BEGIN - timedelta(days=10)).isoformat()}, [out]),
        ({"published": True}, [out]),
        ({"published": False}, [new, old]),
        ({"kept": "deleted"}, [gone]),
        ({"kept": "discarded"}, [short]),
        ({"show_id": str(uuid4())}, []),
    ):
        assert await listed(anybody, headers, **query) == expected, query
    assert await listed(anybody, cast.tokens["nobody"], kept="deleted") == []
    discarded = await anybody.get(f"/airchecks/{short}", headers=cast.tokens["streamer"])
    assert (discarded.json()["state"], discarded.json()["problem"]) == ("discarded", "It is shorter than 60 seconds.")
    assert problem(await anybody.get(f"/airchecks/{short}/audio", headers=headers)) == (409, "aircheck_not_ready")


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "nonsense"}, {"cursor": f"{'9' * 18}.{'0' * 32}"}, {"limit": 0}, {"limit": 101}, {"q": "a\x00b"},
        {"q": "x" * 201}, {"since": "yesterday"}, {"since": "2026-01-01T00:00"}, {"since": "0001-01-01T00:00:00Z"},
        {"kept": "all"},
    ],
)  # fmt: skip
async def test_a_question_that_makes_no_sense_is_refused(anybody: httpx.AsyncClient, query: dict[str, Any]) -> None:
    assert problem(await anybody.get("/airchecks", params=query)) == (422, "invalid_input")


async def test_an_aircheck_is_shown_with_its_chapters_changed_deleted_and_brought_back(
    anybody: httpx.AsyncClient, sessions: Sessions, cast: Cast, made: Made
) -> None:
    day = await show(sessions, name="Day")
    chapters, gaps = [{"starts": 0.0, "title": "One"}], [{"at": 5.5, "seconds": 10.0}]
    aircheck = await made(chapters=chapters, gaps=gaps, loudness_lufs=-20.5)
    address, headers = f"/airchecks/{aircheck}", cast.tokens["streamer"]
    one = (await anybody.get(address, headers=headers)).json()
    assert (one["chapters"], one["gaps"], one["loudness_lufs"], one["host"]) == (chapters, gaps, -20.5, "Streamer")
    assert (one["copy_bytes"], one["has_original"], one["episode"]) == (1000, True, None)
    changed = await anybody.patch(address, json={"title": " A New Name ", "notes": "Two\nlines"}, headers=headers)
    assert (changed.json()["title"], changed.json()["notes"]) == ("A New Name", "Two\nlines")
    moved = await anybody.patch(address, json={"show_id": str(day.id)}, headers=cast.tokens["producer"])
    assert (moved.json()["show"], moved.json()["title"]) == ("Day", "A New Name")
    for wish in ({"title": ""}, {"title": "a\nb"}, {"title": "x" * 201}, {"state": "ready"}, {"notes": "\x00"}):
        assert problem(await anybody.patch(address, json=wish, headers=headers)) == (422, "invalid_input"), wish
    nowhere = await anybody.patch(address, json={"show_id": str(uuid4())}, headers=cast.tokens["producer"])
    assert problem(nowhere) == (404, "no_such_show")
    assert (await anybody.delete(address, headers=headers)).status_code == 204
    assert (await anybody.delete(address, headers=headers)).status_code == 204
    assert (await anybody.get(address, headers=headers)).json()["deleted_because"] == "staff"
    restored = await anybody.post(f"{address}/restore", headers=headers)
    assert restored.json()["deleted_at"] is None
    assert problem(await anybody.post(f"{address}/restore", headers=headers)) == (409, "not_deleted")


async def test_an_episode_is_not_deleted_before_it_is_unpublished(
    anybody: httpx.AsyncClient, cast: Cast, made: Made
) -> None:
    episode = await made(**published())
    owner = cast.tokens["owner"]
    assert problem(await anybody.delete(f"/airchecks/{episode}", headers=owner)) == (409, "aircheck_published")
    assert (await anybody.post(f"/airchecks/{episode}/unpublish", headers=owner)).status_code == 200
    assert (await anybody.delete(f"/airchecks/{episode}", headers=owner)).status_code == 204


async def test_airchecks_stay_when_their_streamers_account_is_deleted_but_lose_the_name(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, cast: Cast, made: Made
) -> None:
    aircheck = await made()
    assert (await station_admin.get(f"/airchecks/{aircheck}")).json()["host"] == "Streamer"
    assert (await station_admin.delete(f"/admin/users/{cast.streamer}")).status_code == 204
    one = (await station_admin.get(f"/airchecks/{aircheck}")).json()
    assert (one["host"], one["streamer_id"], one["show"]) == (None, None, "Night")
