"""A station without files asks ai-brain for music, and asks again when that fails."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from api.library.models import Track
from api.library.rules import TrackState
from api.programme import queries
from api.programme import starter as module
from api.programme.intake import Programme
from api.programme.starter import Starter
from api.settings import Settings
from desk.settings import API_TOKEN, NOWHERE
from kit.db import Sessions
from kit.testing_web import Answer, Request, web

PIECE = b"ID3" + b"music" * 1000


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


class Composing:
    """Makes starters that ask at an address."""

    def __init__(self, settings: Settings, sessions: Sessions, http: httpx.AsyncClient, programme: Programme) -> None:
        self.parts = (sessions, http, programme)
        self.settings = settings
        self.made = asyncio.Event()

    def at(self, address: str) -> Starter:
        return Starter(self.settings.model_copy(update={"ai_brain_address": address}), *self.parts, self.made)


@pytest.fixture
async def composing(settings: Settings, sessions: Sessions, http: httpx.AsyncClient, programme: Programme) -> Composing:
    """A station that has looked and found nothing."""
    await programme.step()
    return Composing(settings, sessions, http, programme)


def pieces(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.starter_folder.iterdir())


async def test_all_pieces_are_asked_for_once(settings: Settings, composing: Composing) -> None:
    with web(lambda _: Answer(body=PIECE)) as brain:
        one = composing.at(brain.address)
        await one.step()
        await one.step()
    assert pieces(settings) == ["starter-1.mp3", "starter-2.mp3", "starter-3.mp3"]
    assert (settings.starter_folder / "starter-2.mp3").read_bytes() == PIECE
    assert [(request.method, request.path) for request in brain.requests] == [("POST", "/music")] * 3
    assert {request.authorization for request in brain.requests} == {f"Bearer {API_TOKEN}"}
    assert [json.loads(request.body) for request in brain.requests] == [
        {"seed": seed, "seconds": 120} for seed in (1, 2, 3)
    ]


async def test_a_busy_composer_is_asked_again_on_the_next_step(settings: Settings, composing: Composing) -> None:
    busy = True
    problem = json.dumps({"detail": "later", "error_code": "busy", "status_code": 503}).encode()

    def answer(_: Request) -> Answer:
        return Answer(503, "application/json", problem) if busy else Answer(body=PIECE)

    with web(answer) as brain:
        one = composing.at(brain.address)
        with pytest.raises(httpx.HTTPStatusError):
            await one.step()
        assert pieces(settings) == []
        busy = False
        await one.step()
    assert len(pieces(settings)) == 3


async def test_a_composer_that_is_away_leaves_nothing(settings: Settings, composing: Composing) -> None:
    with pytest.raises(httpx.ConnectError):
        await composing.at(NOWHERE).step()
    assert pieces(settings) == []


async def test_a_composer_that_dies_in_the_middle_leaves_nothing(settings: Settings, composing: Composing) -> None:
    with web(lambda _: Answer(body=PIECE, announced=len(PIECE) * 2)) as brain, pytest.raises(httpx.HTTPError):
        await composing.at(brain.address).step()
    assert pieces(settings) == []


async def test_a_slow_composer_is_given_up_in_the_end(
    settings: Settings, composing: Composing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT", httpx.Timeout(0.2))
    released = threading.Event()

    def answer(_: Request) -> Answer:
        released.wait(5)
        return Answer(body=PIECE)

    with web(answer) as brain:
        with pytest.raises(httpx.TimeoutException):
            await composing.at(brain.address).step()
        released.set()
    assert pieces(settings) == []


@pytest.mark.parametrize(
    "wrong",
    [Answer(200, "text/html", b"<html>a proxy's page</html>"), Answer(200, body=b"")],
    ids=["a page", "nothing"],
)
async def test_an_answer_that_is_no_music_is_not_kept(settings: Settings, composing: Composing, wrong: Answer) -> None:
    with web(lambda _: wrong) as brain, pytest.raises(ValueError, match="music"):
        await composing.at(brain.address).step()
    assert pieces(settings) == []


async def test_a_piece_is_told_as_soon_as_it_is_there(settings: Settings, composing: Composing) -> None:
    second = threading.Event()

    def answer(request: Request) -> Answer:
        if json.loads(request.body)["seed"] == 2:
            second.wait(5)
        return Answer(body=PIECE)

    with web(answer) as brain:
        one = composing.at(brain.address)
        working = asyncio.create_task(one.step())
        async with asyncio.timeout(5):
            await composing.made.wait()
        assert pieces(settings) == ["starter-1.mp3"]
        second.set()
        await working


@pytest.mark.parametrize("state", ["ready", "waiting"])
async def test_a_station_with_files_of_its_own_asks_for_nothing(
    composing: Composing, sessions: Sessions, state: TrackState
) -> None:
    track = Track(id=uuid4(), source="upload", path="a", size=1, changed_ns=1, state=state)
    async with sessions.begin() as tx:
        tx.add(track)
        await tx.flush()
        await queries.append(tx, [track.id])
    with web(lambda _: Answer(body=PIECE)) as brain:
        await composing.at(brain.address).step()
    assert brain.requests == []


async def test_what_the_library_has_beside_the_programme_fills_no_air(composing: Composing, sessions: Sessions) -> None:
    async with sessions.begin() as tx:
        tx.add(Track(source="import", path="a", size=1, changed_ns=1, state="ready"))
    with web(lambda _: Answer(body=PIECE)) as brain:
        await composing.at(brain.address).step()
    assert brain.requests


async def test_a_station_that_has_not_looked_yet_asks_for_nothing(
    settings: Settings, sessions: Sessions, http: httpx.AsyncClient, programme: Programme
) -> None:
    with web(lambda _: Answer(body=PIECE)) as brain:
        await Composing(settings, sessions, http, programme).at(brain.address).step()
    assert brain.requests == []


async def test_two_workers_do_not_compose_at_once(settings: Settings, composing: Composing) -> None:
    with web(lambda _: Answer(body=PIECE)) as brain:
        await asyncio.gather(composing.at(brain.address).step(), composing.at(brain.address).step())
    assert len(brain.requests) == 3
    assert len(pieces(settings)) == 3


async def test_what_an_interrupted_try_left_is_no_obstacle(settings: Settings, composing: Composing) -> None:
    left: Path = settings.starter_folder / ".starter-1.mp3.part"
    left.write_bytes(b"half")
    with web(lambda _: Answer(body=PIECE)) as brain:
        await composing.at(brain.address).step()
    assert not left.exists()
    assert (settings.starter_folder / "starter-1.mp3").read_bytes() == PIECE
