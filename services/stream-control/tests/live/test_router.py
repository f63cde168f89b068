"""Who is live, asked and ordered by api over the control socket."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from rig.engine import SpokenTo, control_socket
from rig.running import Service
from rig.station import API_TOKEN

SESSION, OTHER = UUID(int=1), UUID(int=2)


def says(command: str) -> str:
    name, *words = command.split()
    if name == "live.session":
        return f'{{"session":"{SESSION}","seconds_on":10.5,"seconds_left":49.5}}'
    return "OK" if words[:1] == [str(SESSION)] else "GONE"


@pytest.fixture
async def api(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.client(API_TOKEN) as client:
        yield client


@pytest.fixture
async def engine(service: Service) -> AsyncIterator[SpokenTo]:
    """An engine on which somebody is live."""
    async with control_socket(Path(service.var) / "run/liquidsoap.sock") as engine:
        engine.answer = says
        yield engine


async def test_who_is_live_is_the_engines_word(api: httpx.AsyncClient, engine: SpokenTo) -> None:
    told = (await api.get("/internal/live")).json()
    assert (told["session"], told["known"], told["seconds_left"]) == (str(SESSION), True, 49.5)
    assert told["since"]


async def test_nobody_live_is_known_too(api: httpx.AsyncClient, engine: SpokenTo) -> None:
    engine.answer = lambda command: '{"session":null}'
    told = (await api.get("/internal/live")).json()
    assert (told["session"], told["since"], told["known"]) == (None, None, True)


async def test_an_engine_that_is_away_leaves_it_unknown(api: httpx.AsyncClient) -> None:
    told = (await api.get("/internal/live")).json()
    assert (told["session"], told["known"]) == (None, False)
    order = {"session": str(SESSION), "seconds_left": 60}
    assert (await api.post("/internal/live/limit", json=order)).status_code == 503
    assert (await api.post("/internal/live/cut", json=order)).status_code == 503


async def test_a_session_is_cut_and_given_time_by_its_id(api: httpx.AsyncClient, engine: SpokenTo) -> None:
    assert (await api.post("/internal/live/cut", json={"session": str(SESSION), "reason": "kicked"})).status_code == 200
    answer = await api.post("/internal/live/limit", json={"session": str(SESSION), "seconds_left": 90})
    assert answer.status_code == 200
    assert [one for one in engine.commands if one.startswith("live.")] == [
        f"live.cut {SESSION}",
        f"live.limit {SESSION} 90.000",
    ]


@pytest.mark.parametrize("path", ["cut", "limit"])
async def test_a_session_that_is_not_live_is_refused(api: httpx.AsyncClient, engine: SpokenTo, path: str) -> None:
    answer = await api.post(f"/internal/live/{path}", json={"session": str(OTHER), "seconds_left": 1})
    assert (answer.status_code, answer.json()["error_code"]) == (409, "not_live")


@pytest.mark.parametrize("seconds", [-1, "NaN", 1e12, None])
async def test_a_time_that_makes_no_sense_is_refused(api: httpx.AsyncClient, engine: SpokenTo, seconds: object) -> None:
    order = {"session": str(SESSION), "seconds_left": seconds}
    assert (await api.post("/internal/live/limit", json=order)).status_code == 422


async def test_no_words_reach_the_engine_but_the_session_and_the_seconds(
    api: httpx.AsyncClient, engine: SpokenTo
) -> None:
    order = {"session": f"{SESSION}\nlive.stop", "reason": "x"}
    assert (await api.post("/internal/live/cut", json=order)).status_code == 422
    assert not [one for one in engine.commands if one.startswith("live.")]
