"""Invitations."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from api.accounts.models import Invitation
from desk.signing_in import PASSWORD, problem, register
from kit.db import Sessions
from sqlalchemy import select, update

NOT_GOOD = (403, "invitation_not_good")


async def invite(admin: httpx.AsyncClient, **wish: Any) -> dict[str, Any]:
    answer = await admin.post("/admin/invitations", json=wish)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


async def accept(client: httpx.AsyncClient, code: str, email: str | None = None) -> httpx.Response:
    wish = {"email": email or f"{uuid4().hex}@example.org", "password": PASSWORD, "invitation": code}
    return await client.post("/auth/register", json=wish)


async def test_role_and_limits_of_an_invitation_become_the_users(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    made = await invite(station_admin, role="producer", max_queue_songs=9, max_add_requests=99, note="For Robin")
    user = (await register(anybody, invitation=made["code"]))["user"]
    assert (user["role"], user["max_queue_songs"], user["max_add_requests"]) == ("producer", 9, 99)
    listed = (await station_admin.get("/admin/invitations")).json()
    assert listed["total"] == 1
    assert listed["items"] == [{**{k: v for k, v in made.items() if k != "code"}, "uses": 1}]
    async with sessions() as tx:
        assert made["code"] not in str(vars(await tx.scalar(select(Invitation))))


async def test_an_invitation_is_used_as_often_as_it_says(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient
) -> None:
    made = await invite(station_admin, max_uses=2)
    answers = [await accept(anybody, made["code"]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 403]
    assert problem(answers[-1]) == NOT_GOOD


async def test_of_several_who_take_the_last_use_at_once_one_gets_it(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    made = await invite(station_admin)
    answers = await asyncio.gather(*(accept(anybody, made["code"]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]
    async with sessions() as tx:
        assert await tx.scalar(select(Invitation.uses)) == 1


async def test_a_registration_that_fails_gives_the_use_back(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient
) -> None:
    made = await invite(station_admin, max_uses=2)
    answers = await asyncio.gather(*(accept(anybody, made["code"], "robin@example.org") for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    [listed] = (await station_admin.get("/admin/invitations")).json()["items"]
    assert listed["uses"] == 1


async def test_an_invitation_for_one_address_is_good_for_no_other(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient
) -> None:
    made = await invite(station_admin, email="Robin@example.org")
    assert problem(await accept(anybody, made["code"])) == NOT_GOOD
    assert (await accept(anybody, made["code"], "robin@Example.org")).status_code == 201


async def test_what_was_taken_back_or_expired_is_no_longer_good(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    taken_back, expired = await invite(station_admin), await invite(station_admin)
    for _ in range(2):
        assert (await station_admin.delete(f"/admin/invitations/{taken_back['id']}")).status_code == 204
    async with sessions.begin() as tx:
        await tx.execute(update(Invitation).values(expires_at=datetime.now(UTC)))
    for made in (taken_back, expired):
        assert problem(await accept(anybody, made["code"])) == NOT_GOOD
    unknown = await station_admin.delete(f"/admin/invitations/{uuid4()}")
    assert problem(unknown) == (404, "no_such_invitation")


@pytest.mark.parametrize(
    "wish", [{"role": "king"}, {"max_uses": 0}, {"expires_in_days": 366}, {"max_queue_songs": 101}, {"note": "a\tb"}]
)
async def test_an_invitation_without_sense_is_refused(station_admin: httpx.AsyncClient, wish: dict[str, Any]) -> None:
    assert problem(await station_admin.post("/admin/invitations", json=wish)) == (422, "invalid_input")
