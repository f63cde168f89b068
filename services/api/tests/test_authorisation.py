"""Who may use what: every route of the service stands in the table below, and is tried by every kind of caller."""

import base64
import hmac
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import uuid4

import httpx
import pytest
from api.app import create_app
from api.settings import Settings
from desk import people
from desk.settings import ADMIN_TOKENS, API_TOKEN, LIQUIDSOAP_TOKEN, STREAM_CONTROL_TOKEN, api_settings
from fastapi.routing import iter_route_contexts
from kit import tokens
from kit.contracts.people import ROLES
from kit.db import Sessions
from pydantic import SecretStr

Who = Literal["anybody", "requester", "signed in", "person", "streamer", "producer", "admin", "trusted", "engine"]

MAY: dict[tuple[str, str], Who] = {
    ("GET", "/docs"): "anybody",
    ("GET", "/docs/oauth2-redirect"): "anybody",
    ("GET", "/health"): "anybody",
    ("GET", "/metrics"): "anybody",
    ("GET", "/openapi.json"): "anybody",
    ("GET", "/redoc"): "anybody",
    ("GET", "/ready"): "anybody",
    ("GET", "/internal/facts"): "trusted",
    ("GET", "/events"): "anybody",
    ("GET", "/played"): "anybody",
    ("POST", "/auth/register"): "anybody",
    ("POST", "/auth/login"): "anybody",
    ("POST", "/auth/refresh"): "anybody",
    ("POST", "/auth/logout"): "anybody",
    ("GET", "/users/me"): "signed in",
    ("POST", "/users/me/password"): "signed in",
    ("PATCH", "/users/me"): "person",
    ("DELETE", "/users/me"): "person",
    ("GET", "/users/me/sessions"): "person",
    ("DELETE", "/users/me/sessions/{session_id}"): "person",
    ("GET", "/admin/users"): "admin",
    ("GET", "/admin/users/{user_id}"): "admin",
    ("PATCH", "/admin/users/{user_id}"): "admin",
    ("DELETE", "/admin/users/{user_id}"): "admin",
    ("POST", "/admin/users/{user_id}/password"): "admin",
    ("POST", "/admin/invitations"): "admin",
    ("GET", "/admin/invitations"): "admin",
    ("DELETE", "/admin/invitations/{invitation_id}"): "admin",
    ("POST", "/admin/token"): "admin",
    ("GET", "/admin/tokens"): "admin",
    ("DELETE", "/admin/tokens/{token_id}"): "admin",
    ("POST", "/queue"): "requester",
    ("GET", "/queue"): "anybody",
    ("GET", "/queue/mine"): "requester",
    ("GET", "/queue/quota"): "requester",
    ("GET", "/queue/{item_id}"): "requester",
    ("DELETE", "/queue/{item_id}"): "requester",
    ("PUT", "/admin/queue/order"): "admin",
    ("DELETE", "/admin/queue"): "admin",
    ("GET", "/internal/queues/user"): "trusted",
    ("POST", "/internal/items"): "trusted",
    ("GET", "/admin/programme"): "admin",
    ("POST", "/admin/programme"): "admin",
    ("PATCH", "/admin/programme"): "admin",
    ("PUT", "/admin/programme/order"): "admin",
    ("POST", "/admin/programme/tracks"): "admin",
    ("DELETE", "/admin/programme/{track_id}"): "admin",
    ("POST", "/admin/programme/{track_id}/restore"): "admin",
    ("OPTIONS", "/library/uploads"): "anybody",
    ("POST", "/library/uploads"): "producer",
    ("GET", "/library/uploads"): "producer",
    ("POST", "/library/uploads/form"): "producer",
    ("GET", "/library/uploads/events"): "producer",
    ("HEAD", "/library/uploads/{upload_id}"): "producer",
    ("GET", "/library/uploads/{upload_id}"): "producer",
    ("PATCH", "/library/uploads/{upload_id}"): "producer",
    ("DELETE", "/library/uploads/{upload_id}"): "producer",
    ("POST", "/library/import"): "producer",
    ("GET", "/library/import"): "producer",
    ("GET", "/library/import/files"): "producer",
    ("GET", "/internal/queues/fallback"): "trusted",
    ("PATCH", "/library/tracks/{track_id}"): "producer",
    ("DELETE", "/library/tracks/{track_id}"): "producer",
    ("POST", "/library/tracks/{track_id}/restore"): "producer",
    ("GET", "/library/tracks/{track_id}/history"): "producer",
    ("POST", "/library/tracks/{track_id}/merge"): "producer",
    ("PUT", "/library/tracks/{track_id}/artwork"): "producer",
    ("DELETE", "/library/tracks/{track_id}/artwork"): "producer",
    ("GET", "/library/tracks/{track_id}/audio"): "producer",
    ("HEAD", "/library/tracks/{track_id}/audio"): "producer",
    ("POST", "/library/edits/preview"): "producer",
    ("POST", "/library/edits"): "producer",
    ("GET", "/library/edits"): "producer",
    ("POST", "/library/edits/{edit_id}/undo"): "producer",
    ("POST", "/library/deletions"): "producer",
    ("GET", "/library/tracks"): "producer",
    ("GET", "/library/tracks/{track_id}"): "producer",
    ("GET", "/library/facets"): "producer",
    ("GET", "/library/songs"): "anybody",
    ("GET", "/library/songs/facets"): "anybody",
    ("GET", "/library/stale"): "producer",
    ("POST", "/library/archive"): "producer",
    ("POST", "/library/unarchive"): "producer",
    ("GET", "/library/artists"): "producer",
    ("POST", "/library/artists"): "producer",
    ("GET", "/library/artists/{artist_id}"): "producer",
    ("PATCH", "/library/artists/{artist_id}"): "producer",
    ("DELETE", "/library/artists/{artist_id}"): "producer",
    ("POST", "/library/artists/{artist_id}/merge"): "producer",
    ("GET", "/library/categories"): "producer",
    ("POST", "/library/categories"): "producer",
    ("PATCH", "/library/categories/{category_id}"): "producer",
    ("DELETE", "/library/categories/{category_id}"): "producer",
    ("GET", "/library/blocks"): "producer",
    ("POST", "/library/blocks"): "producer",
    ("POST", "/library/blocks/preview"): "producer",
    ("GET", "/library/blocks/{block_id}"): "producer",
    ("PATCH", "/library/blocks/{block_id}"): "producer",
    ("DELETE", "/library/blocks/{block_id}"): "producer",
    ("GET", "/library/blocks/{block_id}/preview"): "producer",
    ("GET", "/internal/library/blocks/{block_id}"): "trusted",
    ("GET", "/internal/library/tracks"): "trusted",
    ("GET", "/library/analysis"): "producer",
    ("POST", "/library/analysis"): "producer",
    ("GET", "/library/tracks/{track_id}/waveform"): "producer",
    ("GET", "/library/tracks/{track_id}/provenance"): "producer",
    ("POST", "/library/tracks/{track_id}/proposals/accept"): "producer",
    ("POST", "/library/tracks/{track_id}/proposals/dismiss"): "producer",
    ("GET", "/library/similar"): "producer",
    ("DELETE", "/library/similar/{first_id}/{second_id}"): "producer",
    ("GET", "/shows"): "anybody",
    ("GET", "/shows/{show_id}"): "anybody",
    ("POST", "/shows"): "producer",
    ("PATCH", "/shows/{show_id}"): "streamer",
    ("PUT", "/shows/{show_id}/artwork"): "streamer",
    ("DELETE", "/shows/{show_id}/artwork"): "streamer",
    ("GET", "/shows/{show_id}/bookings"): "anybody",
    ("DELETE", "/shows/{show_id}"): "producer",
    ("POST", "/shows/{show_id}/livestream-token"): "streamer",
    ("GET", "/airchecks"): "anybody",
    ("GET", "/airchecks/{aircheck_id}"): "anybody",
    ("GET", "/airchecks/{aircheck_id}/audio"): "anybody",
    ("HEAD", "/airchecks/{aircheck_id}/audio"): "anybody",
    ("PATCH", "/airchecks/{aircheck_id}"): "streamer",
    ("DELETE", "/airchecks/{aircheck_id}"): "streamer",
    ("POST", "/airchecks/{aircheck_id}/restore"): "streamer",
    ("POST", "/airchecks/{aircheck_id}/publish"): "streamer",
    ("POST", "/airchecks/{aircheck_id}/unpublish"): "streamer",
    ("GET", "/shows/{show_id}/feed.xml"): "anybody",
    ("HEAD", "/shows/{show_id}/feed.xml"): "anybody",
    ("GET", "/episodes/{episode_id}/audio.mp3"): "anybody",
    ("HEAD", "/episodes/{episode_id}/audio.mp3"): "anybody",
    ("GET", "/episodes/{episode_id}/chapters.json"): "anybody",
    ("GET", "/admin/retention"): "admin",
    ("PUT", "/admin/retention"): "admin",
    ("POST", "/admin/retention/preview"): "admin",
    ("GET", "/admin/logger"): "producer",
    ("GET", "/admin/logger/{day}/{name}"): "producer",
    ("HEAD", "/admin/logger/{day}/{name}"): "producer",
    ("GET", "/livestream/now"): "anybody",
    ("GET", "/livestream/schedule"): "anybody",
    ("GET", "/livestream/tokens/mine"): "person",
    ("DELETE", "/livestream/tokens/{token_id}"): "person",
    ("POST", "/admin/livestream/token"): "admin",
    ("GET", "/admin/livestream/tokens"): "admin",
    ("DELETE", "/admin/livestream/tokens/{token_id}"): "admin",
    ("POST", "/admin/livestream/slots"): "producer",
    ("GET", "/admin/livestream/slots"): "producer",
    ("DELETE", "/admin/livestream/slots/{slot_id}"): "producer",
    ("GET", "/admin/livestream/now"): "admin",
    ("POST", "/admin/livestream/kick"): "admin",
    ("POST", "/admin/livestream/extend"): "admin",
    ("POST", "/admin/webhooks"): "admin",
    ("GET", "/admin/webhooks"): "admin",
    ("GET", "/admin/webhooks/{webhook_id}"): "admin",
    ("PATCH", "/admin/webhooks/{webhook_id}"): "admin",
    ("DELETE", "/admin/webhooks/{webhook_id}"): "admin",
    ("POST", "/admin/webhooks/{webhook_id}/secret"): "admin",
    ("POST", "/admin/webhooks/{webhook_id}/test"): "admin",
    ("GET", "/admin/webhooks/{webhook_id}/deliveries"): "admin",
    ("POST", "/admin/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"): "admin",
    ("POST", "/internal/livestream/auth"): "engine",
    ("POST", "/internal/livestream/connected"): "engine",
    ("POST", "/internal/livestream/disconnected"): "engine",
}
"""Add the line of a new route here; its handler then has to keep to it."""

ACCOUNTS = {"listener", "streamer", "producer", "admin"}
ADMITTED: dict[Who, set[str]] = {
    "anybody": {"nobody", "newcomer", "guest", "station", *ACCOUNTS},
    "requester": {"guest", "station", *ACCOUNTS},
    "signed in": {"newcomer", *ACCOUNTS},
    "person": ACCOUNTS,
    "streamer": {"streamer", "producer", "admin", "station"},
    "producer": {"producer", "admin", "station"},
    "admin": {"admin", "station"},
    "trusted": {"service", "station"},
    "engine": {"engine"},
}
"""`newcomer` still has a password that the station made up; `service` is stream-control, `engine` is Liquidsoap."""
REFUSED = {401: {"not_authenticated"}, 403: {"not_allowed", "password_change_required"}}


def test_every_route_stands_in_the_table_and_every_line_has_a_route(tmp_path: Path) -> None:
    app = create_app(api_settings(tmp_path, "postgresql+asyncpg://nobody@/none", "unix:///none"))
    answered = set()
    for route in iter_route_contexts(app.routes):
        assert route.methods, f"{route} is of a kind that this table does not know"
        assert route.path
        # A route of its own for these is one like any other; the framework's come with GET.
        by_itself = {"HEAD", "OPTIONS"} if "GET" in route.methods else set()
        answered |= {(method, route.path) for method in route.methods - by_itself}
    assert answered - MAY.keys() == set(), "routes that nobody decided about"
    assert MAY.keys() - answered == set(), "lines without a route"


def forged(algorithm: str, claims: dict[str, object], key: bytes | None = None) -> str:
    """A token without a signature, or with one that is made with what everybody may know."""
    parts = [b64(json.dumps(part).encode()) for part in ({"alg": algorithm, "typ": "JWT"}, claims)]
    signature = hmac.digest(key, ".".join(parts).encode(), "sha256") if key else b""
    return ".".join([*parts, b64(signature)])


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed_like(settings: Settings, claims: dict[str, object], **changed: object) -> str:
    """A signed token with some claims changed."""
    return tokens.sign(tokens.Claims.model_validate(claims | changed), settings.private_key)


async def good_tokens(sessions: Sessions, settings: Settings) -> dict[str, str | None]:
    """A token for each kind of caller."""
    return {
        **{role: (await people.user(sessions, settings, role))[1] for role in ROLES},
        "nobody": None,
        "newcomer": (await people.user(sessions, settings, "admin", must_change_password=True))[1],
        "guest": (await people.guest(sessions, settings))[1],
        "station": ADMIN_TOKENS[1],
        "service": STREAM_CONTROL_TOKEN,
        "engine": LIQUIDSOAP_TOKEN,
    }


async def bad_tokens(sessions: Sessions, settings: Settings) -> dict[str, str | None]:
    """Tokens that open nothing."""
    user, access = await people.user(sessions, settings, "admin")
    listener, _ = await people.user(sessions, settings)
    _, of_blocked = await people.user(sessions, settings, "admin", blocked_at=datetime.now(UTC))
    _, of_expired_guest = await people.guest(sessions, settings, seconds=-1)
    verified = tokens.verify(access, settings.public_key)
    assert verified
    claims = verified.model_dump(exclude_none=True) | {"aud": tokens.AUDIENCE}
    another = settings.model_copy(update={"token_private_key": SecretStr(tokens.new_private_key())})
    return {
        "another station's": "third-admin-token-for-tests",
        "the service's own": API_TOKEN,
        "refresh": signed_like(settings, claims, type="refresh"),
        "livestream": signed_like(settings, claims, type="livestream"),
        "expired": signed_like(settings, claims, exp=claims["iat"] - 1),
        "signed by another": signed_like(another, claims),
        "unsigned": forged("none", claims),
        "signed with the public key": forged("HS256", claims, settings.token_public_key.encode()),
        "of somebody blocked": of_blocked,
        "of an expired guest": of_expired_guest,
        "of an unknown guest": people.signed(settings, uuid4(), kind="guest"),
        "of an unknown user": people.signed(settings, uuid4(), role="admin", session=uuid4()),
        "of no session": people.signed(settings, user, role="admin"),
        "of an ended session": people.signed(settings, user, role="admin", session=uuid4()),
        "of another's session": signed_like(settings, claims, sub=str(listener)),
    }


async def ask(client: httpx.AsyncClient, method: str, path: str, token: str | None) -> tuple[int, str]:
    """Status and error code. Without a body, as nobody is to get so far as to be asked for one; streams are left."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with client.stream(method, re.sub(r"\{\w+\}", str(uuid4()), path), headers=headers) as answer:
        if answer.is_success:
            return answer.status_code, ""
        await answer.aread()
        if method == "HEAD":
            return answer.status_code, {401: "not_authenticated", 403: "not_allowed"}.get(answer.status_code, "")
        return answer.status_code, answer.json().get("error_code", "")


@pytest.mark.parametrize(("method", "path"), MAY)
async def test_a_route_admits_those_whom_the_table_names_and_nobody_else(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings, method: str, path: str
) -> None:
    who, wrong = MAY[method, path], {}
    good = await good_tokens(sessions, served_settings)
    for caller, token in (good | await bad_tokens(sessions, served_settings)).items():
        status, code = await ask(anybody, method, path, token)
        admitted = code not in REFUSED.get(status, ())
        # What is open to anybody may look at a token that comes along, and refuse it.
        undecided = who == "anybody" and caller not in ADMITTED["anybody"]
        failed = status >= 500 and path != "/ready"  # which says 503 as long as there is no worker
        if failed or (admitted is not (caller in ADMITTED[who]) and not undecided):
            wrong[caller] = (status, code)
    assert not wrong
