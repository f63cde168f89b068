"""The queue as listeners, owners, staff and stream-control see it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from api import tables
from api.played.models import AirNow
from api.queue import service
from api.settings import Settings
from desk import people
from desk.asking import bearer, found, have, track
from desk.settings import STREAM_CONTROL_TOKEN
from kit.db import Sessions
from sqlalchemy import select

SERVICE = bearer(STREAM_CONTROL_TOKEN)


async def changes(sessions: Sessions) -> int:
    """How often the players' wanted queue has changed."""
    async with sessions() as tx:
        return len((await tx.execute(select(tables.facts.c.seq))).all())


async def test_the_queue_tells_what_plays_and_what_comes_when(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, token = await people.user(sessions, served_settings)
    now = datetime.now(UTC)
    playing = await have(sessions, state="playing", started_at=now, length_seconds=100.0, title="Now")
    second = await have(sessions, position=9, length_seconds=50.0)
    first = await have(sessions, position=4, length_seconds=30.0, user_id=owner, title="Mine", artist="Me")
    fetching = await have(sessions, state="fetching", progress=40)
    await have(sessions, state="played")
    told = (await anybody.get("/queue")).json()
    assert (told["playing"]["id"], told["playing"]["title"]) == (str(playing.id), "Now")
    assert [(item["id"], item["position"]) for item in told["items"]] == [(str(first.id), 1), (str(second.id), 2)]
    assert [(item["id"], item["progress"]) for item in told["preparing"]] == [(str(fetching.id), 40)]
    expected = [datetime.fromisoformat(item["expected_at"]) - now for item in told["items"]]
    assert expected == [timedelta(seconds=100), timedelta(seconds=130)]
    assert not any(item["mine"] for item in told["items"])
    assert "url" not in told["items"][0]
    own = (await anybody.get("/queue", headers=bearer(token))).json()
    assert [item["mine"] for item in own["items"]] == [True, False]


async def test_nobody_is_told_when_while_a_live_show_is_on(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    await have(sessions, length_seconds=30.0)
    async with sessions.begin() as tx:
        tx.add(AirNow(id=1, tier="live", since=datetime.now(UTC)))
    assert (await anybody.get("/queue")).json()["items"][0]["expected_at"] is None


async def test_a_bad_token_is_refused_where_none_is_needed(anybody: httpx.AsyncClient) -> None:
    assert (await anybody.get("/queue", headers=bearer("nonsense"))).status_code == 401


async def test_own_requests_are_listed_newest_first_page_by_page(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, token = await people.user(sessions, served_settings)
    begin = datetime.now(UTC) - timedelta(hours=1)
    made = [
        await have(sessions, state="played", user_id=owner, created_at=begin + timedelta(minutes=number))
        for number in range(5)
    ]
    await have(sessions)
    seen: list[str] = []
    query: dict[str, str | int] = {"limit": 2}
    for _ in range(3):
        page = (await anybody.get("/queue/mine", params=query, headers=bearer(token))).json()
        seen += [item["id"] for item in page["items"]]
        query["cursor"] = page["next"] or ""
    assert seen == [str(item.id) for item in reversed(made)]
    assert page["next"] is None


async def test_a_request_is_its_owners_and_staffs_to_see_and_to_remove(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, token = await people.user(sessions, served_settings)
    _, other = await people.guest(sessions, served_settings)
    _, staff = await people.user(sessions, served_settings, role="admin")
    mine, theirs = await have(sessions, user_id=owner, position=2), await have(sessions, position=1)
    for method in ("GET", "DELETE"):
        answer = await anybody.request(method, f"/queue/{mine.id}", headers=bearer(other))
        assert (answer.status_code, answer.json()["error_code"]) == (403, "not_yours")
        answer = await anybody.request(method, f"/queue/{uuid4()}", headers=bearer(other))
        assert (answer.status_code, answer.json()["error_code"]) == (404, "no_such_request")
    shown = (await anybody.get(f"/queue/{mine.id}", headers=bearer(token))).json()
    assert (shown["position"], shown["state"]) == (2, "queued")
    assert (await anybody.get(f"/queue/{theirs.id}", headers=bearer(staff))).status_code == 200
    assert (await anybody.delete(f"/queue/{mine.id}", headers=bearer(token))).status_code == 204
    assert (await anybody.delete(f"/queue/{mine.id}", headers=bearer(token))).status_code == 204
    assert (await anybody.delete(f"/queue/{theirs.id}", headers=bearer(staff))).status_code == 204
    assert (await found(sessions, mine.id)).state == "removed"
    assert await changes(sessions) == 2


@pytest.mark.parametrize(
    ("state", "code"), [("playing", "already_playing"), ("played", "already_over"), ("failed", "already_over")]
)
async def test_what_has_begun_or_is_over_cannot_be_removed(
    station_admin: httpx.AsyncClient, sessions: Sessions, state: str, code: str
) -> None:
    item = await have(sessions, state=state)
    answer = await station_admin.delete(f"/queue/{item.id}")
    assert (answer.status_code, answer.json()["error_code"]) == (409, code)


async def test_staff_put_the_queue_in_order(station_admin: httpx.AsyncClient, sessions: Sessions) -> None:
    items = [str((await have(sessions, position=number)).id) for number in (1, 2, 3)]
    order = [items[2], items[0], items[1]]
    answer = await station_admin.put("/admin/queue/order", json={"ids": order})
    assert [item["id"] for item in answer.json()["items"]] == order
    assert [item["id"] for item in (await station_admin.get("/queue")).json()["items"]] == order
    assert await changes(sessions) == 1


async def test_an_order_of_a_queue_that_is_no_more_is_refused(
    station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    item = str((await have(sessions)).id)
    for stale in ([], [item, item], [item, str(uuid4())], [str(uuid4())]):
        answer = await station_admin.put("/admin/queue/order", json={"ids": stale})
        assert (answer.status_code, answer.json()["error_code"]) == (409, "order_is_stale")


async def test_staff_take_out_all_that_has_not_begun(station_admin: httpx.AsyncClient, sessions: Sessions) -> None:
    playing = await have(sessions, state="playing")
    others = [await have(sessions, state=state) for state in ("fetching", "ready", "queued")]
    assert (await station_admin.delete("/admin/queue")).status_code == 204
    assert (await found(sessions, playing.id)).state == "playing"
    assert {(await found(sessions, item.id)).state for item in others} == {"removed"}
    assert await changes(sessions) == 1


async def test_an_accounts_requests_leave_with_it(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, _ = await people.user(sessions, served_settings)
    own, playing = await have(sessions, user_id=owner), await have(sessions, user_id=owner, state="playing")
    theirs = await have(sessions)
    async with sessions.begin() as tx:
        await service.withdraw(tx, user_id=owner, now=datetime.now(UTC))
    states = [(await found(sessions, item.id)).state for item in (own, playing, theirs)]
    assert states == ["removed", "playing", "queued"]


async def test_stream_control_is_told_what_the_player_should_hold(
    anybody: httpx.AsyncClient, sessions: Sessions
) -> None:
    playing = await have(sessions, state="playing", started_at=datetime.now(UTC), title="Now", length_seconds=9.5)
    second, first = await have(sessions, position=2), await have(sessions, position=1)
    await have(sessions, state="ready")
    answer = await anybody.get("/internal/queues/user", headers=SERVICE)
    told = answer.json()
    assert (told["playlist"], told["random"]) == ("user", False)
    assert [item["id"] for item in told["items"]] == [str(item.id) for item in (playing, first, second)]
    assert told["items"][0]["path"] == f"requests/{playing.id}.flac"
    assert (told["items"][0]["title"], told["items"][0]["length_seconds"]) == ("Now", 9.5)
    unchanged = {**SERVICE, "If-None-Match": answer.headers["ETag"]}
    assert (await anybody.get("/internal/queues/user", headers=unchanged)).status_code == 304
    await have(sessions, position=3)
    assert (await anybody.get("/internal/queues/user", headers=unchanged)).status_code == 200


async def test_names_are_told_of_requests_and_tracks(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    request = await have(sessions, state="played", title="A", artist="B")
    known = await track(sessions, artwork=True)
    asked = {"ids": [str(request.id), str(known.id), str(uuid4()), "lead-in"]}
    told = (await anybody.post("/internal/items", json=asked, headers=SERVICE)).json()
    assert {(item["id"], item["title"], item["artist"], item["artwork"]) for item in told} == {
        (str(request.id), "A", "B", None),
        (str(known.id), "Track", "Somebody", f"/artwork/{known.id}.jpg"),
    }
