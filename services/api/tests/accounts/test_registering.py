"""Making an account."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from api.accounts.models import User
from desk.signing_in import PASSWORD, bearer, login, problem, register
from kit.db import Sessions
from sqlalchemy import select


async def test_whoever_registers_is_signed_in(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    told = await register(anybody, "Robin.Hood@Example.ORG", display_name="  Robin ")
    user = told["user"]
    assert (user["email"], user["display_name"], user["role"]) == ("robin.hood@example.org", "Robin", "listener")
    assert (told["token_type"], told["expires_in"], told["must_change_password"]) == ("bearer", 900, False)
    assert (await anybody.get("/users/me", headers=bearer(told))).json() == user
    async with sessions() as tx:
        kept = await tx.scalar(select(User.password_hash))
    assert kept
    assert kept.startswith("$bcrypt-sha256$")


async def test_an_address_is_taken_once_in_whichever_case(anybody: httpx.AsyncClient) -> None:
    await register(anybody, "robin@example.org")
    again = await anybody.post("/auth/register", json={"email": "ROBIN@example.org", "password": PASSWORD})
    assert problem(again) == (409, "email_taken")


async def test_one_of_two_who_take_the_same_address_at_once_gets_it(anybody: httpx.AsyncClient) -> None:
    wish = {"email": "robin@example.org", "password": PASSWORD}
    answers = await asyncio.gather(*(anybody.post("/auth/register", json=wish) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"email": "robin", "password": PASSWORD}, "invalid_input"),
        ({"email": "röbin@example.org", "password": PASSWORD}, "invalid_input"),
        ({"email": "robin@example.org"}, "invalid_input"),
        ({"email": "robin@example.org", "password": "short"}, "invalid_input"),
        ({"email": "robin@example.org", "password": "a" * 129}, "invalid_input"),
        ({"email": "robin@example.org", "password": "robin@example.org"}, "password_too_weak"),
        ({"email": "robin@example.org", "password": PASSWORD, "role": "admin"}, "invalid_input"),
        ({"email": "robin@example.org", "password": PASSWORD, "display_name": "a\nb"}, "invalid_input"),
        ({"email": "robin@example.org", "password": PASSWORD, "display_name": "\0"}, "invalid_input"),
        ({"email": "robin@example.org", "password": PASSWORD, "display_name": " "}, "invalid_input"),
    ],
)
async def test_what_makes_no_account_is_refused(anybody: httpx.AsyncClient, wish: dict[str, str], code: str) -> None:
    assert problem(await anybody.post("/auth/register", json=wish)) == (422, code)


async def test_an_international_domain_is_kept_in_its_ascii_form(anybody: httpx.AsyncClient) -> None:
    told = await register(anybody, "robin@bücher.example.org")
    assert told["user"]["email"] == "robin@xn--bcher-kva.example.org"
    assert (await login(anybody, "robin@BÜCHER.example.org")).status_code == 200


async def test_a_closed_station_takes_nobody_and_one_by_invitation_the_invited(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, station: Callable[..., str]
) -> None:
    code = (await station_admin.post("/admin/invitations", json={})).json()["code"]
    wish = {"email": "robin@example.org", "password": PASSWORD}
    async with httpx.AsyncClient(base_url=station(registration="closed")) as closed:
        answer = await closed.post("/auth/register", json={**wish, "invitation": code})
        assert problem(answer) == (403, "registration_closed")
    async with httpx.AsyncClient(base_url=station(registration="invited")) as invited:
        assert problem(await invited.post("/auth/register", json=wish)) == (403, "invitation_needed")
        unknown = await invited.post("/auth/register", json={**wish, "invitation": "guess"})
        assert problem(unknown) == (403, "invitation_not_good")
        await register(invited, invitation=code)


async def test_registrations_from_one_address_are_limited(
    anybody: httpx.AsyncClient, station: Callable[..., str]
) -> None:
    async with httpx.AsyncClient(base_url=station(registrations_per_address=2)) as client:
        for _ in range(2):
            await register(client)
        refused = await client.post("/auth/register", json={"email": "a@example.org", "password": PASSWORD})
        assert problem(refused) == (429, "too_many_requests")
        assert 0 < int(refused.headers["Retry-After"]) <= 3600
        elsewhere = {"X-Forwarded-For": "192.0.2.1"}
        wish = {"email": "a@example.org", "password": PASSWORD}
        assert (await client.post("/auth/register", json=wish, headers=elsewhere)).status_code == 201
