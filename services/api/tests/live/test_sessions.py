"""One streamer at a time: grants, lost callbacks, cuts."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
from api.app import create_app
from api.live.models import LiveSession, LiveToken
from api.settings import Settings
from desk.engine import MakeStreamer, StreamControl, knock, report
from desk.live import change, come, ended, go, session_of, until
from desk.signing_in import problem
from desk.stream import listening
from kit.contracts.facts import LiveConnected, LiveTitle
from kit.db import Sessions
from kit.testing import free_port, served
from sqlalchemy import select


async def test_a_streamer_is_let_in_with_a_session_and_the_time_left(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer
) -> None:
    someone = await streamer(seconds=600)
    answer = await knock(client, someone.token)
    assert set(answer) == {"allowed", "session", "seconds_left", "name"}
    assert answer["allowed"] is True
    assert answer["name"].startswith("DJ ")
    assert 599 < answer["seconds_left"] <= 600
    assert (await client.get("/livestream/now")).json()["state"] == "off", "not connected yet"
    engine.session = answer["session"]
    await report(client, "connected", answer["session"])
    now = (await client.get("/livestream/now")).json()
    assert (now["state"], now["streamer"]) == ("on", answer["name"])
    assert now["since"]
    assert 590 < now["seconds_left"] <= 600


async def test_of_many_encoders_at_once_exactly_one_is_let_in(
    clients: list[httpx.AsyncClient], streamer: MakeStreamer
) -> None:
    everybody = [await streamer() for _ in range(10)]
    for _ in range(3):
        answers = await asyncio.gather(*(knock(clients[n % 2], one.token) for n, one in enumerate(everybody * 2)))
        granted = [answer for answer in answers if answer["allowed"]]
        assert len(granted) == 1
        assert {answer["reason"] for answer in answers if not answer["allowed"]} == {"taken"}
        await report(clients[0], "disconnected", granted[0]["session"])


async def test_a_second_streamer_sees_why_in_the_tokens_state(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer
) -> None:
    first, second = await streamer(), await streamer()
    await come(client, engine, first)
    assert await knock(client, second.token) == {"allowed": False, "reason": "taken"}
    mine = (await client.get("/livestream/tokens/mine", headers=second.headers)).json()["items"][0]
    assert (mine["state"], mine["last_refusal"]["reason"]) == ("good", "taken")
    await go(client, engine)
    assert (await knock(client, second.token))["allowed"]


async def test_callbacks_may_come_never_once_or_again(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    someone, session = await streamer(), ""
    session = await come(client, engine, someone)
    since = (await session_of(sessions, session)).connected_at
    await report(client, "connected", session)
    assert (await session_of(sessions, session)).connected_at == since
    for _ in range(3):
        await report(client, "disconnected", session)
    over = (await session_of(sessions, session)).ended_at
    await report(client, "connected", session)
    await report(client, "disconnected", uuid4())
    await report(client, "connected", uuid4())
    assert (await session_of(sessions, session)).ended_at == over
    second = await come(client, engine, someone)
    await report(client, "disconnected", session)
    assert (await session_of(sessions, second)).ended_at is None, "another session's end"


async def test_a_grant_that_nobody_comes_for_is_freed_in_five_seconds(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    engine.away = True
    first, second = await streamer(), await streamer()
    session = (await knock(client, first.token))["session"]
    assert not (await knock(client, second.token))["allowed"]
    took = await until(ended(sessions, session), seconds=12)
    assert 4 < took < 10
    assert (await session_of(sessions, session)).ended_because == "not_connected"
    assert (await knock(client, second.token))["allowed"]


async def test_a_lost_connected_is_made_up_for_by_the_engine(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    session = (await knock(client, (await streamer()).token))["session"]
    engine.session = session

    async def is_connected() -> bool:
        return (await session_of(sessions, session)).connected_at is not None

    await until(is_connected, seconds=10)
    await asyncio.sleep(6)
    assert (await session_of(sessions, session)).ended_at is None


async def test_a_lost_disconnected_is_made_up_for_in_seconds(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    first, second = await streamer(), await streamer()
    session = await come(client, engine, first)
    engine.session = None
    took = await until(ended(sessions, session), seconds=16)
    assert took > 4
    assert (await session_of(sessions, session)).ended_because == "lost"
    assert (await knock(client, second.token))["allowed"]


async def test_nobody_is_freed_because_the_engine_cannot_be_asked(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    session = await come(client, engine, await streamer())
    engine.known = False
    await asyncio.sleep(4)
    engine.away = True
    await asyncio.sleep(4)
    assert (await session_of(sessions, session)).ended_at is None


async def test_a_grant_given_up_too_early_is_taken_up_again(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    engine.away = True
    session = (await knock(client, (await streamer()).token))["session"]
    await change(sessions, session, ended_at=datetime.now(UTC), ended_because="not_connected")
    await report(client, "connected", session)
    found = await session_of(sessions, session)
    assert (found.ended_at, found.ended_because) == (None, None)
    assert found.connected_at


async def test_whoever_the_engine_has_without_a_session_stays_or_is_cut(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    mistaken = await come(client, engine, await streamer())
    await change(sessions, mistaken, ended_at=datetime.now(UTC), ended_because="lost")

    async def is_open() -> bool:
        return (await session_of(sessions, mistaken)).ended_at is None

    await until(is_open, seconds=20)
    assert engine.cuts == []
    await go(client, engine)
    engine.session = stranger = str(uuid4())

    async def cut() -> bool:
        return (stranger, "unknown") in engine.cuts

    await until(cut, seconds=20)


async def test_who_is_taken_back_blocked_or_deleted_while_live_is_cut(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer
) -> None:
    for how in ("revoke", "block", "delete"):
        someone = await streamer()
        session = await come(client, engine, someone)
        match how:
            case "revoke":
                await client.delete(f"/admin/livestream/tokens/{someone.token_id}")
            case "block":
                await client.patch(f"/admin/users/{someone.id}", json={"blocked": True})
            case "delete":
                await client.delete(f"/admin/users/{someone.id}")

        async def cut(session: str = session) -> bool:
            return any(one == session for one, _ in engine.cuts)

        await until(cut, seconds=10)
        await report(client, "disconnected", session)


async def test_an_administrator_ends_a_show(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer
) -> None:
    for revoke in (False, True):
        someone = await streamer()
        session = await come(client, engine, someone)
        assert (await client.post("/admin/livestream/kick", json={"revoke": revoke})).status_code == 202

        async def cut(session: str = session) -> bool:
            return (session, "kicked") in engine.cuts

        await until(cut, seconds=10)
        await report(client, "disconnected", session)
        again = await knock(client, someone.token)
        assert again["allowed"] is not revoke
        if again["allowed"]:
            await report(client, "disconnected", again["session"])
        async with httpx.AsyncClient(base_url=client.base_url) as anybody:
            assert problem(await anybody.post("/admin/livestream/kick", json={})) == (401, "not_authenticated")


async def test_a_kick_reaches_the_engine_when_stream_control_is_back(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer
) -> None:
    session = await come(client, engine, await streamer())
    engine.away = True
    await client.post("/admin/livestream/kick", json={})
    await asyncio.sleep(1.5)
    assert engine.cuts == []
    engine.away = False

    async def cut() -> bool:
        return (session, "kicked") in engine.cuts

    await until(cut, seconds=10)


async def test_nobody_to_kick_or_extend(client: httpx.AsyncClient) -> None:
    assert problem(await client.post("/admin/livestream/kick", json={})) == (409, "nobody_live")
    assert problem(await client.post("/admin/livestream/extend", json={"seconds": 60})) == (409, "nobody_live")
    assert problem(await client.get("/admin/livestream/now")) == (409, "nobody_live")


async def test_more_time_is_told_to_the_engine_and_to_everybody(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    someone = await streamer(seconds=100)
    session = await come(client, engine, someone)
    async with listening(str(client.base_url)) as stream:
        await stream.next("state")
        answer = await client.post("/admin/livestream/extend", json={"seconds": 500})
        assert answer.status_code == 202
        assert 590 < answer.json()["seconds_left"] <= 600

        async def told() -> bool:
            return any(one == session and 590 < left <= 600 for one, left in engine.limits)

        await until(told, seconds=10)
        # The connection itself may be told of first.
        while (await stream.next("live", seconds=12)).body["seconds_left"] <= 500:
            pass
    await asyncio.sleep(1.5)
    assert len(engine.limits) <= 2, "told once by each process at most"
    async with sessions() as tx:
        token = await tx.get(LiveToken, someone.token_id)
    assert token
    assert token.max_streaming_seconds == 600


async def test_what_the_encoder_plays_is_shown(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer
) -> None:
    session = await come(client, engine, await streamer())
    now = datetime.now(UTC)
    engine.facts += [
        LiveConnected(at=now, session_id=UUID(session)),
        LiveTitle(at=now, session_id=UUID(session), title="Song", artist="Singer"),
    ]

    async def shown() -> bool:
        body = (await client.get("/livestream/now")).json()
        return (body["title"], body["artist"]) == ("Song", "Singer")

    await until(shown, seconds=10)


async def test_the_sessions_user_remains_counted_when_the_token_is_gone(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    someone = await streamer()
    session = await come(client, engine, someone)
    await go(client, engine)
    async with sessions.begin() as tx:
        token = await tx.get(LiveToken, someone.token_id)
        await tx.delete(token)
    async with sessions() as tx:
        found = (await tx.scalars(select(LiveSession).where(LiveSession.id == UUID(session)))).one()
    assert (found.user_id, found.token_id) == (someone.id, None)


async def test_a_session_outlives_the_process_that_granted_it(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions, settings: Settings
) -> None:
    someone, other = await streamer(), await streamer()
    with served(create_app(settings), port := free_port()):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as gone:
            session = await come(gone, engine, someone)
    assert await knock(client, other.token) == {"allowed": False, "reason": "taken"}
    assert (await client.get("/livestream/now")).json()["state"] == "on"
    await go(client, engine)
    assert (await session_of(sessions, session)).ended_because == "disconnected"
    assert (await knock(client, other.token))["allowed"]
