"""The service over HTTP: who may do what, what is remembered, and what is said while engines are away."""

import time
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi.routing import APIRoute
from kit import db, tokens
from kit.contracts.people import Role
from kit.tokens import Claims
from rig.running import Service
from rig.station import ADMIN_TOKENS, API_TOKEN, PRIVATE_KEY, STREAM_CONTROL_TOKEN
from sqlalchemy import text

OPEN = {("GET", "/health"), ("GET", "/ready"), ("GET", "/metrics")}
"""For supervisors and dashboards inside; the front door refuses the last two."""
CLOSED = {
    ("POST", "/admin/pause"): {"playlist": "user"},
    ("POST", "/admin/play"): {"playlist": "user"},
    ("POST", "/admin/skip"): {"playlist": "user"},
    ("POST", "/admin/setup-autoplay"): {},
    ("GET", "/admin/as-run"): {},
    ("GET", "/internal/facts"): {},
    ("GET", "/internal/live"): {},
    ("POST", "/internal/live/cut"): {},
    ("POST", "/internal/live/limit"): {},
}
DESCRIPTION = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
WRONG = {
    "none": {},
    "unknown": {"Authorization": "Bearer some-other-token-entirely"},
    "almost": {"Authorization": f"Bearer {ADMIN_TOKENS[0][:-1]}"},
    "the whole list": {"Authorization": f"Bearer {','.join(ADMIN_TOKENS)}"},
    "empty": {"Authorization": "Bearer"},
    "another scheme": {"Authorization": f"Basic {ADMIN_TOKENS[0]}"},
    "bare": {"Authorization": ADMIN_TOKENS[0]},
    "its own": {"Authorization": f"Bearer {STREAM_CONTROL_TOKEN}"},
    "not ASCII": {"Authorization": "Bearer pässword-pässword"},
}


@pytest.fixture
async def admin(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.client() as client:
        yield client


def test_every_route_is_known_here_as_open_or_closed(service: Service) -> None:
    routes = service.app.openapi()["paths"]
    found = {(method.upper(), path) for path, methods in routes.items() for method in methods}
    assert found | OPEN == OPEN | set(CLOSED)
    flat = {route.path for route in service.app.routes if isinstance(route, APIRoute)}
    assert flat <= {path for _, path in OPEN | set(CLOSED)}


@pytest.mark.parametrize(("method", "path"), CLOSED)
async def test_a_closed_route_wants_a_token(service: Service, method: str, path: str) -> None:
    async with service.client(token=None) as client:
        for wrong, given in WRONG.items():
            headers = [(name.encode(), value.encode()) for name, value in given.items()]
            answer = await client.request(method, path, params=CLOSED[method, path], headers=headers)
            assert (answer.status_code, answer.json()["error_code"]) == (401, "not_authenticated"), wrong
            assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ADMIN_TOKENS)
async def test_each_administrator_comes_in(service: Service, token: str) -> None:
    async with service.client(token) as client:
        assert (await client.get("/admin/as-run")).status_code == 200
        assert (await client.get("/internal/facts")).status_code == 200


@pytest.mark.parametrize("path", ["/admin/pause", "/admin/play", "/admin/skip"])
@pytest.mark.parametrize("playlist", [None, "", "live", "noise", "USER", "user,fallback"])
async def test_a_playlist_that_does_not_exist_is_refused(
    admin: httpx.AsyncClient, path: str, playlist: str | None
) -> None:
    answer = await admin.post(path, params={"playlist": playlist} if playlist is not None else {})
    assert answer.status_code == 422
    assert answer.json()["error_code"] == "invalid_input"


async def test_api_reads_the_feed_and_controls_nothing(service: Service) -> None:
    async with service.client(API_TOKEN) as client:
        assert (await client.get("/internal/facts")).status_code == 200
        refused = await client.post("/admin/skip", params={"playlist": "user"})
    assert (refused.status_code, refused.json()["error_code"]) == (403, "not_allowed")


def person(role: Role) -> str:
    now = int(time.time())
    claims = Claims(sub="somebody", type="access", jti="1", iat=now, exp=now + 60, role=role)
    return tokens.sign(claims, tokens.private_key(PRIVATE_KEY))


async def test_an_administrator_with_an_account_controls_and_a_listener_does_not(service: Service) -> None:
    async with service.client(person("admin")) as client:
        assert (await client.get("/admin/as-run")).status_code == 200
        assert (await client.get("/internal/facts")).status_code == 403
    async with service.client(person("producer")) as client:
        assert (await client.get("/admin/as-run")).status_code == 403


async def paused(service: Service) -> list[str]:
    engine = db.connect(service.database_url)
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT playlist FROM stream_control.pauses ORDER BY playlist"))
        found = [str(playlist) for (playlist,) in rows]
    await engine.dispose()
    return found


async def test_a_pause_is_remembered_until_it_is_lifted(service: Service, admin: httpx.AsyncClient) -> None:
    for _ in range(2):
        answer = await admin.post("/admin/pause", params={"playlist": "fallback"})
        assert answer.status_code == 200
        assert answer.json() == {"playlist": "fallback", "paused": True}
        assert await paused(service) == ["fallback"], "committed before the answer"
    for _ in range(2):
        answer = await admin.post("/admin/play", params={"playlist": "fallback"})
        assert answer.json() == {"playlist": "fallback", "paused": False}
        assert await paused(service) == []


async def test_each_playlist_is_paused_by_itself(service: Service, admin: httpx.AsyncClient) -> None:
    for playlist in ("user", "fallback"):
        await admin.post("/admin/pause", params={"playlist": playlist})
    await admin.post("/admin/play", params={"playlist": "user"})
    assert await paused(service) == ["fallback"]
    await admin.post("/admin/play", params={"playlist": "fallback"})


async def test_autoplay_lifts_the_programmes_pause(service: Service, admin: httpx.AsyncClient) -> None:
    for playlist in ("user", "fallback"):
        await admin.post("/admin/pause", params={"playlist": playlist})
    answer = await admin.post("/admin/setup-autoplay")
    assert (answer.status_code, answer.json()) == (200, {"playlist": "fallback", "paused": False})
    assert await paused(service) == ["user"]
    await admin.post("/admin/play", params={"playlist": "user"})


async def test_nothing_is_skipped_where_nothing_plays(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/admin/skip", params={"playlist": "user"})
    assert (answer.status_code, answer.json()["error_code"]) == (409, "nothing_to_skip")


async def test_a_skip_while_the_player_is_away_is_refused(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/admin/skip", params={"playlist": "fallback"})
    assert (answer.status_code, answer.json()["error_code"]) == (503, "engine_unreachable")


async def test_the_service_lives_without_its_engines(service: Service) -> None:
    async with service.client(token=None) as client:
        answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_readiness_tells_what_is_away(service: Service) -> None:
    async with service.client(token=None) as client:
        answer = await client.get("/ready")
    told = answer.json()
    assert answer.status_code == 503
    assert not told["ready"]
    well = {name for name, check in told["checks"].items() if check["ok"]}
    assert well == {"database", "redis", "mpd_user", "facts_set_aside", "disk"}
    assert all(check["detail"] for check in told["checks"].values())


async def test_the_metrics_answer(service: Service) -> None:
    async with service.client(token=None) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "airtight_listeners" in answer.text


async def test_the_loops_go_on_without_engines(service: Service, admin: httpx.AsyncClient) -> None:
    assert (service.var / "public" / "now-playing.json").exists()
    assert (await admin.get("/admin/as-run")).status_code == 200
