"""Bookings: nobody else is let in, and two never overlap."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from api.live.models import LiveSlot
from desk.engine import MakeStreamer, StreamControl, Streamer, knock, report
from desk.signing_in import problem
from kit.db import Sessions
from sqlalchemy import func, select


def times(begin: float, end: float) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "starts_at": (now + timedelta(seconds=begin)).isoformat(),
        "ends_at": (now + timedelta(seconds=end)).isoformat(),
    }


async def book(client: httpx.AsyncClient, who: Streamer, begin: float, end: float, **wish: Any) -> httpx.Response:
    return await client.post("/admin/livestream/slots", json={"user_id": str(who.id), **times(begin, end), **wish})


async def test_a_booking_is_seen_by_everybody_without_ids(client: httpx.AsyncClient, streamer: MakeStreamer) -> None:
    someone = await streamer()
    show = (await client.post("/shows", json={"name": "Morning"})).json()["id"]
    made = await book(client, someone, 60, 120, show_id=show)
    assert made.status_code == 201
    assert made.json()["show"] == "Morning"
    async with httpx.AsyncClient(base_url=client.base_url) as anybody:
        items = (await anybody.get("/livestream/schedule")).json()["items"]
    assert [set(one) for one in items] == [{"starts_at", "ends_at", "streamer", "show_id", "show"}]
    assert items[0]["streamer"].startswith("DJ ")
    listed = (await client.get("/admin/livestream/slots")).json()
    assert (listed["total"], listed["items"][0]["id"]) == (1, made.json()["id"])


async def test_bookings_never_overlap(client: httpx.AsyncClient, streamer: MakeStreamer, sessions: Sessions) -> None:
    one, other = await streamer(), await streamer()
    now = datetime.now(UTC)
    edge = (now + timedelta(seconds=200)).isoformat()
    first = {"starts_at": (now + timedelta(seconds=100)).isoformat(), "ends_at": edge}
    after = {"starts_at": edge, "ends_at": (now + timedelta(seconds=300)).isoformat()}
    for wish in (first, after):
        body = {"user_id": str(one.id), **wish}
        assert (await client.post("/admin/livestream/slots", json=body)).status_code == 201
    for begin, end in ((50, 101), (120, 150), (50, 400), (199, 201)):
        assert problem(await book(client, other, begin, end)) == (409, "slot_taken")
    answers = await asyncio.gather(*(book(client, other, 1000 + n, 2000 + n) for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    async with sessions() as tx:
        assert await tx.scalar(select(func.count()).select_from(LiveSlot)) == 3


async def test_a_booking_that_makes_no_sense_is_refused(client: httpx.AsyncClient, streamer: MakeStreamer) -> None:
    someone = await streamer()
    assert problem(await book(client, someone, 100, 50)) == (422, "slot_not_sane")
    assert problem(await book(client, someone, -100, -50)) == (422, "slot_not_sane")
    ancient = {"starts_at": "0001-01-01T00:00:00+14:00", "ends_at": "0001-01-01T01:00:00+14:00"}
    wish = {"user_id": str(someone.id), **ancient}
    assert problem(await client.post("/admin/livestream/slots", json=wish)) == (422, "slot_not_sane")
    wish = {"user_id": str(uuid4()), **times(10, 20)}
    assert problem(await client.post("/admin/livestream/slots", json=wish)) == (404, "no_such_user")


async def test_during_a_booking_only_its_user_is_let_in_and_until_its_end(
    client: httpx.AsyncClient, streamer: MakeStreamer
) -> None:
    booked, other = await streamer(), await streamer()
    slot = (await book(client, booked, -10, 300)).json()["id"]
    assert await knock(client, other.token) == {"allowed": False, "reason": "booked"}
    answer = await knock(client, booked.token)
    assert 290 < answer["seconds_left"] <= 300
    await report(client, "disconnected", answer["session"])
    assert (await client.delete(f"/admin/livestream/slots/{slot}")).status_code == 204
    assert problem(await client.delete(f"/admin/livestream/slots/{slot}")) == (404, "no_such_slot")
    assert (await knock(client, other.token))["allowed"]


async def test_who_comes_first_stays_until_the_next_booking(client: httpx.AsyncClient, streamer: MakeStreamer) -> None:
    booked, other = await streamer(), await streamer()
    await book(client, booked, 120, 300)
    answer = await knock(client, other.token)
    assert 118 < answer["seconds_left"] <= 120


async def test_a_booking_made_while_somebody_is_live_ends_them_in_time(
    client: httpx.AsyncClient, engine: StreamControl, streamer: MakeStreamer
) -> None:
    booked, other = await streamer(), await streamer()
    answer = await knock(client, other.token)
    engine.session = answer["session"]
    await report(client, "connected", answer["session"])
    await book(client, booked, 90, 300)
    async with asyncio.timeout(2):
        while not engine.limits:
            await asyncio.sleep(0.05)
    session, left = engine.limits[0]
    assert session == answer["session"]
    assert 85 < left <= 90


async def test_producers_book_and_streamers_do_not(client: httpx.AsyncClient, streamer: MakeStreamer) -> None:
    someone, producer = await streamer(), await streamer(role="producer")
    wish = {"user_id": str(someone.id), **times(10, 20)}
    refused = await client.post("/admin/livestream/slots", json=wish, headers=someone.headers)
    assert problem(refused) == (403, "not_allowed")
    assert (await client.post("/admin/livestream/slots", json=wish, headers=producer.headers)).status_code == 201
