"""What people do with their own account."""

from uuid import UUID, uuid4

import httpx
import pytest
from api.accounts.models import User
from api.settings import Settings
from desk.people import guest, user
from desk.signing_in import PASSWORD, bearer, login, problem, register
from desk.waiting import QUEUE_CHANGED, WITHDRAWN, facts_told, requests, states
from kit.db import Sessions
from sqlalchemy import select, update

EMAIL = "robin@example.org"
NEW = "another fine password"


async def change(client: httpx.AsyncClient, told: dict[str, str], **wish: object) -> httpx.Response:
    return await client.patch("/users/me", json=wish, headers=bearer(told))


async def change_password(client: httpx.AsyncClient, told: dict[str, str], current: str, new: str) -> httpx.Response:
    wish = {"current_password": current, "new_password": new}
    return await client.post("/users/me/password", json=wish, headers=bearer(told))


async def leave(client: httpx.AsyncClient, told: dict[str, str], password: str) -> httpx.Response:
    return await client.request("DELETE", "/users/me", json={"password": password}, headers=bearer(told))


async def test_only_what_is_sent_changes(anybody: httpx.AsyncClient) -> None:
    told = await register(anybody, EMAIL, display_name="Robin")
    assert (await change(anybody, told)).json()["display_name"] == "Robin"
    assert (await change(anybody, told, display_name="Marian")).json()["display_name"] == "Marian"
    assert (await change(anybody, told, display_name=None)).json()["display_name"] is None
    assert (await anybody.get("/users/me", headers=bearer(told))).json()["email"] == EMAIL


async def test_another_address_takes_the_password(anybody: httpx.AsyncClient) -> None:
    told = await register(anybody, EMAIL)
    await register(anybody, "taken@example.org")
    assert problem(await change(anybody, told, email="new@example.org")) == (403, "wrong_password")
    wrong = await change(anybody, told, email="new@example.org", current_password="wrong")
    assert problem(wrong) == (403, "wrong_password")
    taken = await change(anybody, told, email="taken@example.org", current_password=PASSWORD)
    assert problem(taken) == (409, "email_taken")
    changed = await change(anybody, told, email="New@example.org", current_password=PASSWORD)
    assert changed.json()["email"] == "new@example.org"
    assert (await login(anybody, "new@example.org")).status_code == 200
    assert problem(await login(anybody, EMAIL)) == (401, "wrong_credentials")


async def test_a_new_password_signs_out_everywhere_else(anybody: httpx.AsyncClient) -> None:
    other = await register(anybody, EMAIL)
    here = (await login(anybody, EMAIL)).json()
    assert (await change_password(anybody, here, PASSWORD, NEW)).status_code == 204
    assert (await anybody.get("/users/me", headers=bearer(here))).status_code == 200
    assert problem(await anybody.get("/users/me", headers=bearer(other))) == (401, "not_authenticated")
    assert problem(await login(anybody, EMAIL)) == (401, "wrong_credentials")
    assert (await login(anybody, EMAIL, NEW)).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "refused"),
    [
        ("wrong password", NEW, (403, "wrong_password")),
        (PASSWORD, "short", (422, "invalid_input")),
        (PASSWORD, EMAIL, (422, "password_too_weak")),
        (PASSWORD, PASSWORD, (422, "password_too_weak")),
    ],
)
async def test_a_password_is_not_changed_to_anything(
    anybody: httpx.AsyncClient, current: str, new: str, refused: tuple[int, str]
) -> None:
    told = await register(anybody, EMAIL)
    assert problem(await change_password(anybody, told, current, new)) == refused
    assert (await login(anybody, EMAIL)).status_code == 200


async def test_a_stolen_access_token_does_not_serve_to_guess_the_password(anybody: httpx.AsyncClient) -> None:
    told = await register(anybody, EMAIL)
    tries = [await change_password(anybody, told, f"wrong password {n}", NEW) for n in range(11)]
    assert [answer.status_code for answer in tries] == [403] * 10 + [429]
    assert "Retry-After" in tries[-1].headers


async def test_a_one_time_password_opens_nothing_but_its_change(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    await register(anybody, EMAIL)
    async with sessions.begin() as tx:
        await tx.execute(update(User).values(must_change_password=True))
    told = (await login(anybody, EMAIL)).json()
    assert told["must_change_password"] is True
    for path in ("/users/me/sessions", "/queue/mine"):
        assert problem(await anybody.get(path, headers=bearer(told))) == (403, "password_change_required")
    assert problem(await change(anybody, told, display_name="Robin")) == (403, "password_change_required")
    assert (await change_password(anybody, told, PASSWORD, NEW)).status_code == 204
    me = await anybody.get("/users/me", headers=bearer(told))
    assert me.json()["must_change_password"] is False
    assert (await anybody.get("/users/me/sessions", headers=bearer(told))).status_code == 200


async def test_people_see_where_they_are_signed_in_and_end_it(anybody: httpx.AsyncClient) -> None:
    first = await register(anybody, EMAIL)
    wish = {"email": EMAIL, "password": PASSWORD}
    where = {"User-Agent": "Browser " + "x" * 300, "X-Forwarded-For": "192.0.2.7"}
    second = (await anybody.post("/auth/login", json=wish, headers=where)).json()
    listed = (await anybody.get("/users/me/sessions", headers=bearer(first))).json()
    assert [session["current"] for session in listed] == [False, True]
    assert listed[0]["user_agent"] == ("Browser " + "x" * 300)[:200]
    assert listed[0]["address"] == "192.0.2.7"
    path = f"/users/me/sessions/{listed[0]['id']}"
    assert (await anybody.delete(path, headers=bearer(first))).status_code == 204
    assert problem(await anybody.delete(path, headers=bearer(first))) == (404, "no_such_session")
    assert problem(await anybody.get("/users/me", headers=bearer(second))) == (401, "not_authenticated")


async def test_nobody_ends_somebody_elses_session(anybody: httpx.AsyncClient) -> None:
    mine, theirs = await register(anybody), await register(anybody)
    [session] = (await anybody.get("/users/me/sessions", headers=bearer(theirs))).json()
    for session_id in (session["id"], uuid4()):
        answer = await anybody.delete(f"/users/me/sessions/{session_id}", headers=bearer(mine))
        assert problem(answer) == (404, "no_such_session")
    assert (await anybody.get("/users/me", headers=bearer(theirs))).status_code == 200


async def test_who_leaves_takes_along_what_waits_but_not_what_plays(
    anybody: httpx.AsyncClient, sessions: Sessions
) -> None:
    told = await register(anybody, EMAIL)
    items = await requests(sessions, user_id=UUID(told["user"]["id"]))
    assert problem(await leave(anybody, told, "wrong password")) == (403, "wrong_password")
    assert (await leave(anybody, told, PASSWORD)).status_code == 204
    assert await states(sessions, items) == WITHDRAWN
    assert await facts_told(sessions) == [QUEUE_CHANGED]
    async with sessions() as tx:
        assert await tx.scalar(select(User.id)) is None
    assert problem(await anybody.get("/users/me", headers=bearer(told))) == (401, "not_authenticated")
    await register(anybody, EMAIL)


async def test_the_last_administrator_cannot_leave(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    told = await register(anybody, EMAIL)
    async with sessions.begin() as tx:
        await tx.execute(update(User).values(role="admin"))
    assert problem(await leave(anybody, told, PASSWORD)) == (409, "last_administrator")


async def test_guests_and_the_station_have_no_account(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    _, token = await guest(sessions, served_settings)
    answers = [
        await station_admin.get("/users/me"),
        await anybody.get("/users/me", headers={"Authorization": f"Bearer {token}"}),
    ]
    assert [problem(answer) for answer in answers] == [(403, "not_allowed")] * 2


async def test_a_lost_role_counts_at_once(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    someone, token = await user(sessions, served_settings, "admin")
    headers = {"Authorization": f"Bearer {token}"}
    assert (await anybody.get("/admin/users", headers=headers)).status_code == 200
    async with sessions.begin() as tx:
        await tx.execute(update(User).where(User.id == someone).values(role="producer"))
    assert problem(await anybody.get("/admin/users", headers=headers)) == (403, "not_allowed")
