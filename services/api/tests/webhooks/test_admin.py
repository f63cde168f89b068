"""Making and changing webhooks, trying them out, their log, delivering again: over HTTP."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from api.secrets import Vault
from api.settings import Settings
from api.webhooks import forgetting
from api.webhooks.models import Webhook, WebhookDelivery
from desk.hooks import Hooks, tier_changed
from desk.receiver import Receiver, saying
from desk.settings import SECRETS_KEY
from kit.db import Sessions
from kit.testing_web import Answer
from sqlalchemy import func, select, update

WISH: dict[str, Any] = {"name": "Bot", "url": "https://example.org/hook", "events": ["tier_changed"]}


async def refused(hooks: Hooks, method: str, path: str, **options: Any) -> tuple[int, str]:
    answer = await hooks.client.request(method, f"/admin/webhooks{path}", **options)
    return answer.status_code, answer.json().get("error_code", "")


async def test_a_webhook_is_made_shown_changed_and_deleted(hooks: Hooks, sessions: Sessions) -> None:
    made = await hooks.make("https://example.org/hook?a=b", "tier_changed", "song_changed", "tier_changed", name=" A ")
    assert made["secret"].startswith("whsec_")
    assert (made["name"], made["url"]) == ("A", "https://example.org/hook?a=b")
    assert made["events"] == ["song_changed", "tier_changed"]
    assert (made["state"], made["enabled"], made["note"]) == ("good", True, None)
    shown = await hooks.show(made)
    assert {**shown, "secret": made["secret"]} == made
    changed = await hooks.change(made, name="B", events=["show_published"])
    assert (changed["name"], changed["events"], changed["url"]) == ("B", ["show_published"], made["url"])
    listed = (await hooks.client.get("/admin/webhooks")).json()
    assert (listed["total"], listed["items"]) == (1, [changed])
    assert (await hooks.client.delete(f"/admin/webhooks/{made['id']}")).status_code == 204
    assert await refused(hooks, "GET", f"/{made['id']}") == (404, "no_such_webhook")


async def test_a_secret_stands_in_the_database_encrypted_only(hooks: Hooks, sessions: Sessions) -> None:
    made = await hooks.make("https://example.org/")
    async with sessions() as tx:
        row = (await tx.scalars(select(Webhook))).one()
    assert made["secret"] not in row.secret
    assert Vault([SECRETS_KEY]).unseal(row.secret) == made["secret"]


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("", "bad_address"),
        ("example.org", "bad_address"),
        ("ftp://example.org/", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("https://user:secret@example.org/", "bad_address"),
        ("https://example.org/a b", "bad_address"),
        ("https://example.org/\x00", "bad_address"),
        ("http://example.org:99999/", "bad_address"),
        ("http://127.0.0.1:8383/internal/facts", "forbidden_address"),
        ("http://localhost/", "forbidden_address"),
        ("http://[::ffff:127.0.0.1]/", "forbidden_address"),
        ("http://169.254.169.254/latest/meta-data/", "forbidden_address"),
        ("http://100.64.0.1/", "forbidden_address"),
        ("https://example.org/" + "a" * 2000, "invalid_input"),
    ],
)
async def test_an_address_that_no_webhook_may_have_is_refused(hooks: Hooks, address: str, refusal: str) -> None:
    assert await refused(hooks, "POST", "", json={**WISH, "url": address}) == (422, refusal)
    made = await hooks.make("https://example.org/")
    assert await refused(hooks, "PATCH", f"/{made['id']}", json={"url": address}) == (422, refusal)
    assert (await hooks.show(made))["url"] == "https://example.org/"


@pytest.mark.parametrize(
    "wrong",
    [{"events": []}, {"events": ["rain"]}, {"events": "tier_changed"}, {"name": ""}, {"name": "a\nb"}, {"extra": 1}],
)
async def test_what_is_no_webhook_is_refused(hooks: Hooks, wrong: dict[str, object]) -> None:
    assert await refused(hooks, "POST", "", json=WISH | wrong) == (422, "invalid_input")


async def test_a_name_of_another_script_is_kept_as_its_ascii_form(hooks: Hooks) -> None:
    made = await hooks.make("https://b\u00fccher.example/h\u00f6ren")
    assert made["url"] == "https://xn--bcher-kva.example/h%C3%B6ren"


async def test_a_station_has_at_most_twenty_also_when_they_are_made_at_once(hooks: Hooks) -> None:
    answers = await asyncio.gather(*(hooks.client.post("/admin/webhooks", json=WISH) for _ in range(24)))
    assert sorted(answer.status_code for answer in answers) == [201] * 20 + [409] * 4
    assert await refused(hooks, "POST", "", json=WISH) == (409, "too_many_webhooks")
    page = (await hooks.client.get("/admin/webhooks", params={"offset": 15, "limit": 10})).json()
    assert (len(page["items"]), page["total"]) == (5, 20)


async def test_the_test_button_sends_a_signed_ping_and_says_what_came_of_it(hooks: Hooks, to: Receiver) -> None:
    made = await hooks.make(to, enabled=False)
    to.answer = saying(200, "pong")
    told = (await hooks.client.post(f"/admin/webhooks/{made['id']}/test")).json()
    assert told.pop("seconds") < 5
    assert told == {"delivered": True, "status": 200, "problem": None, "answer": "pong"}
    [request] = to.sent
    assert (request.headers["Airtight-Event"], to.bodies[0]["event"]) == ("ping", "ping")
    to.answer = saying(500, "broken")
    told = (await hooks.client.post(f"/admin/webhooks/{made['id']}/test")).json()
    assert (told["delivered"], told["status"], told["problem"], told["answer"]) == (False, 500, "refused", "broken")
    shown = await hooks.show(made)
    assert (shown["failures"], shown["enabled"], await hooks.log(made)) == (0, False, [])


async def test_the_test_button_says_when_nobody_can_be_reached(hooks: Hooks) -> None:
    made = await hooks.make("http://no-such-host.invalid/")
    told = (await hooks.client.post(f"/admin/webhooks/{made['id']}/test")).json()
    assert (told["delivered"], told["status"], told["problem"]) == (False, None, "unreachable")
    await hooks.set(made, secret="lost")
    told = (await hooks.client.post(f"/admin/webhooks/{made['id']}/test")).json()
    assert (told["delivered"], told["problem"]) == (False, "unreadable")


async def test_the_test_button_is_no_hammer(hooks: Hooks, to: Receiver) -> None:
    made = await hooks.make(to)
    codes = [(await hooks.client.post(f"/admin/webhooks/{made['id']}/test")).status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]


async def test_the_log_is_read_page_by_page_and_by_state(hooks: Hooks, to: Receiver, courier: None) -> None:
    made = await hooks.make(to)

    def answer(request: Any) -> Answer:
        return Answer(500 if json.loads(request.body)["sequence"] % 2 else 204)

    to.answer = answer
    await hooks.tell(*(tier_changed() for _ in range(7)))
    async with asyncio.timeout(20):
        while len([one for one in await hooks.log(made) if one["attempts"]]) < 7:
            await asyncio.sleep(0.05)
    pages, before = [], None
    while True:
        query = {"limit": 3} | ({"before": before} if before else {})
        page = (await hooks.client.get(f"/admin/webhooks/{made['id']}/deliveries", params=query)).json()
        pages.append([one["sequence"] for one in page["items"]])
        if (before := page["next"]) is None:
            break
    assert pages == [[7, 6, 5], [4, 3, 2], [1]]
    for state, numbers in (("delivered", [6, 4, 2]), ("waiting", [7, 5, 3, 1]), ("failed", [])):
        assert [one["sequence"] for one in await hooks.log(made, state=state)] == numbers
    shown = await hooks.show(made)
    assert shown["waiting"] == 4


async def test_a_delivery_is_made_again_when_somebody_asks_with_the_same_ids(
    hooks: Hooks, to: Receiver, courier: None
) -> None:
    made, other = await hooks.make(to), await hooks.make("https://example.org/", "show_published")
    await hooks.tell()
    await to.gets(1)
    async with asyncio.timeout(10):
        while (first := (await hooks.log(made))[0])["state"] != "delivered":
            await asyncio.sleep(0.05)
    path = f"/{made['id']}/deliveries/{first['id']}/redeliver"
    answer = await hooks.client.post(f"/admin/webhooks{path}")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    await to.gets(2)
    assert to.sent[0].body == to.sent[1].body
    assert to.sent[0].headers["Airtight-Delivery"] == to.sent[1].headers["Airtight-Delivery"]
    wrong = f"/{other['id']}/deliveries/{first['id']}/redeliver"
    assert await refused(hooks, "POST", wrong) == (404, "no_such_delivery")
    assert await refused(hooks, "POST", f"/{made['id']}/deliveries/{uuid4()}/redeliver") == (404, "no_such_delivery")
    await hooks.change(made, enabled=False)
    assert await refused(hooks, "POST", path) == (409, "webhook_disabled")


async def test_a_disabled_webhook_says_who_did_it_and_a_new_address_starts_anew(hooks: Hooks) -> None:
    made = await hooks.make("https://example.org/")
    await hooks.set(made, failures=3, failing_since=datetime.now(UTC))
    shown = await hooks.change(made, enabled=False)
    assert (shown["state"], shown["disabled_because"]) == ("disabled", None)
    assert shown["note"].endswith("by an administrator.")
    again = await hooks.change(made, enabled=False)
    assert again["disabled_at"] == shown["disabled_at"]
    moved = await hooks.change(made, url="https://example.com/", enabled=True)
    assert (moved["state"], moved["failures"], moved["disabled_at"]) == ("good", 0, None)


async def test_what_is_old_is_forgotten_and_what_is_out_of_date_given_up(
    hooks: Hooks, sessions: Sessions, settings: Settings
) -> None:
    made = await hooks.make("https://example.org/")
    await hooks.tell(*(tier_changed() for _ in range(4)))
    now = datetime.now(UTC)
    moved: dict[int, dict[str, object]] = {
        1: {"created_at": now - timedelta(days=31), "state": "failed", "ended_at": now},
        2: {"created_at": now - timedelta(days=29), "state": "delivered", "ended_at": now},
        3: {"give_up_at": now - timedelta(hours=2)},
    }
    async with sessions.begin() as tx:
        for number, values in moved.items():
            await tx.execute(update(WebhookDelivery).where(WebhookDelivery.sequence == number).values(**values))
    await forgetting.tidy(sessions, settings.vault)
    rows = [(row.sequence, row.state) for row in await hooks.queued(made)]
    assert rows == [(2, "delivered"), (3, "failed"), (4, "waiting")]


async def test_a_newer_key_takes_the_secrets_over_and_an_old_secret_goes_when_its_time_is_up(
    hooks: Hooks, sessions: Sessions
) -> None:
    made, lost = await hooks.make("https://example.org/"), await hooks.make("https://example.org/")
    await hooks.client.post(f"/admin/webhooks/{made['id']}/secret")
    await hooks.set(lost, secret="lost")
    both = Vault(["a-newer-key-for-tests", SECRETS_KEY])
    await forgetting.tidy(sessions, both)
    newer = Vault(["a-newer-key-for-tests"])
    async with sessions() as tx:
        rows = {str(row.id): row for row in await tx.scalars(select(Webhook))}
    assert newer.unseal(rows[made["id"]].old_secret or "") == made["secret"]
    assert newer.unseal(rows[made["id"]].secret) != made["secret"]
    assert rows[lost["id"]].secret == "lost"
    await hooks.set(made, old_secret_until=datetime.now(UTC))
    await forgetting.tidy(sessions, both)
    assert (await hooks.show(made))["old_secret_until"] is None
    async with sessions() as tx:
        assert await tx.scalar(select(func.count(Webhook.old_secret))) == 0
