"""Livestream tokens: who gets one, what it opens, and what becomes of it."""

import time
from uuid import uuid4

import httpx
import pytest
from api.settings import Settings
from desk import people
from desk.engine import LIQUIDSOAP, MakeStreamer, knock
from desk.settings import ADMIN_TOKENS, API_TOKEN, LIQUIDSOAP_TOKEN, STREAM_CONTROL_TOKEN
from desk.signing_in import problem
from kit import tokens
from kit.db import Sessions


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_token_says_whose_it_is_and_lasts_twice_its_time(
    client: httpx.AsyncClient, settings: Settings, sessions: Sessions
) -> None:
    user, _ = await people.user(sessions, settings, "streamer")
    answer = await client.post("/admin/livestream/token", json={"max_streaming_seconds": 60, "user_id": str(user)})
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json()
    claims = tokens.verify(made["token"], settings.public_key)
    assert claims
    assert (claims.type, claims.sub, claims.jti, claims.role) == ("livestream", str(user), made["id"], None)
    assert 118 <= claims.exp - time.time() <= 120


async def test_its_settings_are_ready_to_paste(
    client: httpx.AsyncClient, settings: Settings, sessions: Sessions
) -> None:
    user, _ = await people.user(sessions, settings, "streamer")
    wish = {"max_streaming_seconds": 60, "user_id": str(user)}
    for host, shown, page in (
        ("radio.example.org:8443", "radio.example.org", "radio.example.org:8443"),
        ("radio.example.org", "radio.example.org", "radio.example.org"),
        ("[2001:db8::1]:8080", "[2001:db8::1]", "[2001:db8::1]:8080"),
        ("x';reboot;'", "localhost", "localhost"),
    ):
        made = (await client.post("/admin/livestream/token", json=wish, headers={"Host": host})).json()
        paste, token = made["settings"], made["token"]
        address = f"icecast://source:{token}@{shown}:{settings.harbor_port}/live"
        assert address in paste["ffmpeg"]
        assert address in paste["obs"]
        for encoder in ("butt", "mixxx"):
            assert all(part in paste[encoder] for part in (shown, str(settings.harbor_port), "/live", token))
        assert f"ws://{page}/live-ws" in paste["browser"]
        assert token in paste["browser"]


@pytest.mark.parametrize(
    "wish",
    [
        {"max_streaming_seconds": 59},
        {"max_streaming_seconds": 86_401},
        {},
        {"max_streaming_seconds": 60, "note": "two\nlines"},
        {"max_streaming_seconds": 60, "forever": True},
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused(client: httpx.AsyncClient, wish: dict[str, object]) -> None:
    assert problem(await client.post("/admin/livestream/token", json=wish)) == (422, "invalid_input")


async def test_only_who_may_stream_gets_a_token(
    client: httpx.AsyncClient, sessions: Sessions, settings: Settings
) -> None:
    listener, _ = await people.user(sessions, settings)
    admin, access = await people.user(sessions, settings, "admin")

    async def ask(headers: dict[str, str] | None = None, **wish: str) -> httpx.Response:
        body = {"max_streaming_seconds": 60, **wish}
        return await client.post("/admin/livestream/token", json=body, headers=headers)

    assert problem(await ask()) == (422, "user_needed")
    assert problem(await ask(user_id=str(listener))) == (422, "not_a_streamer")
    assert problem(await ask(user_id=str(uuid4()))) == (404, "no_such_user")
    assert problem(await ask(user_id=str(admin), show_id=str(uuid4()))) == (404, "no_such_show")
    mine = await ask(bearer(access))
    assert mine.json()["user_id"] == str(admin)


async def test_the_owner_of_a_show_makes_tokens_for_it(client: httpx.AsyncClient, streamer: MakeStreamer) -> None:
    owner, other, head = await streamer(), await streamer(), await streamer(role="admin")
    show = (await client.post("/shows", json={"name": "Night", "owner_id": str(owner.id)})).json()["id"]
    path, wish = f"/shows/{show}/livestream-token", {"max_streaming_seconds": 120}
    assert problem(await client.post(path, json=wish, headers=other.headers)) == (403, "not_your_show")
    for who in (owner, head):
        made = await client.post(path, json=wish, headers=who.headers)
        assert (made.status_code, made.json()["user_id"]) == (201, str(owner.id))
    assert (await knock(client, made.json()["token"]))["allowed"]
    shown = (await client.get("/livestream/tokens/mine", headers=owner.headers)).json()
    assert [token["show"] for token in shown["items"]] == ["Night", "Night", None]
    await client.patch(f"/shows/{show}", json={"owner_id": None})
    assert problem(await client.post(path, json=wish)) == (409, "show_without_owner")


async def test_nothing_but_a_livestream_token_opens_the_harbor(
    client: httpx.AsyncClient, sessions: Sessions, settings: Settings, streamer: MakeStreamer
) -> None:
    user, access = await people.user(sessions, settings, "admin")
    _, guest = await people.guest(sessions, settings)
    someone = await streamer()
    signed = people.signed(settings, someone.id, kind="livestream")
    wrong = [
        access, guest, *ADMIN_TOKENS, API_TOKEN, LIQUIDSOAP_TOKEN, STREAM_CONTROL_TOKEN,
        people.signed(settings, user, kind="refresh"), signed, someone.token[:-4] + "AAAA", someone.token + "x",
        "", "x" * 5000, "x" * 900_000, "\x00", "a'b\"c", "ünïcode 🎙", str(someone.token_id),
    ]  # fmt: skip
    for password in wrong:
        assert await knock(client, password) == {"allowed": False, "reason": "unknown"}
    assert (await knock(client, someone.token))["allowed"]


async def test_a_livestream_token_opens_nothing_else(client: httpx.AsyncClient, streamer: MakeStreamer) -> None:
    token = (await streamer(role="admin")).token
    for method, path in (("GET", "/users/me"), ("POST", "/queue"), ("GET", "/admin/users"), ("GET", "/internal/facts"),
                         ("POST", "/internal/livestream/auth")):  # fmt: skip
        assert problem(await client.request(method, path, headers=bearer(token))) == (401, "not_authenticated")


async def test_the_engines_token_opens_its_own_routes_alone(client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/internal/facts", headers=LIQUIDSOAP)) == (403, "not_allowed")
    for path in ("/queue/mine", "/admin/livestream/tokens"):
        assert problem(await client.get(path, headers=LIQUIDSOAP)) == (401, "not_authenticated")
    for token in (ADMIN_TOKENS[0], STREAM_CONTROL_TOKEN):
        answer = await client.post("/internal/livestream/auth", json={"password": ""}, headers=bearer(token))
        assert problem(answer) == (403, "not_allowed")


async def test_what_is_no_question_is_refused_without_repeating_it(client: httpx.AsyncClient) -> None:
    for body in (b"{}", b"no json", b'{"password": 1}'):
        answer = await client.post("/internal/livestream/auth", content=body, headers=LIQUIDSOAP)
        assert problem(answer) == (422, "invalid_input")


async def test_a_token_that_was_taken_back_lets_nobody_in(client: httpx.AsyncClient, streamer: MakeStreamer) -> None:
    first, second, other = await streamer(), await streamer(), await streamer()
    assert (await client.delete(f"/admin/livestream/tokens/{first.token_id}")).status_code == 204
    assert (await client.delete(f"/admin/livestream/tokens/{first.token_id}")).status_code == 204
    own = f"/livestream/tokens/{second.token_id}"
    assert problem(await client.delete(own, headers=other.headers)) == (404, "no_such_livestream_token")
    assert (await client.delete(own, headers=second.headers)).status_code == 204
    for gone in (first, second):
        assert await knock(client, gone.token) == {"allowed": False, "reason": "revoked"}
    assert problem(await client.delete(f"/admin/livestream/tokens/{uuid4()}")) == (404, "no_such_livestream_token")


async def test_staff_see_every_token_with_its_last_refusal(client: httpx.AsyncClient, streamer: MakeStreamer) -> None:
    first, second = await streamer(note="for the night"), await streamer()
    await client.delete(f"/admin/livestream/tokens/{first.token_id}")
    await knock(client, first.token)
    await knock(client, second.token)
    page = (await client.get("/admin/livestream/tokens", params={"limit": 1, "offset": 1})).json()
    assert (page["total"], len(page["items"])) == (2, 1)
    shown = {one["id"]: one for one in (await client.get("/admin/livestream/tokens")).json()["items"]}
    refused, used = shown[str(first.token_id)], shown[str(second.token_id)]
    assert (refused["state"], refused["note"], refused["last_used_at"]) == ("revoked", "for the night", None)
    assert refused["last_refusal"]["reason"] == "revoked"
    assert (used["state"], used["last_refusal"]) == ("live", None)
    assert used["last_used_at"]
    assert first.token not in str(shown)
    mine = (await client.get("/livestream/tokens/mine", headers=second.headers)).json()
    assert [one["id"] for one in mine["items"]] == [str(second.token_id)]


async def test_who_was_blocked_or_lost_the_role_is_not_let_in(
    client: httpx.AsyncClient, streamer: MakeStreamer
) -> None:
    for change in ({"blocked": True}, {"role": "listener"}):
        someone = await streamer()
        await client.patch(f"/admin/users/{someone.id}", json=change)
        assert await knock(client, someone.token) == {"allowed": False, "reason": "not_a_streamer"}


async def test_the_token_of_a_deleted_account_is_unknown(client: httpx.AsyncClient, streamer: MakeStreamer) -> None:
    someone = await streamer()
    assert (await client.delete(f"/admin/users/{someone.id}")).status_code == 204
    assert await knock(client, someone.token) == {"allowed": False, "reason": "unknown"}
