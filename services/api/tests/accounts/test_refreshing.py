"""A refresh token is good once."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from api.accounts.forgetting import KEPT, forget_expired
from api.accounts.models import GuestToken, Invitation, Session, User
from api.settings import Settings
from desk.people import guest, signed
from desk.signing_in import bearer, problem, register
from kit import tokens
from kit.db import Sessions
from pydantic import SecretStr
from sqlalchemy import select, update

NOT_GOOD = (401, "refresh_token_not_good")


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/auth/refresh", json={"refresh_token": token})


async def test_each_refresh_gives_the_next_token_and_a_longer_session(
    anybody: httpx.AsyncClient, sessions: Sessions
) -> None:
    told = await register(anybody)
    async with sessions.begin() as tx:
        soon = datetime.now(UTC) + timedelta(hours=1)
        await tx.execute(update(Session).values(expires_at=soon))
    for _ in range(3):
        answer = await refresh(anybody, told["refresh_token"])
        assert answer.status_code == 200
        assert answer.json()["refresh_token"] != told["refresh_token"]
        told = answer.json()
    assert (await anybody.get("/users/me", headers=bearer(told))).status_code == 200
    async with sessions() as tx:
        [session] = (await tx.scalars(select(Session))).all()
    assert session.expires_at > datetime.now(UTC) + timedelta(days=6)


async def test_an_older_token_ends_the_session(anybody: httpx.AsyncClient) -> None:
    first = await register(anybody)
    second = (await refresh(anybody, first["refresh_token"])).json()
    third = (await refresh(anybody, second["refresh_token"])).json()
    assert problem(await refresh(anybody, first["refresh_token"])) == (401, "token_reused")
    assert problem(await refresh(anybody, third["refresh_token"])) == NOT_GOOD
    assert problem(await anybody.get("/users/me", headers=bearer(third))) == (401, "not_authenticated")


async def test_of_many_at_once_exactly_one_goes_on_and_the_reuse_is_noticed(
    anybody: httpx.AsyncClient, sessions: Sessions
) -> None:
    told = await register(anybody)
    answers = await asyncio.gather(*(refresh(anybody, told["refresh_token"]) for _ in range(6)))
    assert [answer.status_code for answer in answers].count(200) == 1
    assert sorted(problem(answer)[1] for answer in answers if answer.is_error)[-1] == "token_reused"
    async with sessions() as tx:
        assert (await tx.scalars(select(Session))).all() == []


async def test_only_refresh_tokens_of_this_station_refresh(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    told = await register(anybody)
    claims = tokens.verify(told["refresh_token"], served_settings.public_key)
    assert claims
    assert claims.sid
    another = served_settings.model_copy(update={"token_private_key": SecretStr(tokens.new_private_key())})
    _, guest_token = await guest(sessions, served_settings)
    subject, session = UUID(claims.sub), UUID(claims.sid)
    wrong = [
        "nonsense",
        "",
        told["access_token"],
        guest_token,
        tokens.sign(claims, another.private_key),
        signed(served_settings, subject, kind="refresh", session=session, seconds=-1),
        signed(served_settings, subject, kind="refresh", session=uuid4()),
        signed(served_settings, subject, kind="refresh"),
        signed(served_settings, subject, kind="livestream", session=session),
    ]
    assert [problem(await refresh(anybody, token)) for token in wrong] == [NOT_GOOD] * len(wrong)
    assert (await refresh(anybody, told["refresh_token"])).status_code == 200


@pytest.mark.parametrize("changed", [{"blocked_at": datetime.now(UTC)}, {}], ids=["blocked", "expired"])
async def test_a_block_or_the_sessions_end_ends_refreshing(
    anybody: httpx.AsyncClient, sessions: Sessions, changed: dict[str, datetime]
) -> None:
    told = await register(anybody)
    async with sessions.begin() as tx:
        if changed:
            await tx.execute(update(User).values(changed))
        else:
            await tx.execute(update(Session).values(expires_at=datetime.now(UTC)))
    assert problem(await refresh(anybody, told["refresh_token"])) == NOT_GOOD


async def test_what_expired_is_forgotten(anybody: httpx.AsyncClient, sessions: Sessions) -> None:
    now = datetime.now(UTC)
    await register(anybody)
    kept = await register(anybody)
    limits = {"max_queue_songs": 1, "max_add_requests": 1}
    async with sessions.begin() as tx:
        await tx.execute(update(Session).where(Session.user_id != UUID(kept["user"]["id"])).values(expires_at=now))
        for expired in (now, now - KEPT):
            tx.add(GuestToken(expires_at=expired, **limits))
            tx.add(Invitation(code_hash=uuid4().hex, expires_at=expired))
    await forget_expired(sessions)
    async with sessions() as tx:
        [session] = (await tx.scalars(select(Session))).all()
        assert str(session.user_id) == kept["user"]["id"]
        for model in (GuestToken, Invitation):
            assert [row.expires_at for row in await tx.scalars(select(model))] == [now]  # type: ignore[attr-defined]
