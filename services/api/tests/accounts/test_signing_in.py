"""Signing in and out: with tokens in the body, or a cookie."""

from collections.abc import Callable
from http.cookies import SimpleCookie

import httpx
import pytest
from api.accounts.models import User
from api.settings import Settings
from desk.people import user
from desk.signing_in import PASSWORD, bearer, login, problem, register
from kit.db import Sessions
from sqlalchemy import update

EMAIL = "robin@example.org"
WRONG = (401, "wrong_credentials")


async def hashed(client: httpx.AsyncClient) -> float:
    """How many passwords the process has hashed or checked."""
    lines = (await client.get("/metrics")).text.splitlines()
    return float(next(line for line in lines if line.startswith("airtight_password_seconds_count")).split()[1])


def cookie_of(answer: httpx.Response) -> SimpleCookie:
    return SimpleCookie(answer.headers["set-cookie"])


async def test_somebody_signs_in_with_the_password_and_nothing_else(anybody: httpx.AsyncClient) -> None:
    await register(anybody, EMAIL)
    answer = await login(anybody, "Robin@Example.org")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (await anybody.get("/users/me", headers=bearer(answer.json()))).json()["email"] == EMAIL
    for wrong in ("", "wrong password", PASSWORD.upper(), PASSWORD + " "):
        assert problem(await login(anybody, EMAIL, wrong)) == WRONG


async def test_an_unknown_address_is_answered_like_a_wrong_password_and_takes_as_long(
    anybody: httpx.AsyncClient,
) -> None:
    await register(anybody, EMAIL)
    before = await hashed(anybody)
    known, unknown = await login(anybody, EMAIL, "wrong password"), await login(anybody, "nobody@example.org")
    assert await hashed(anybody) == before + 2
    assert known.json() == unknown.json()


async def test_an_account_without_a_password_cannot_sign_in(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    someone, _ = await user(sessions, served_settings)
    async with sessions.begin() as tx:
        await tx.execute(update(User).where(User.id == someone).values(email=EMAIL))
    assert problem(await login(anybody, EMAIL, "!")) == WRONG


async def test_failures_are_limited_by_account_wherever_they_come_from(anybody: httpx.AsyncClient) -> None:
    await register(anybody, EMAIL)
    for place in range(10):
        answer = await anybody.post(
            "/auth/login",
            json={"email": EMAIL, "password": "wrong password"},
            headers={"X-Forwarded-For": f"192.0.2.{place}"},
        )
        assert problem(answer) == WRONG
    refused = await login(anybody, EMAIL)
    assert problem(refused) == (429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert problem(await login(anybody, "other@example.org")) == WRONG


async def test_a_right_password_makes_up_for_wrong_ones(anybody: httpx.AsyncClient) -> None:
    await register(anybody, EMAIL)
    for _ in range(2):
        for _ in range(6):
            await login(anybody, EMAIL, "wrong password")
        assert (await login(anybody, EMAIL)).status_code == 200


async def test_sign_ins_from_one_address_are_limited(anybody: httpx.AsyncClient, station: Callable[..., str]) -> None:
    async with httpx.AsyncClient(base_url=station(login_attempts_per_address=2)) as client:
        tries = [await login(client, f"{name}@example.org") for name in "abc"]
    assert [answer.status_code for answer in tries] == [401, 401, 429]


async def test_people_sign_in_while_redis_is_away(anybody: httpx.AsyncClient, station: Callable[..., str]) -> None:
    url = station(redis_url="unix:///tmp/nobody-listens-here.sock", login_attempts=2)
    async with httpx.AsyncClient(base_url=url, timeout=20) as client:
        await register(client, EMAIL)
        assert (await login(client, EMAIL)).status_code == 200
        tries = [await login(client, EMAIL, "wrong password") for _ in range(3)]
    assert [answer.status_code for answer in tries] == [401, 401, 429]


async def test_a_browser_gets_the_refresh_token_where_no_script_reads_it(anybody: httpx.AsyncClient) -> None:
    await register(anybody, EMAIL)
    answer = await login(anybody, EMAIL, cookie=True)
    assert answer.json()["refresh_token"] is None
    found = cookie_of(answer)["airtight_refresh"]
    assert (found["httponly"], found["samesite"], found["path"]) == (True, "strict", "/")
    assert (found["max-age"], found["secure"]) == (str(7 * 86_400), "")
    again = await anybody.post("/auth/refresh")
    assert again.status_code == 200
    assert again.json()["refresh_token"] is None
    assert cookie_of(again)["airtight_refresh"].value != found.value
    out = await anybody.post("/auth/logout")
    assert (out.status_code, cookie_of(out)["airtight_refresh"]["max-age"]) == (204, "0")
    assert not anybody.cookies
    assert problem(await anybody.post("/auth/refresh")) == (401, "refresh_token_not_good")


async def test_over_https_the_cookie_is_never_sent_without(
    anybody: httpx.AsyncClient, station: Callable[..., str]
) -> None:
    await register(anybody, EMAIL)
    https = {"X-Forwarded-Proto": "https"}
    wish = {"email": EMAIL, "password": PASSWORD, "cookie": True}
    answer = await anybody.post("/auth/login", json=wish, headers=https)
    assert cookie_of(answer)["airtight_refresh"]["secure"] is True
    async with httpx.AsyncClient(base_url=station(secure_cookies=False)) as client:
        answer = await client.post("/auth/login", json=wish, headers=https)
    assert cookie_of(answer)["airtight_refresh"]["secure"] == ""


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_another_site_cannot_use_the_cookie(anybody: httpx.AsyncClient, headers: dict[str, str]) -> None:
    await register(anybody, EMAIL, cookie=True)
    for path in ("/auth/refresh", "/auth/logout"):
        assert problem(await anybody.post(path, headers=headers)) == (403, "from_another_site")
    for path in ("/auth/login", "/auth/register"):
        wish = {"email": EMAIL, "password": PASSWORD, "cookie": True}
        assert problem(await anybody.post(path, json=wish, headers=headers)) == (403, "from_another_site")
    own = {"Origin": str(anybody.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert (await anybody.post("/auth/refresh", headers=own)).status_code == 200


async def test_a_program_may_move_its_refresh_token_into_a_cookie(anybody: httpx.AsyncClient) -> None:
    told = await register(anybody, EMAIL)
    moved = await anybody.post("/auth/refresh", json={"refresh_token": told["refresh_token"], "cookie": True})
    assert moved.json()["refresh_token"] is None
    assert (await anybody.post("/auth/refresh")).status_code == 200


async def test_signing_out_ends_the_session_however_it_is_named_and_twice_is_fine(anybody: httpx.AsyncClient) -> None:
    await register(anybody, EMAIL)
    by_refresh, by_access = (await login(anybody, EMAIL)).json(), (await login(anybody, EMAIL)).json()
    for _ in range(2):
        out = await anybody.post("/auth/logout", json={"refresh_token": by_refresh["refresh_token"]})
        assert (out.status_code, out.content) == (204, b"")
        assert (await anybody.post("/auth/logout", headers=bearer(by_access))).status_code == 204
    for told in (by_refresh, by_access):
        assert problem(await anybody.get("/users/me", headers=bearer(told))) == (401, "not_authenticated")
    assert (await anybody.post("/auth/logout", headers={"Authorization": "Bearer nonsense"})).status_code == 204
