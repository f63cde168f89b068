"""Time on air: counted from what was heard, limited, announced before its end."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from api.live.models import LiveSession
from desk.engine import MakeStreamer, StreamControl, knock, report
from desk.live import change, come, ended, go, session_of, until
from desk.stream import listening
from kit.contracts.facts import LiveConnected, LiveEnded, LiveHeard
from kit.db import Sessions
from redis.asyncio import Redis


async def test_time_on_air_counts_for_all_tokens_of_a_user(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions, redis: Redis
) -> None:
    someone = await streamer(seconds=600)
    session = await come(client, engine, someone)
    now = datetime.now(UTC)
    engine.facts += [
        LiveConnected(at=now, session_id=UUID(session)),
        LiveHeard(at=now, session_id=UUID(session), heard_seconds=200),
        LiveEnded(at=now, session_id=UUID(session), reason="disconnected", heard_seconds=250.5),
    ]
    await go(client, engine)

    async def counted() -> bool:
        return (await session_of(sessions, session)).heard_in_all

    await until(counted)
    answer = await knock(client, someone.token)
    assert 349 < answer["seconds_left"] <= 349.5
    await report(client, "disconnected", answer["session"])
    more = await client.post("/admin/livestream/token", json={"max_streaming_seconds": 251, "user_id": str(someone.id)})
    assert await knock(client, more.json()["token"]) == {"allowed": False, "reason": "time_used_up"}
    shown = (await client.get("/livestream/tokens/mine", headers=someone.headers)).json()["items"]
    assert {one["used_seconds"] for one in shown} == {250.5}


async def test_what_was_heard_a_month_ago_no_longer_counts(
    client: httpx.AsyncClient, streamer: MakeStreamer, sessions: Sessions
) -> None:
    someone = await streamer(seconds=600)
    for days, heard in ((31, 500.0), (29, 100.0)):
        then = datetime.now(UTC) - timedelta(days=days)
        old = LiveSession(
            user_id=someone.id, granted_at=then, ends_at=then, connected_at=then, ended_at=then,
            ended_because="disconnected", heard_seconds=heard, heard_in_all=True,
        )  # fmt: skip
        async with sessions.begin() as tx:
            tx.add(old)
    assert (await knock(client, someone.token))["seconds_left"] == 500


async def test_time_that_is_not_counted_yet_counts_as_heard(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    someone = await streamer(seconds=600)
    session = await come(client, engine, someone)
    await change(sessions, session, connected_at=datetime.now(UTC) - timedelta(seconds=400))
    await go(client, engine)
    answer = await knock(client, someone.token)
    assert 195 < answer["seconds_left"] < 200.1


async def test_a_session_past_its_end_is_cut_and_later_freed(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    session = await come(client, engine, await streamer())
    await change(sessions, session, ends_at=datetime.now(UTC) - timedelta(seconds=3))

    async def cut() -> bool:
        return (session, "time_used_up") in engine.cuts

    await until(cut, seconds=10)
    await report(client, "disconnected", session)
    engine.away = True
    second = (await knock(client, (await streamer()).token))["session"]
    await change(sessions, second, connected_at=datetime.now(UTC), ends_at=datetime.now(UTC) - timedelta(seconds=11))
    await until(ended(sessions, second), seconds=10)


async def test_the_end_is_announced_five_minutes_and_one_minute_before(
    clients: list[httpx.AsyncClient], engine: StreamControl, streamer: MakeStreamer, sessions: Sessions
) -> None:
    client = clients[0]
    someone = await streamer(seconds=3600)
    async with listening(str(clients[1].base_url)) as stream:
        assert (await stream.next("state")).body["live"]["state"] == "off"
        session = await come(client, engine, someone)
        assert (await stream.next("live")).body["state"] == "on"
        for seconds in (299, 59):
            await change(sessions, session, ends_at=datetime.now(UTC) + timedelta(seconds=seconds))
            while (event := await stream.next("live")).body["state"] != "ending":
                pass
            assert seconds - 3 < event.body["seconds_left"] <= seconds
            assert event.body["streamer"].startswith("DJ ")
        await asyncio.sleep(2.5)
        await go(client, engine)
        states = []
        while "off" not in states:
            states.append((await stream.next("live")).body["state"])
        assert "ending" not in states, "each warning is given once, whatever the number of processes"
