"""An application's manners: every error has one shape, and nothing is told that is nobody's business."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query
from kit import app as kit
from kit import db
from kit.auth import Admin, Keys, Trusted
from kit.db import Transaction
from kit.refusal import Refusal
from small.settings import small_settings
from sqlalchemy import text

ADMIN, SERVICE = "admin-token-for-tests", "service-token-for-tests"
Events = list[dict[str, Any]]


class TooMany(Refusal):
    status = 429
    error_code = "too_many"


def build(folder: Path) -> FastAPI:
    """A small service whose database's socket is not there."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield

    settings = small_settings(ADMIN)
    app = kit.build("Test", settings, keys=Keys((ADMIN,), {"api": SERVICE}), lifespan=lifespan)
    app.state.sessions = db.sessions(db.connect(f"postgresql+asyncpg://nobody@/x?host={folder}"))

    @app.get("/refused")
    async def refused() -> None:
        raise TooMany("Come back later.", headers={"Retry-After": "7"})

    @app.get("/number")
    async def number(value: Annotated[int, Query(ge=1)]) -> int:
        return value

    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("the secret is xyzzy")

    @app.get("/database")
    async def database(tx: Transaction) -> None:
        await tx.execute(text("SELECT 1"))

    @app.get("/admin")
    async def admin(caller: Admin) -> str:
        return caller.name

    @app.get("/trusted")
    async def trusted(caller: Trusted) -> str:
        return caller.name

    return app


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build(tmp_path), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_a_refusal_has_its_status_code_text_and_headers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/refused")
    assert answer.status_code == 429
    assert answer.json() == {"detail": "Come back later.", "error_code": "too_many", "status_code": 429}
    assert answer.headers["retry-after"] == "7"


async def test_input_that_makes_no_sense_is_explained(client: httpx.AsyncClient) -> None:
    answer = await client.get("/number", params={"value": "0"})
    assert answer.status_code == 422
    told = answer.json()
    assert (told["error_code"], told["status_code"]) == ("invalid_input", 422)
    assert told["detail"] == "query.value: Input should be greater than or equal to 1"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nowhere", 404, "not_found"), ("POST", "/number", 405, "method_not_allowed")],
)
async def test_what_is_not_there_has_the_same_shape(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["error_code"], answer.json()["status_code"]) == (status, code, status)
    assert set(answer.json()) == {"detail", "error_code", "status_code"}


async def test_a_bug_tells_nothing_and_is_logged(client: httpx.AsyncClient, logged: Events) -> None:
    answer = await client.get("/bug")
    assert answer.status_code == 500
    assert answer.json()["error_code"] == "internal_error"
    assert "xyzzy" not in answer.text
    assert "Traceback" not in answer.text
    (event,) = [event for event in logged if event["event"] == "unhandled_error"]
    assert event["path"] == "/bug"
    assert "xyzzy" in str(event["exc_info"])


async def test_a_database_that_is_away_is_said_with_when_to_come_back(
    client: httpx.AsyncClient, logged: Events
) -> None:
    answer = await client.get("/database")
    assert (answer.status_code, answer.json()["error_code"]) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "5"
    assert [event["event"] for event in logged] == ["database_unavailable"]


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/admin", ADMIN, 200),
        ("/admin", SERVICE, 403),
        ("/admin", "wrong", 401),
        ("/trusted", ADMIN, 200),
        ("/trusted", SERVICE, 200),
        ("/trusted", "wrong", 401),
    ],
)
async def test_each_caller_comes_as_far_as_it_may(
    client: httpx.AsyncClient, path: str, token: str, status: int
) -> None:
    answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error_code"] == "not_allowed"


@pytest.mark.parametrize("path", ["/admin", "/trusted"])
async def test_a_caller_without_a_token_is_asked_for_one(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_a_request_keeps_the_id_it_came_with(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health", headers={"X-Request-Id": "abc"})
    assert answer.headers["x-request-id"] == "abc"
    long = await client.get("/health", headers={"X-Request-Id": "x" * 500})
    assert long.headers["x-request-id"] == "x" * 64


async def test_a_request_without_an_id_is_given_one(client: httpx.AsyncClient) -> None:
    first, second = [(await client.get("/health")).headers["x-request-id"] for _ in range(2)]
    assert first != second
    assert len(first) == 32


def test_logs_are_json_with_their_fields() -> None:
    code = (
        "from kit import log; import logging, structlog; log.configure(json=True);"
        "structlog.get_logger().info('track_taken', path='a b'); logging.getLogger('x').warning('plain')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours, others = [json.loads(line) for line in done.stderr.splitlines()]
    assert (ours["event"], ours["path"], ours["level"]) == ("track_taken", "a b", "info")
    assert (others["event"], others["level"]) == ("plain", "warning")
