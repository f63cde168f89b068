"""Shows: producers look after them, everybody sees them."""

from uuid import uuid4

import httpx
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


async def test_a_name_is_one_line(station_admin: httpx.AsyncClient) -> None:
    for wish in ({"name": ""}, {"name": "a\nb"}, {"name": "x" * 101}, {"name": "N", "description": "a\x00b"}, {}):
        assert problem(await station_admin.post("/shows", json=wish)) == (422, "invalid_input")
