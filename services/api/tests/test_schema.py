"""Whatever is sent by whomever, the service never fails, and answers as its description says."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from api.app import create_app
from api.settings import Settings
from desk import people
from desk.settings import ADMIN_TOKENS, LIQUIDSOAP_TOKEN, STREAM_CONTROL_TOKEN, api_settings, make_folders
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from kit import db
from kit.testing import Servers, free_port, served
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

CALLERS = ("nobody", "listener", "admin", "guest", "station", "service", "engine")
# A stream has no end, and whether the service is ready is another test's question.
APART = ["/events", "/library/uploads/events", "/ready", "/metrics"]
EXAMPLES = 15
"""For each route, besides those that its description's limits suggest; each by one of the callers."""


@schemathesis.serializer("application/offset+octet-stream")
def as_piece(_: object, value: object) -> bytes:
    """A piece of an upload, from whatever was thought up for it."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


described = create_app(api_settings(Path("/nowhere"), "postgresql+asyncpg://nobody@/none", "unix:///none")).openapi()
api = schemathesis.openapi.from_dict(described).exclude(path=APART)


@pytest.fixture(scope="module")
def service(servers: Servers, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The service, with limits that do not end the test; its settings say where it is."""
    var = tmp_path_factory.mktemp("schema")
    make_folders(var)
    never = {"login_attempts": 10**6, "login_attempts_per_address": 10**6, "registrations_per_address": 10**6}
    never["searches_per_address"] = 10**6
    chosen = api_settings(var, database_url, servers.redis_url, port=free_port(), **never)
    with served(create_app(chosen), chosen.port):
        yield chosen


@pytest.fixture(scope="module")
def credentials(service: Settings, database_url: str) -> dict[str, str | None]:
    """A good token for each kind of caller."""

    async def make() -> dict[str, str | None]:
        engine = db.connect(database_url)
        sessions = db.sessions(engine)
        made = {
            "listener": (await people.user(sessions, service))[1],
            "admin": (await people.user(sessions, service, "admin"))[1],
            "guest": (await people.guest(sessions, service, max_queue_songs=100, max_add_requests=1000))[1],
        }
        await engine.dispose()
        fixed = {"station": ADMIN_TOKENS[0], "service": STREAM_CONTROL_TOKEN, "engine": LIQUIDSOAP_TOKEN}
        return {**made, **fixed, "nobody": None}

    return asyncio.run(make())


@api.given(caller=st.sampled_from(CALLERS))
@api.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_input_makes_the_service_fail(
    case: Case[Any], caller: str, service: Settings, credentials: dict[str, str | None]
) -> None:
    token = credentials[caller]
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{service.port}",
        headers={"Authorization": f"Bearer {token}"} if token else {},
        checks=[not_a_server_error, response_schema_conformance, content_type_conformance],
        timeout=10,
    )
