"""What waits is delivered: by a courier with a real queue, to receivers that answer as they like."""

import asyncio
import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api.settings import Settings
from api.webhooks.rules import Problem
from desk.hooks import Hooks, tier_changed
from desk.receiver import Receiver, saying
from desk.worker import running_worker
from kit.bell import ring
from kit.testing import Servers, database_name, sql
from kit.testing_web import Answer, Request
from redis.asyncio import Redis


async def tried(hooks: Hooks, webhook: dict[str, Any], times: int, *, seconds: float = 20) -> dict[str, Any]:
    """Wait until the newest delivery was tried so often."""
    async with asyncio.timeout(seconds):
        while True:
            delivery = (await hooks.log(webhook))[0]
            if len(delivery["attempts"]) >= times:
                return delivery
            await asyncio.sleep(0.05)


def seconds_until(moment: str) -> float:
    return (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()


async def test_an_event_is_delivered_once_and_the_log_says_how(hooks: Hooks, to: Receiver, courier: None) -> None:
    to.answer = saying(202, "thank you")
    webhook = await hooks.make(to)
    await hooks.tell()
    delivery = await tried(hooks, webhook, 1)
    [request] = to.sent
    assert request.headers["Airtight-Event"] == "tier_changed"
    assert request.headers["Airtight-Delivery"] == delivery["id"]
    assert request.body.decode() == delivery["body"]
    [attempt] = delivery["attempts"]
    assert (delivery["state"], delivery["next_at"]) == ("delivered", None)
    assert (attempt["delivered"], attempt["status"], attempt["answer"]) == (True, 202, "thank you")
    await asyncio.sleep(0.5)
    assert len(to.sent) == 1
    shown = await hooks.show(webhook)
    assert (shown["state"], shown["note"], shown["failures"], shown["waiting"]) == ("good", None, 0, 0)
    assert shown["succeeded_at"]


WRONG: dict[str, tuple[int, int | None, Problem]] = {
    "an error": (500, 500, "refused"),
    "a redirect": (302, 302, "refused"),
    "nothing in time": (0, None, "timed_out"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_a_receiver_that_fails_and_recovers_gets_the_same_again(
    hooks: Hooks, to: Receiver, courier: None, case: str
) -> None:
    given, status, problem = WRONG[case]
    over = threading.Event()

    def answer(_: Request) -> Answer:
        if not given:
            over.wait(4)
        return Answer(given or 204, headers={"Location": to.url})

    to.answer = answer
    webhook = await hooks.make(to)
    await hooks.tell()
    delivery = await tried(hooks, webhook, 1)
    over.set()
    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("waiting", status)
    assert delivery["attempts"][0]["problem"] == problem
    assert 5 < seconds_until(delivery["next_at"]) <= 12
    shown = await hooks.show(webhook)
    assert (shown["state"], shown["failures"]) == ("failing", 1)
    assert "1 tries failed" in shown["note"]
    to.answer = saying(204)
    await hooks.hurry()
    delivery = await tried(hooks, webhook, 2)
    assert [one["status"] for one in delivery["attempts"]] == [status, 204]
    assert delivery["state"] == "delivered"
    assert len({(request.body, request.headers["Airtight-Delivery"]) for request in to.sent}) == 1
    assert (await hooks.show(webhook))["state"] == "good"


async def test_a_receiver_that_is_not_there_is_tried_again(hooks: Hooks, courier: None) -> None:
    webhook = await hooks.make("http://no-such-host.invalid/")
    await hooks.tell()
    delivery = await tried(hooks, webhook, 1)
    assert (delivery["state"], delivery["attempts"][0]["problem"]) == ("waiting", "unreachable")


async def test_pauses_grow_and_after_a_day_a_delivery_is_given_up(hooks: Hooks, to: Receiver, courier: None) -> None:
    to.answer = saying(503, "later")
    webhook = await hooks.make(to)
    await hooks.tell()
    for times, pause in enumerate((10, 30, 120, 600), 1):
        delivery = await tried(hooks, webhook, times)
        assert pause * 0.75 < seconds_until(delivery["next_at"]) < pause * 1.25
        await hooks.hurry()
    delivery = await tried(hooks, webhook, 5)
    await hooks.hurry(give_up_at=timedelta(seconds=1))
    delivery = await tried(hooks, webhook, 6)
    assert (delivery["state"], delivery["next_at"]) == ("failed", None)
    assert len(to.sent) == 6


async def test_a_slow_receiver_has_two_at_a_time_and_holds_up_nobody_else(
    hooks: Hooks, receivers: tuple[Receiver, Receiver], courier: None
) -> None:
    slow, quick = receivers
    over, within, most = threading.Event(), 0, 0
    lock = threading.Lock()

    def answer(_: Request) -> Answer:
        nonlocal within, most
        with lock:
            within += 1
            most = max(most, within)
        over.wait(10)
        with lock:
            within -= 1
        return Answer(204)

    slow.answer = answer
    for _ in range(2):
        await hooks.make(slow)
    fast = await hooks.make(quick)
    await hooks.tell(*(tier_changed() for _ in range(10)))
    await quick.gets(10)
    assert len(slow.sent) == 2
    over.set()
    await slow.gets(20)
    assert most == 2
    assert {request.headers["Airtight-Delivery"] for request in quick.sent} == {
        one["id"] for one in await hooks.log(fast)
    }


async def test_a_receiver_that_is_gone_is_told_nothing_more_until_somebody_enables_it(
    hooks: Hooks, to: Receiver, courier: None
) -> None:
    to.answer = saying(410)
    webhook = await hooks.make(to)
    await hooks.tell()
    await tried(hooks, webhook, 1)
    shown = await hooks.show(webhook)
    assert (shown["enabled"], shown["state"], shown["disabled_because"]) == (False, "disabled", "gone")
    assert shown["note"].endswith("the receiver answered 410, it is gone.")
    await hooks.tell()
    await hooks.hurry()
    await asyncio.sleep(0.5)
    assert len(to.sent) == 1
    to.answer = saying(204)
    shown = await hooks.change(webhook, enabled=True)
    assert (shown["state"], shown["note"], shown["failures"]) == ("good", None, 0)
    delivery = await tried(hooks, webhook, 2)
    assert (delivery["state"], delivery["sequence"]) == ("delivered", 1)


async def test_a_webhook_that_fails_for_a_day_is_disabled_and_says_since_when(
    hooks: Hooks, to: Receiver, courier: None
) -> None:
    to.answer = saying(500)
    webhook = await hooks.make(to)
    since = datetime.now(UTC) - timedelta(hours=25)
    await hooks.set(webhook, failures=8, failing_since=since)
    await hooks.tell()
    await tried(hooks, webhook, 1)
    assert (await hooks.show(webhook))["state"] == "failing"
    await hooks.hurry()
    await tried(hooks, webhook, 2)
    shown = await hooks.show(webhook)
    assert (shown["state"], shown["disabled_because"]) == ("disabled", "failing")
    assert f"Nothing was delivered since {since:%Y-%m-%d %H:%M} UTC (10 tries failed)." in shown["note"]
    listed = (await hooks.client.get("/admin/webhooks")).json()["items"]
    assert [one["note"] for one in listed] == [shown["note"]]


async def test_a_webhook_whose_secret_cannot_be_read_says_so_and_a_new_one_mends_it(
    hooks: Hooks, to: Receiver, courier: None
) -> None:
    webhook = await hooks.make(to)
    await hooks.set(webhook, secret="under-a-key-that-is-gone")
    await hooks.tell()
    delivery = await tried(hooks, webhook, 1)
    assert (delivery["attempts"][0]["problem"], to.sent) == ("unreadable", [])
    await hooks.client.post(f"/admin/webhooks/{webhook['id']}/secret")
    await hooks.set(webhook, old_secret=None, old_secret_until=None)
    await hooks.hurry()
    assert (await tried(hooks, webhook, 2))["state"] == "delivered"


async def test_a_webhook_that_is_deleted_while_it_is_being_told_leaves_nothing(
    hooks: Hooks, to: Receiver, courier: None
) -> None:
    over = threading.Event()

    def answer(_: Request) -> Answer:
        over.wait(10)
        return Answer(204)

    to.answer = answer
    webhook = await hooks.make(to)
    await hooks.tell()
    await to.gets(1)
    assert (await hooks.client.delete(f"/admin/webhooks/{webhook['id']}")).status_code == 204
    over.set()
    await asyncio.sleep(0.3)
    assert await hooks.queued(webhook) == []
    other = await hooks.make(to)
    await hooks.tell()
    assert (await tried(hooks, other, 1))["state"] == "delivered"


async def test_how_a_try_went_is_written_down_when_the_database_is_back(
    hooks: Hooks, to: Receiver, courier: None, servers: Servers, database_url: str
) -> None:
    over = threading.Event()

    def answer(_: Request) -> Answer:
        over.wait(10)
        return Answer(204)

    to.answer = answer
    webhook, name = await hooks.make(to), database_name(database_url)
    await hooks.tell()
    await to.gets(1)
    try:
        sql(servers, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        sql(servers, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        over.set()
        await asyncio.sleep(1.5)
    finally:
        sql(servers, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    delivery = await tried(hooks, webhook, 1)
    assert (delivery["state"], len(to.sent)) == ("delivered", 1)


async def test_a_worker_that_is_killed_loses_nothing_and_doubles_what_it_had_under_way(
    hooks: Hooks, to: Receiver, settings: Settings, redis: Redis
) -> None:
    over = threading.Event()

    def answer(_: Request) -> Answer:
        if len(to.sent) > 4:
            over.wait(10)
        return Answer(204)

    to.answer = answer
    webhook = await hooks.make(to)
    await hooks.tell(*(tier_changed() for _ in range(12)))
    with running_worker(settings) as worker:
        await ring(redis, "api")
        await to.gets(6, seconds=40)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    over.set()
    # As if the lease had run out.
    await hooks.expire_leases()
    with running_worker(settings):
        async with asyncio.timeout(40):
            while not all(one.state == "delivered" for one in await hooks.queued(webhook)):
                await asyncio.sleep(0.1)
    told = [body["sequence"] for body in to.bodies]
    assert sorted(set(told)) == list(range(1, 13))
    # Two at a time for one host, so no more than two were under way.
    assert 0 < len(told) - 12 <= 2
    assert max(told.count(number) for number in told) == 2
