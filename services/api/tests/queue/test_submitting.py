"""Asking for a song over HTTP: what is taken, what is refused, and what stays behind (nothing)."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from api.queue.models import QueueItem
from api.settings import Settings
from desk import people
from desk.asking import LINK, ask, bearer, found, have, incoming, track, upload
from kit.db import Sessions
from sqlalchemy import func, select, text


async def deferred(sessions: Sessions) -> list[str]:
    async with sessions() as tx:
        rows = await tx.scalars(text("SELECT args->>'item_id' FROM procrastinate_jobs WHERE status = 'todo'"))
        return [str(row) for row in rows]


async def count(sessions: Sessions) -> int:
    async with sessions() as tx:
        return await tx.scalar(select(func.count()).select_from(QueueItem)) or 0


async def test_a_link_is_taken_and_its_job_deferred(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, token = await people.user(sessions, served_settings)
    answer = await ask(anybody, token, url=f"  {LINK} ")
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert (told["state"], told["source"], told["url"], told["progress"]) == ("fetching", "link", LINK, 0)
    assert await deferred(sessions) == [told["id"]]
    assert (await found(sessions, told["id"])).user_id == owner
    assert incoming(served_settings) == []


async def test_a_plain_form_does_for_a_link(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    _, token = await people.user(sessions, served_settings)
    answer = await anybody.post("/queue", data={"url": LINK}, headers=bearer(token))
    assert answer.status_code == 202, answer.text


async def test_an_upload_waits_in_its_requests_folder(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    guest, token = await people.guest(sessions, served_settings)
    answer = await upload(anybody, token, b"sound", "../../etc/My Song.mp3")
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert told["file_name"] == "My Song.mp3"
    folder = served_settings.incoming_folder / told["id"]
    assert [path.name for path in folder.iterdir()] == ["song"]
    assert (folder / "song").read_bytes() == b"sound"
    assert (await found(sessions, told["id"])).guest_id == guest


async def test_a_track_of_the_library_is_known_at_once(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    _, token = await people.user(sessions, served_settings)
    known = await track(sessions, artwork=True)
    told = (await ask(anybody, token, track_id=str(known.id))).json()
    assert (told["title"], told["artist"], told["length_seconds"]) == ("Track", "Somebody", 60)
    assert told["artwork"] == f"/artwork/{known.id}.jpg"
    assert incoming(served_settings) == []


async def test_listeners_ask_for_what_is_meant_for_it_and_staff_for_all_that_may_air(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    _, listener = await people.user(sessions, served_settings)
    _, producer = await people.user(sessions, served_settings, "producer")
    now = datetime.now(UTC)
    never: list[dict[str, Any]] = [
        {"state": "waiting"},
        {"state": "gone"},
        {"state": "removed", "deleted_at": now},
        {"archived_at": now},
        {"scan_status": "infected", "scanned_at": now},
        {"valid_from": now + timedelta(hours=1)},
        {"kill_date": (now - timedelta(days=2)).date()},
    ]
    for given, statuses in [*((one, (404, 404)) for one in never), ({"kind": "LIN", "title": "Liner"}, (404, 202))]:
        known = await track(sessions, **given)
        answers = [await ask(anybody, token, track_id=str(known.id)) for token in (listener, producer)]
        assert tuple(answer.status_code for answer in answers) == statuses, given
        assert answers[0].json()["error_code"] == "no_such_track"


async def test_a_track_that_is_coming_anyway_is_refused(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    _, token = await people.user(sessions, served_settings)
    known = await track(sessions)
    await have(sessions, state="playing", title="TRACK", artist=" somebody")
    answer = await ask(anybody, token, track_id=str(known.id))
    assert (answer.status_code, answer.json()["error_code"]) == (409, "duplicate")


REFUSED = [
    ({}, 422, "invalid_input"),
    ({"url": ""}, 422, "invalid_input"),
    ({"url": LINK, "track_id": "1b4e28ba-2fa1-11d2-883f-0016d3cca427"}, 422, "invalid_input"),
    ({"track_id": "7"}, 422, "invalid_input"),
    ({"track_id": "1b4e28ba-2fa1-11d2-883f-0016d3cca427"}, 404, "no_such_track"),
    ({"url": LINK, "admin": "1"}, 422, "invalid_input"),
    ({"url": "file:///etc/passwd"}, 422, "invalid_input"),
    ({"url": "gopher://example.org"}, 422, "invalid_input"),
    ({"url": "https://me:secret@example.org/song.mp3"}, 422, "invalid_input"),
    ({"url": "https://example.org/" + "a" * 2000}, 422, "invalid_input"),
    ({"url": "https://example.org/a\0b"}, 422, "invalid_input"),
    ({"url": "http://169.254.169.254/latest/meta-data"}, 422, "forbidden_address"),
    ({"url": "http://[::1]:8383/"}, 422, "forbidden_address"),
    ({"url": "http://localhost/song.mp3"}, 422, "forbidden_address"),
]


@pytest.mark.parametrize(("fields", "status", "code"), REFUSED)
async def test_what_is_no_request_is_refused_and_leaves_nothing(
    anybody: httpx.AsyncClient,
    sessions: Sessions,
    served_settings: Settings,
    fields: dict[str, str],
    status: int,
    code: str,
) -> None:
    _, token = await people.user(sessions, served_settings)
    answer = await ask(anybody, token, **(fields or {"url": " "}))
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.text
    assert await count(sessions) == 0
    assert await deferred(sessions) == []
    assert incoming(served_settings) == []


@pytest.mark.parametrize(
    ("content", "status", "code"), [(b"", 422, "empty_file"), (b"x" * 50_000_001, 413, "too_large")]
)
async def test_files_of_no_use_are_refused_and_leave_nothing(
    anybody: httpx.AsyncClient,
    sessions: Sessions,
    served_settings: Settings,
    content: bytes,
    status: int,
    code: str,
) -> None:
    _, token = await people.user(sessions, served_settings)
    answer = await upload(anybody, token, content)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert await count(sessions) == 0
    assert incoming(served_settings) == []


async def test_a_file_and_a_link_at_once_are_refused_and_leave_nothing(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    _, token = await people.user(sessions, served_settings)
    both = [("file", ("song.mp3", b"sound")), ("url", (None, LINK.encode()))]
    answer = await anybody.post("/queue", files=both, headers=bearer(token))
    assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_input")
    assert incoming(served_settings) == []


async def test_a_body_of_another_kind_is_refused(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    _, token = await people.user(sessions, served_settings)
    answer = await anybody.post("/queue", json={"url": LINK}, headers=bearer(token))
    assert (answer.status_code, answer.json()["error_code"]) == (415, "not_multipart")


async def test_no_more_than_three_may_wait(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, token = await people.user(sessions, served_settings)
    for state in ("fetching", "ready", "queued"):
        await have(sessions, state=state, user_id=owner)
    answer = await ask(anybody, token, url=LINK)
    assert (answer.status_code, answer.json()["error_code"]) == (429, "too_many_waiting")


async def test_a_full_quota_is_told_before_the_body_is_read(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    guest, token = await people.guest(sessions, served_settings, max_queue_songs=1)
    await have(sessions, guest_id=guest)
    answer = await anybody.post("/queue", content=b"not even a form", headers=bearer(token))
    assert answer.status_code == 429


@pytest.mark.parametrize("state", ["playing", "played", "failed", "removed"])
async def test_a_place_is_free_again_once_a_request_waits_no_more(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings, state: str
) -> None:
    owner, token = await people.user(sessions, served_settings)
    for _ in range(3):
        await have(sessions, state=state, user_id=owner)
    assert (await ask(anybody, token, url=LINK)).status_code == 202


async def test_requests_are_counted_over_a_tokens_life_but_for_those_that_failed(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    guest, token = await people.guest(sessions, served_settings, max_add_requests=2)
    for state in ("failed", "played", "removed"):
        await have(sessions, state=state, guest_id=guest)
    quota = (await anybody.get("/queue/quota", headers=bearer(token))).json()
    assert quota == {"waiting": 0, "max_queue_songs": 3, "requests": 2, "max_add_requests": 2}
    answer = await ask(anybody, token, url=LINK)
    assert (answer.status_code, answer.json()["error_code"]) == (429, "requests_used_up")


async def test_somebodys_own_limits_win(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, token = await people.user(sessions, served_settings, max_queue_songs=1, max_add_requests=50)
    quota = (await anybody.get("/queue/quota", headers=bearer(token))).json()
    assert (quota["max_queue_songs"], quota["max_add_requests"]) == (1, 50)
    await have(sessions, user_id=owner)
    assert (await ask(anybody, token, url=LINK)).status_code == 429


async def test_of_four_at_once_with_one_place_left_exactly_one_is_admitted(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, token = await people.user(sessions, served_settings)
    for _ in range(2):
        await have(sessions, user_id=owner)
    answers = await asyncio.gather(*(upload(anybody, token, b"sound") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 429, 429, 429]
    assert await count(sessions) == 3
    [taken] = (answer.json()["id"] for answer in answers if answer.status_code == 202)
    assert [path.name for path in incoming(served_settings)] == [taken]
    assert await deferred(sessions) == [taken]


async def test_of_many_listeners_at_once_the_cap_admits_what_it_says(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    for number in range(98):
        await have(sessions, position=number + 1)
    tokens = [(await people.guest(sessions, served_settings))[1] for _ in range(5)]
    answers = await asyncio.gather(*(ask(anybody, token, url=LINK) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [202, 202, 409, 409, 409]
    assert {answer.json().get("error_code") for answer in answers} == {None, "queue_full"}


async def test_the_station_asks_without_a_limit(station_admin: httpx.AsyncClient, sessions: Sessions) -> None:
    for _ in range(12):
        assert (await station_admin.post("/queue", files={"url": (None, LINK)})).status_code == 202
    quota = (await station_admin.get("/queue/quota")).json()
    assert quota == {"waiting": 12, "max_queue_songs": None, "requests": 12, "max_add_requests": None}


async def test_trying_again_and_again_is_slowed_down(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    _, token = await people.user(sessions, served_settings)
    answers = await asyncio.gather(*(ask(anybody, token, url="file:///etc") for _ in range(70)))
    slowed = [answer for answer in answers if answer.status_code == 429]
    assert len(slowed) == 10
    assert {json.loads(answer.text)["error_code"] for answer in slowed} == {"too_many_requests"}
    assert int(slowed[0].headers["Retry-After"]) > 0
