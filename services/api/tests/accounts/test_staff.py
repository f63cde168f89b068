"""What administrators do with other people's accounts."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest
from api.accounts.models import User
from api.settings import Settings
from desk.people import user
from desk.signing_in import PASSWORD, bearer, login, problem, register
from desk.waiting import QUEUE_CHANGED, WITHDRAWN, facts_told, requests, states
from kit.bell import listen
from kit.contracts.people import Role
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import select

EMAIL = "robin@example.org"


@pytest.fixture
async def admins(sessions: Sessions, served_settings: Settings) -> list[tuple[UUID, dict[str, str]]]:
    """Two administrators: their ids and headers."""
    made = [await user(sessions, served_settings, "admin") for _ in range(2)]
    return [(one, {"Authorization": f"Bearer {token}"}) for one, token in made]


async def role_of(sessions: Sessions, user_id: UUID) -> Role | None:
    async with sessions() as tx:
        role: Role | None = await tx.scalar(select(User.role).where(User.id == user_id))
    return role


async def test_accounts_are_found_by_address_name_role_and_block(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    await register(station_admin, "robin@example.org", display_name="Robin 100%")
    told = await register(station_admin, "marian@example.org")
    await user(sessions, served_settings, "producer")
    await station_admin.patch(f"/admin/users/{told['user']['id']}", json={"blocked": True})

    async def found(**by: str) -> list[str]:
        answer = await station_admin.get("/admin/users", params=by)
        assert answer.status_code == 200, answer.text
        return [item["email"] for item in answer.json()["items"]]

    assert len(await found()) == 3
    assert await found(search="ROBIN") == ["robin@example.org"]
    assert await found(search="100%") == ["robin@example.org"]
    assert await found(search="%") == ["robin@example.org"]
    assert await found(search="_") == []
    assert await found(role="listener") == ["marian@example.org", "robin@example.org"]
    assert await found(blocked="true") == ["marian@example.org"]
    assert await found(role="listener", blocked="false") == ["robin@example.org"]
    assert problem(await station_admin.get("/admin/users", params={"search": "\0"})) == (422, "invalid_input")


async def test_pages_hold_every_account_once(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    for _ in range(5):
        await user(sessions, served_settings)
    seen, after = [], None
    while True:
        params = {"limit": 2, **({"after": after} if after else {})}
        page = (await station_admin.get("/admin/users", params=params)).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next_after"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5


async def test_roles_and_limits_are_given_and_taken(station_admin: httpx.AsyncClient) -> None:
    told = await register(station_admin, EMAIL)
    path = f"/admin/users/{told['user']['id']}"
    changed = (await station_admin.patch(path, json={"role": "producer", "max_queue_songs": 7})).json()
    assert (changed["role"], changed["max_queue_songs"], changed["max_add_requests"]) == ("producer", 7, None)
    changed = (await station_admin.patch(path, json={"max_queue_songs": None, "max_add_requests": 9})).json()
    assert (changed["role"], changed["max_queue_songs"], changed["max_add_requests"]) == ("producer", None, 9)
    assert (await station_admin.get(path)).json() == changed


@pytest.mark.parametrize(
    "wish", [{}, {"role": None}, {"role": "king"}, {"blocked": None}, {"max_queue_songs": 0}, {"email": EMAIL}]
)
async def test_a_change_that_says_nothing_sensible_is_refused(
    station_admin: httpx.AsyncClient, wish: dict[str, object]
) -> None:
    told = await register(station_admin, EMAIL)
    answer = await station_admin.patch(f"/admin/users/{told['user']['id']}", json=wish)
    assert problem(answer) == (422, "invalid_input")


async def test_a_block_counts_at_once_and_takes_out_what_waits(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    told, other = await register(anybody, EMAIL), await register(anybody)
    items = await requests(sessions, user_id=UUID(told["user"]["id"]))
    theirs = await requests(sessions, user_id=UUID(other["user"]["id"]))
    path = f"/admin/users/{told['user']['id']}"
    blocked = (await station_admin.patch(path, json={"blocked": True})).json()
    assert blocked["blocked_at"]
    assert (await station_admin.patch(path, json={"blocked": True})).json() == blocked
    assert await states(sessions, items) == WITHDRAWN
    assert await states(sessions, theirs) == ["fetching", "ready", "queued", "playing"]
    assert await facts_told(sessions) == [QUEUE_CHANGED]
    assert problem(await anybody.get("/users/me", headers=bearer(told))) == (401, "not_authenticated")
    assert problem(await login(anybody, EMAIL)) == (403, "blocked")
    assert problem(await login(anybody, EMAIL, "wrong password")) == (401, "wrong_credentials")
    await station_admin.patch(path, json={"blocked": False})
    assert problem(await anybody.get("/users/me", headers=bearer(told))) == (401, "not_authenticated")
    assert (await login(anybody, EMAIL)).status_code == 200


async def test_whoever_follows_the_queue_is_woken_once_a_block_has_taken_effect(
    station_admin: httpx.AsyncClient, sessions: Sessions, redis: Redis
) -> None:
    told = await register(station_admin, EMAIL)
    items = await requests(sessions, user_id=UUID(told["user"]["id"]))
    woken = asyncio.Event()
    listening = asyncio.create_task(listen(redis, "api", woken))
    async with asyncio.timeout(5):
        await woken.wait()
        woken.clear()
        path = f"/admin/users/{told['user']['id']}"
        blocking = asyncio.create_task(station_admin.patch(path, json={"blocked": True}))
        await woken.wait()
        assert await states(sessions, items) == WITHDRAWN
        await blocking
    listening.cancel()


async def test_a_deleted_account_is_gone_with_what_it_waits_for(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    told = await register(anybody, EMAIL)
    items = await requests(sessions, user_id=UUID(told["user"]["id"]))
    path = f"/admin/users/{told['user']['id']}"
    assert (await station_admin.delete(path)).status_code == 204
    assert await states(sessions, items) == WITHDRAWN
    assert problem(await anybody.get("/users/me", headers=bearer(told))) == (401, "not_authenticated")
    answers = [
        await station_admin.delete(path),
        await station_admin.get(path),
        await station_admin.patch(path, json={"blocked": True}),
        await station_admin.post(f"{path}/password"),
    ]
    assert [problem(answer) for answer in answers] == [(404, "no_such_user")] * 4


async def test_a_one_time_password_is_shown_once_and_ends_every_session(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient
) -> None:
    told = await register(anybody, EMAIL)
    made = await station_admin.post(f"/admin/users/{told['user']['id']}/password")
    assert made.headers["cache-control"] == "no-store"
    assert problem(await anybody.get("/users/me", headers=bearer(told))) == (401, "not_authenticated")
    assert problem(await login(anybody, EMAIL, PASSWORD)) == (401, "wrong_credentials")
    signed_in = await login(anybody, EMAIL, made.json()["password"])
    assert signed_in.json()["must_change_password"] is True


async def test_nobody_blocks_or_deletes_themselves(
    anybody: httpx.AsyncClient, admins: list[tuple[UUID, dict[str, str]]]
) -> None:
    me, headers = admins[0]
    path = f"/admin/users/{me}"
    assert problem(await anybody.delete(path, headers=headers)) == (409, "not_to_yourself")
    blocked = await anybody.patch(path, json={"blocked": True}, headers=headers)
    assert problem(blocked) == (409, "not_to_yourself")
    assert (await anybody.patch(path, json={"role": "listener"}, headers=headers)).json()["role"] == "listener"


@pytest.mark.parametrize("way", ["delete", "block", "demote"])
async def test_the_last_administrator_stays(
    station_admin: httpx.AsyncClient, admins: list[tuple[UUID, dict[str, str]]], way: str
) -> None:
    async def lose(user_id: UUID) -> httpx.Response:
        if way == "delete":
            return await station_admin.delete(f"/admin/users/{user_id}")
        wish = {"blocked": True} if way == "block" else {"role": "producer"}
        return await station_admin.patch(f"/admin/users/{user_id}", json=wish)

    (first, _), (last, _) = admins
    assert (await lose(first)).is_success
    assert problem(await lose(last)) == (409, "last_administrator")
    assert (await station_admin.patch(f"/admin/users/{last}", json={"max_queue_songs": 5})).is_success


@pytest.mark.parametrize("way", ["delete", "demote"])
async def test_two_administrators_who_remove_each_other_at_once_leave_one(
    anybody: httpx.AsyncClient, sessions: Sessions, admins: list[tuple[UUID, dict[str, str]]], way: str
) -> None:
    (one, of_one), (other, of_other) = admins

    async def remove(user_id: UUID, headers: dict[str, str]) -> int:
        path = f"/admin/users/{user_id}"
        if way == "delete":
            return (await anybody.delete(path, headers=headers)).status_code
        return (await anybody.patch(path, json={"role": "listener"}, headers=headers)).status_code

    statuses = await asyncio.gather(remove(other, of_one), remove(one, of_other))
    # Whoever comes second finds the last administrator, or is none any more.
    assert [status < 300 for status in sorted(statuses)] == [True, False]
    assert sorted([await role_of(sessions, one), await role_of(sessions, other)], key=str).count("admin") == 1


async def test_an_unknown_account_is_not_found(station_admin: httpx.AsyncClient) -> None:
    assert problem(await station_admin.get(f"/admin/users/{uuid4()}")) == (404, "no_such_user")
