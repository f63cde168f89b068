"""Shows: producers look after them, everybody sees them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from api.settings import Settings
from desk import people
from desk.signing_in import problem
from kit.db import Sessions


async def test_a_show_is_made_seen_changed_and_deleted(
    station_admin: httpx.AsyncClient, anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, _ = await people.user(sessions, served_settings, "streamer", display_name="Anna")
    _, producer = await people.user(sessions, served_settings, "producer")
    headers = {"Authorization": f"Bearer {producer}"}
    wish = {"name": "Night", "description": "All night.\nEvery night.", "owner_id": str(owner)}
    made = await anybody.post("/shows", json=wish, headers=headers)
    assert made.status_code == 201
    show = made.json()
    assert (show["name"], show["owner"], show["owner_id"]) == ("Night", "Anna", str(owner))
    await anybody.post("/shows", json={"name": "Day"}, headers=headers)
    listed = (await anybody.get("/shows")).json()
    assert ([one["name"] for one in listed["items"]], listed["total"]) == (["Day", "Night"], 2)
    changed = await anybody.patch(f"/shows/{show['id']}", json={"name": "Late Night"}, headers=headers)
    assert (changed.json()["name"], changed.json()["description"]) == ("Late Night", wish["description"])
    assert (await anybody.get(f"/shows/{show['id']}")).json() == changed.json()
    assert (await anybody.delete(f"/shows/{show['id']}", headers=headers)).status_code == 204
    assert problem(await anybody.get(f"/shows/{show['id']}")) == (404, "no_such_show")


async def test_no_two_shows_have_one_name(station_admin: httpx.AsyncClient) -> None:
    await station_admin.post("/shows", json={"name": "Night"})
    other = (await station_admin.post("/shows", json={"name": "Day"})).json()["id"]
    assert problem(await station_admin.post("/shows", json={"name": "Night"})) == (409, "show_name_taken")
    assert problem(await station_admin.patch(f"/shows/{other}", json={"name": "Night"})) == (409, "show_name_taken")


async def test_an_owner_is_somebody_who_streams(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    listener, _ = await people.user(sessions, served_settings)
    for owner, refusal in ((listener, (422, "not_a_streamer")), (uuid4(), (404, "no_such_user"))):
        wish = {"name": "Night", "owner_id": str(owner)}
        assert problem(await station_admin.post("/shows", json=wish)) == refusal


async def test_a_show_outlives_its_owners_account(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, _ = await people.user(sessions, served_settings, "streamer")
    show = (await station_admin.post("/shows", json={"name": "Night", "owner_id": str(owner)})).json()["id"]
    assert (await station_admin.delete(f"/admin/users/{owner}")).status_code == 204
    assert (await station_admin.get(f"/shows/{show}")).json()["owner_id"] is None


async def test_a_show_says_who_hosts_it_and_when_it_airs(
    station_admin: httpx.AsyncClient, anybody: httpx.AsyncClient
) -> None:
    times = [
        {"weekday": "friday", "starts": "20:30:00", "minutes": 90},
        {"weekday": "monday", "starts": "08:00:00", "minutes": 30},
    ]
    wish = {
        "name": "Night",
        "host": "Anna & Bo",
        "language": "de-AT",
        "category": "Music / Music History",
        "explicit": True,
    }
    made = (await station_admin.post("/shows", json={**wish, "schedule": times})).json()
    assert {name: made[name] for name in wish} == wish
    assert made["schedule"] == [times[1], times[0]]
    assert len(made["next_times"]) == 5
    assert (await anybody.get("/shows")).json()["items"] == [made]
    for schedule in ([times[0]], []):
        changed = await station_admin.patch(f"/shows/{made['id']}", json={"schedule": schedule})
        assert changed.json()["schedule"] == schedule
    assert changed.json()["host"] == wish["host"]


async def test_next_bookings_of_a_show_are_seen_by_everybody(
    station_admin: httpx.AsyncClient, anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    streamer, _ = await people.user(sessions, served_settings, "streamer", display_name="Anna")
    show, other = [(await station_admin.post("/shows", json={"name": name})).json()["id"] for name in ("Night", "Day")]
    for days, of in ((2, show), (1, show), (3, other)):
        starts = datetime.now(UTC) + timedelta(days=days)
        slot = {
            "user_id": str(streamer),
            "show_id": of,
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=1)).isoformat(),
        }
        assert (await station_admin.post("/admin/livestream/slots", json=slot)).status_code == 201
    booked = (await anybody.get(f"/shows/{show}/bookings")).json()["items"]
    assert [one["show"] for one in booked] == ["Night", "Night"]
    assert booked[0]["starts_at"] < booked[1]["starts_at"]
    assert problem(await anybody.get(f"/shows/{uuid4()}/bookings")) == (404, "no_such_show")


async def test_an_owner_changes_their_show_but_neither_its_name_nor_its_owner(
    station_admin: httpx.AsyncClient, anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, token = await people.user(sessions, served_settings, "streamer")
    _, other = await people.user(sessions, served_settings, "streamer")
    show = (await station_admin.post("/shows", json={"name": "Night", "owner_id": str(owner)})).json()["id"]

    async def change(token: str, **wish: object) -> httpx.Response:
        return await anybody.patch(f"/shows/{show}", json=wish, headers={"Authorization": f"Bearer {token}"})

    assert (await change(token, host="Anna", schedule=[])).json()["host"] == "Anna"
    assert problem(await change(other, host="Bo")) == (403, "not_your_show")
    assert problem(await change(token, name="Mine")) == (403, "not_allowed")
    assert problem(await change(token, owner_id=None)) == (403, "not_allowed")


@pytest.mark.parametrize(
    "wish",
    [
        {"category": "Cooking"}, {"language": "english!"}, {"host": "a\nb"},
        {"schedule": [{"weekday": "someday", "starts": "20:00", "minutes": 60}]},
        {"schedule": [{"weekday": "monday", "starts": "20:00:30", "minutes": 60}]},
        {"schedule": [{"weekday": "monday", "starts": "20:00+02:00", "minutes": 60}]},
        {"schedule": [{"weekday": "monday", "starts": "20:00", "minutes": 1441}]},
        {"schedule": [{"weekday": "monday", "starts": "20:00", "minutes": 60}] * 2},
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(station_admin: httpx.AsyncClient, wish: dict[str, object]) -> None:
    assert problem(await station_admin.post("/shows", json={"name": "Night", **wish})) == (422, "invalid_input")
    assert (await station_admin.get("/shows")).json()["total"] == 0


async def test_a_name_is_one_line(station_admin: httpx.AsyncClient) -> None:
    for wish in ({"name": ""}, {"name": "a\nb"}, {"name": "x" * 101}, {"name": "N", "description": "a\x00b"}, {}):
        assert problem(await station_admin.post("/shows", json=wish)) == (422, "invalid_input")
