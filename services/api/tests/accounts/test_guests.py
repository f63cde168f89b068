"""Guest tokens."""

from datetime import datetime
from uuid import UUID, uuid4

import httpx
import pytest
from api.settings import Settings
from desk.signing_in import problem
from desk.waiting import QUEUE_CHANGED, WITHDRAWN, facts_told, requests, states
from kit import tokens
from kit.db import Sessions

WISH = {"duration_seconds": 60, "max_queue_songs": 2, "max_add_requests": 5}


async def test_a_guest_token_is_good_for_as_long_as_asked(
    station_admin: httpx.AsyncClient, served_settings: Settings
) -> None:
    answer = await station_admin.post("/admin/token", json={**WISH, "note": "Open day"})
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json()
    claims = tokens.verify(made["token"], served_settings.public_key)
    assert claims
    assert (claims.type, claims.sub, claims.role, claims.exp - claims.iat) == ("guest", made["id"], None, 60)
    created, expires = (datetime.fromisoformat(made[name]) for name in ("created_at", "expires_at"))
    assert (expires - created).total_seconds() == 60
    listed = (await station_admin.get("/admin/tokens")).json()
    assert listed == {"items": [{name: value for name, value in made.items() if name != "token"}], "total": 1}
    assert (listed["items"][0]["max_queue_songs"], listed["items"][0]["note"]) == (2, "Open day")


@pytest.mark.parametrize(
    "wrong",
    [
        {"duration_seconds": 0},
        {"duration_seconds": 86_401},
        {"max_queue_songs": 0},
        {"max_queue_songs": 101},
        {"max_add_requests": 0},
        {"max_add_requests": 1001},
        {"duration_seconds": None},
    ],
)
async def test_limits_beyond_the_stations_are_refused(
    station_admin: httpx.AsyncClient, wrong: dict[str, int | None]
) -> None:
    assert problem(await station_admin.post("/admin/token", json={**WISH, **wrong})) == (422, "invalid_input")


async def test_a_token_that_is_taken_back_is_no_longer_good_and_takes_out_what_it_waits_for(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    made = (await station_admin.post("/admin/token", json=WISH)).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    items = await requests(sessions, guest_id=UUID(made["id"]))
    assert (await anybody.get("/queue/mine", headers=headers)).status_code == 200
    for _ in range(2):
        assert (await station_admin.delete(f"/admin/tokens/{made['id']}")).status_code == 204
    assert problem(await anybody.get("/queue/mine", headers=headers)) == (401, "not_authenticated")
    assert await states(sessions, items) == WITHDRAWN
    assert await facts_told(sessions) == [QUEUE_CHANGED]
    assert problem(await station_admin.delete(f"/admin/tokens/{uuid4()}")) == (404, "no_such_guest_token")
