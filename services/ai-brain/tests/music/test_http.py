"""POST /music as a caller meets it."""

import asyncio
import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from ai_brain.music import ffmpeg, loudness
from ai_brain.testing import API, Service, eventually, serving, settings

WISH = {"seed": 11, "seconds": 10}


def probe(mp3: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(mp3)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return answer


def test_a_stranger_is_turned_away(service: Service) -> None:
    bare = httpx.post(f"{service.url}/music", json=WISH)
    with service.client(token="not-a-token-of-this-station") as client:
        wrong = client.post("/music", json=WISH)
    for answer in (bare, wrong):
        assert answer.status_code == 401
        assert answer.json()["error_code"] == "not_authenticated"


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {**WISH, "seed": -1},
        {**WISH, "seed": 2**32},
        {**WISH, "seconds": 9},
        {**WISH, "seconds": 601},
        {**WISH, "title": " "},
        {**WISH, "title": "x" * 121},
        {**WISH, "title": "two\nlines"},
        {**WISH, "artist": "no\x00thing"},
        {**WISH, "tempo": 120},
    ],
)
def test_a_wish_that_cannot_be_met_is_explained(service: Service, wish: dict[str, Any]) -> None:
    with service.client() as client:
        answer = client.post("/music", json=wish)
    assert answer.status_code == 422
    assert answer.json().keys() == {"detail", "error_code", "status_code"}
    assert answer.json()["error_code"] == "invalid_input"


def test_a_wish_becomes_a_tagged_mp3_at_the_stations_loudness(service: Service, tmp_path: Path) -> None:
    mp3, raw = tmp_path / "piece.mp3", tmp_path / "piece.f32"
    with service.client(API) as client:
        answer = client.post("/music", json={**WISH, "title": "Größe = 10 %", "artist": "Nobody"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    mp3.write_bytes(answer.content)
    found = probe(mp3)
    tags, stream = found["format"]["tags"], found["streams"][0]
    assert (tags["title"], tags["artist"], tags["genre"]) == ("Größe = 10 %", "Nobody", "Ambient")
    assert "11" in tags["comment"]
    assert float(found["format"]["duration"]) == pytest.approx(10, abs=0.1)
    assert (stream["sample_rate"], stream["channels"]) == ("48000", 2)
    assert int(found["format"]["bit_rate"]) >= 192_000
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(mp3), *ffmpeg.RAW[:2], str(raw)], check=True)
    measured = asyncio.run(ffmpeg.measure(raw, 30))
    assert measured.integrated == pytest.approx(loudness.TARGET, abs=0.5)
    assert measured.peak <= -1.5
    assert service.leftovers() == []


def test_a_piece_nobody_named_has_a_name_and_the_stations_artist(service: Service, tmp_path: Path) -> None:
    mp3 = tmp_path / "piece.mp3"
    with service.client() as client:
        mp3.write_bytes(client.post("/music", json=WISH).content)
    tags = probe(mp3)["format"]["tags"]
    assert len(tags["title"].split()) >= 2
    assert tags["artist"] == "Airtight"


async def test_when_too_many_wait_the_next_is_asked_to_come_back(service: Service) -> None:
    async with httpx.AsyncClient(base_url=service.url, headers=dict(service.client().headers), timeout=60) as client:
        answers = await asyncio.gather(*(client.post("/music", json=WISH) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 503]
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert refused.json()["error_code"] == "busy"
    assert int(refused.headers["retry-after"]) > 0


def composing(service: Service) -> bool:
    """A piece is half rendered."""
    return any(path.stat().st_size for path in service.folder.glob("*/sound.f32"))


def test_a_worker_killed_in_the_middle_is_replaced_and_the_piece_still_comes(service: Service) -> None:
    def kill() -> None:
        eventually(lambda: composing(service))
        assert service.studio.worker.pid is not None
        os.kill(service.studio.worker.pid, signal.SIGKILL)

    murder = threading.Thread(target=kill)
    murder.start()
    with service.client(timeout=120) as client:
        answer = client.post("/music", json={**WISH, "seconds": 40})
    murder.join()
    assert answer.status_code == 200
    assert service.studio.worker.pid is None, "its memory is given back"
    assert service.leftovers() == []


def test_a_caller_who_hangs_up_leaves_nothing_behind(service: Service) -> None:
    def hang_up_while_composing() -> None:
        with service.client(timeout=0.3) as client, pytest.raises(httpx.ReadTimeout):
            client.post("/music", json={**WISH, "seconds": 600})

    hang_up_while_composing()
    eventually(lambda: service.leftovers() == [])
    assert service.studio.worker.pid is None, "its work was stopped, not finished for nobody"
    with service.client() as client:
        assert client.post("/music", json=WISH).status_code == 200


def test_a_piece_that_takes_too_long_is_given_up() -> None:
    with serving(settings(timeout=0.2)) as hasty, hasty.client() as client:
        answer = client.post("/music", json={**WISH, "seconds": 600})
        assert answer.status_code == 504
        assert answer.json()["error_code"] == "took_too_long"
        assert hasty.leftovers() == []
