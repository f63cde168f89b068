"""From a streamer's encoder to the ear of somebody who hears the episode."""

import asyncio
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from desk import rss
from encoder import encoder
from listening import decode_file, heard, loudness, spans
from PIL import Image
from station import Station
from streamer import Streamer, journalled, send_title

SHOW = 12.0
"""Seconds that the encoder sends, nearly."""
EDGES = 3.0
"""Seconds, of a busy machine, by which lengths and places may differ."""
TITLES = ("Anna – One", "Bo – Two & Three")


@pytest.fixture
def night(station: Station, streamer: Streamer) -> Iterator[dict[str, Any]]:
    """The streamer's show, with a picture that directories take."""
    wish = {"name": f"Night {time.monotonic_ns()}", "host": "Anna & Bo", "owner_id": streamer.id}
    made = station.call("POST", "/shows", json=wish)
    assert made.status_code == 201, made.text
    picture = io.BytesIO()
    Image.new("RGB", (1500, 1400), "navy").save(picture, "PNG")
    address = f"/shows/{made.json()['id']}"
    answer = station.call("PUT", f"{address}/artwork", files={"file": ("night.png", picture.getvalue())})
    assert answer.status_code == 200, answer.text
    yield dict(answer.json())
    station.call("DELETE", address)


async def test_a_show_becomes_an_aircheck_by_itself_and_an_episode_that_is_heard(
    station: Station, streamer: Streamer, night: dict[str, Any], tmp_path: Path
) -> None:
    began = time.time()
    wish = {"max_streaming_seconds": 600}
    token = station.call("POST", f"/shows/{night['id']}/livestream-token", json=wish).json()["token"]
    async with encoder(station, token, folder=tmp_path):
        await station.until_tier("live")
        for title in TITLES:
            answer = await asyncio.to_thread(send_title, station, token, title)
            assert answer.status_code == 200
            await asyncio.sleep(SHOW / 2)
    aircheck = await finished(station, night["id"])
    connected, left = (float(line["at"]) for line in journalled(station, "live", since=began))
    assert aircheck["length_seconds"] == pytest.approx(left - connected, abs=EDGES)
    assert (aircheck["gaps"], aircheck["host"]) == ([], "Anna & Bo")
    assert aircheck["title"].startswith(f"{night['name']}, ")
    first, second = aircheck["chapters"]
    assert (first["title"], second["title"]) == TITLES
    assert second["starts"] - first["starts"] == pytest.approx(SHOW / 2, abs=EDGES)
    wanted = {"title": "The First One", "number": 1}
    published = station.call("POST", f"/airchecks/{aircheck['id']}/publish", json=wanted)
    assert published.status_code == 200, published.text
    podcast = rss.read(httpx.get(f"{station.front}/api/shows/{night['id']}/feed.xml", timeout=10).content)
    [episode] = podcast.items
    assert (podcast.title, podcast.author, episode.title) == (night["name"], "Anna & Bo", "The First One")
    assert podcast.image
    image = httpx.get(podcast.image, timeout=10)
    assert Image.open(io.BytesIO(image.content)).size == (1400, 1400)
    assert image.headers["content-type"] == "image/jpeg"
    assert episode.url.startswith(f"{station.front}/api/")
    file = tmp_path / "episode.mp3"
    file.write_bytes(in_two_parts(episode))
    assert [span.name for span in spans(heard(decode_file(str(file)))) if span.seconds > 0.4] == ["live"]
    assert loudness(decode_file(str(file), channels=2)).integrated == pytest.approx(-16, abs=1)
    assert httpx.get(str(episode.chapters), timeout=10).json()["chapters"][1]["title"] == TITLES[1]
    # What is private stays so, also through the front door.
    hidden = f"{station.front}/api/airchecks/{aircheck['id']}/audio?quality=original"
    assert httpx.get(hidden, timeout=10).status_code == 403
    hours = station.call("GET", "/admin/logger").json()
    assert hours["hours"], hours
    hour = f"{station.front}/api/admin/logger/{hours['date']}/{hours['hours'][-1]['name']}"
    beginning = httpx.get(hour, headers={**station.admin, "Range": "bytes=0-3"}, timeout=10)
    assert (beginning.status_code, beginning.content) == (206, b"OggS")


async def finished(station: Station, show_id: str) -> dict[str, Any]:
    """The show's only aircheck, as soon as it is ready."""

    def ready() -> bool:
        found = station.call("GET", "/airchecks", params={"show_id": show_id}).json()["items"]
        return [one["state"] for one in found] == ["ready"]

    await station.until(ready, seconds=90, every=0.5)
    [found] = station.call("GET", "/airchecks", params={"show_id": show_id}).json()["items"]
    return dict(station.call("GET", f"/airchecks/{found['id']}").json())


def in_two_parts(episode: rss.Item) -> bytes:
    """The episode as a player loads it that was interrupted."""
    told = httpx.head(episode.url, timeout=10)
    assert (told.status_code, told.headers["content-length"]) == (200, str(episode.bytes))
    middle = episode.bytes // 2
    first = httpx.get(episode.url, headers={"Range": f"bytes=0-{middle - 1}"}, timeout=20)
    rest = {"Range": f"bytes={middle}-", "If-Range": told.headers["etag"]}
    second = httpx.get(episode.url, headers=rest, timeout=20)
    assert (first.status_code, second.status_code) == (206, 206)
    assert second.headers["content-range"] == f"bytes {middle}-{episode.bytes - 1}/{episode.bytes}"
    return first.content + second.content
