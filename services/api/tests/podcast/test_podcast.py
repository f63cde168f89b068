"""From an aircheck to an episode that directories take and players hear."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from api.airchecks.models import Aircheck
from api.app import create_app
from api.podcast import rules
from api.settings import Settings
from api.shows.models import Show
from api.webhooks.events import ShowPublishedEvent
from desk import rss
from desk.airchecks import BEGIN, have, show
from desk.hooks import Hooks
from desk.settings import ADMIN_TOKENS, api_settings
from desk.signing_in import problem
from kit.db import Sessions
from kit.testing import Servers, free_port, served
from redis.asyncio import Redis
from sqlalchemy import update

CHAPTERS = [{"starts": 0.0, "title": "One & <Two>"}, {"starts": 61.5, "title": "Drei"}]


@pytest.fixture(scope="module")
def settings(servers: Servers, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A station that says where it is reached: here, without a front door."""
    port = free_port()
    var = tmp_path_factory.mktemp("podcast")
    given: dict[str, Any] = {"root_path": "", "port": port, "public_url": f"http://127.0.0.1:{port}/"}
    about = {"station_name": "Radio Æther & Co", "podcast_email": "post@example.org"}
    return api_settings(var, database_url, servers.redis_url, **given, **about)


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with served(create_app(settings), settings.port) as url:
        yield url


@pytest.fixture
async def client(url: str, sessions: Sessions, redis: Redis) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {ADMIN_TOKENS[0]}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, verify=False, timeout=20) as client:
        yield client


@pytest.fixture
async def night(sessions: Sessions, client: httpx.AsyncClient) -> Show:
    return await show(sessions, name="Night & <Day>", host="Anna", language="de", category="Music / Music History")


async def feed(client: httpx.AsyncClient, of: Show) -> rss.Podcast:
    """The feed as anybody reads it."""
    answer = await client.get(f"/shows/{of.id}/feed.xml", headers={"Authorization": ""})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/rss+xml")
    return rss.read(answer.content)


async def aircheck_of(sessions: Sessions, settings: Settings, of: Show, **given: Any) -> Aircheck:
    return await have(sessions, settings, show_id=of.id, show_name=of.name, **given)


async def publish(client: httpx.AsyncClient, aircheck: Aircheck, **wish: Any) -> httpx.Response:
    return await client.post(f"/airchecks/{aircheck.id}/publish", json=wish)


async def test_a_published_aircheck_is_an_episode_that_directories_take_and_players_hear(
    client: httpx.AsyncClient, sessions: Sessions, settings: Settings, night: Show, url: str
) -> None:
    aircheck = await aircheck_of(sessions, settings, night, length_seconds=3723.4, chapters=CHAPTERS)
    before = datetime.now(UTC).replace(microsecond=0)
    wish = {"title": "The First & Best", "notes": "With <b>guests</b>.\nAnd more.", "season": 2, "number": 7}
    answer = await publish(client, aircheck, **wish, explicit=True)
    assert answer.status_code == 200, answer.text
    assert answer.json()["title"] == wish["title"]
    podcast = await feed(client, night)
    assert (podcast.title, podcast.author, podcast.language) == ("Night & <Day>", "Anna", "de")
    assert (podcast.category, podcast.explicit, podcast.image) == ("Music / Music History", False, None)
    assert podcast.owner == ("Radio Æther & Co", "post@example.org")
    assert podcast.address == f"{url}/shows/{night.id}/feed.xml"
    [episode] = podcast.items
    assert (episode.title, episode.description) == (wish["title"], wish["notes"])
    assert (episode.season, episode.number, episode.explicit) == (2, 7, True)
    assert (episode.seconds, episode.bytes) == (3723, 1000)
    assert before <= episode.published_at <= datetime.now(UTC)
    async with httpx.AsyncClient() as player:
        told = await player.head(episode.url)
        assert told.status_code == 200
        assert (told.headers["content-length"], told.headers["content-type"]) == ("1000", "audio/mpeg")
        part = await player.get(episode.url, headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.headers["content-range"]) == (206, "bytes 100-199/1000")
        assert part.content == (await player.get(episode.url)).content[100:200]
        assert episode.chapters
        chapters = await player.get(episode.chapters)
        assert chapters.headers["content-type"] == "application/json+chapters"
        assert chapters.headers["access-control-allow-origin"] == "*"
        assert chapters.json() == {
            "version": "1.2.0",
            "chapters": [{"startTime": one["starts"], "title": one["title"]} for one in CHAPTERS],
        }


async def test_a_feed_without_episodes_and_with_as_little_as_possible_is_one(
    client: httpx.AsyncClient, sessions: Sessions
) -> None:
    podcast = await feed(client, await show(sessions, name="Bare"))
    assert (podcast.description, podcast.author) == ("Bare on Radio Æther & Co", "Radio Æther & Co")
    assert (podcast.items, podcast.category) == ([], "Music")


async def test_an_episode_stays_the_same_whatever_happens_to_it(
    client: httpx.AsyncClient, sessions: Sessions, settings: Settings, night: Show
) -> None:
    aircheck = await aircheck_of(sessions, settings, night)
    await publish(client, aircheck, number=1)
    [first] = (await feed(client, night)).items
    changed = await publish(client, aircheck, title="Renamed", season=3)
    assert (changed.json()["episode"]["season"], changed.json()["episode"]["number"]) == (3, 1)
    assert (await client.post(f"/airchecks/{aircheck.id}/unpublish")).json()["episode"] is None
    assert (await feed(client, night)).items == []
    for path in ("audio.mp3", "chapters.json"):
        answer = await client.get(f"/episodes/{aircheck.id}/{path}", headers={"Authorization": ""})
        assert problem(answer) == (404, "no_such_episode")
    await publish(client, aircheck)
    [again] = (await feed(client, night)).items
    assert (again.guid, again.published_at, again.url) == (first.guid, first.published_at, first.url)
    assert (again.title, again.season, again.number) == ("Renamed", 3, 1)
    assert first.guid == rules.guid(aircheck.id)


async def test_webhooks_are_told_of_an_episode_when_it_is_published_and_only_then(
    client: httpx.AsyncClient, sessions: Sessions, settings: Settings, night: Show
) -> None:
    hooks = Hooks(client, sessions)
    webhook = await hooks.make("https://example.org/", "show_published")
    aircheck = await aircheck_of(sessions, settings, night, title="First")
    refused = await publish(client, await have(sessions, settings))
    assert problem(refused) == (409, "aircheck_without_show")
    for wish in ({}, {"title": "Renamed"}):
        await publish(client, aircheck, **wish)
    [row] = await hooks.queued(webhook)
    told = ShowPublishedEvent.model_validate_json(row.body).data
    assert (told.show, told.show_id, told.title, told.episode_id) == (night.name, night.id, "First", aircheck.id)
    assert told.audio == f"/episodes/{aircheck.id}/audio.mp3"
    assert (await client.get(told.audio)).status_code == 200
    assert told.feed == f"/shows/{night.id}/feed.xml"


async def test_newer_episodes_come_first_and_a_feed_ends_somewhere(
    client: httpx.AsyncClient, sessions: Sessions, settings: Settings, night: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await show(sessions, name="Other")
    days = [BEGIN - timedelta(days=day) for day in (3, 1, 2)]
    made = [await aircheck_of(sessions, settings, night, title=f"{day:%d}", published_at=day) for day in days]
    await aircheck_of(sessions, settings, other, published_at=BEGIN)
    await aircheck_of(sessions, settings, night)
    titles = [one.title for one in (await feed(client, night)).items]
    assert titles == [made[1].title, made[2].title, made[0].title]
    monkeypatch.setattr("api.podcast.service.LISTED", 2)
    assert [one.title for one in (await feed(client, night)).items] == titles[:2]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"state": "finishing", "copy": None}, (409, "aircheck_not_ready")),
        ({"deleted_at": BEGIN, "deleted_because": "staff"}, (409, "aircheck_deleted")),
        ({"show_id": None, "show_name": None}, (409, "aircheck_without_show")),
    ],
)
async def test_what_is_no_episode_yet_is_not_published(
    client: httpx.AsyncClient,
    sessions: Sessions,
    settings: Settings,
    night: Show,
    given: dict[str, Any],
    refusal: tuple[int, str],
) -> None:
    aircheck = await have(sessions, settings, **{"show_id": night.id, "show_name": night.name, **given})
    assert problem(await publish(client, aircheck)) == refusal
    wrong = await publish(client, await aircheck_of(sessions, settings, night), season=0)
    assert problem(wrong) == (422, "invalid_input")
    assert (await feed(client, night)).items == []


async def test_a_feed_is_sent_again_only_when_it_changed(
    client: httpx.AsyncClient, sessions: Sessions, settings: Settings, night: Show
) -> None:
    aircheck = await aircheck_of(sessions, settings, night)
    await publish(client, aircheck)
    address = f"/shows/{night.id}/feed.xml"
    first = await client.get(address)
    tag, since = first.headers["etag"], first.headers["last-modified"]
    assert (await client.get(address)).headers["etag"] == tag
    assert (await client.head(address)).headers["content-length"] == str(len(first.content))
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": since}):
        assert (await client.get(address, headers=headers)).status_code == 304
    async with sessions.begin() as tx:
        # As if all that was an hour ago.
        ago = datetime.now(UTC) - timedelta(hours=1)
        await tx.execute(update(Show).values(changed_at=ago))
        await tx.execute(update(Aircheck).values(changed_at=ago))
    since = (await client.get(address)).headers["last-modified"]
    assert (await client.get(address, headers={"If-Modified-Since": since})).status_code == 304
    await client.patch(f"/shows/{night.id}", json={"description": "New"})
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": since}):
        assert (await client.get(address, headers=headers)).status_code == 200


@pytest.mark.parametrize(("pixels", "taken"), [(1400, True), (3000, True), (1399, False)])
async def test_a_picture_is_in_the_feed_when_directories_take_it(
    client: httpx.AsyncClient, sessions: Sessions, url: str, pixels: int, taken: bool
) -> None:
    pictured = await show(sessions, artwork="abc", artwork_pixels=pixels)
    image = (await feed(client, pictured)).image
    assert image == (f"{url}/artwork/shows/{pictured.id}-abc-large.jpg" if taken else None)


async def test_addresses_are_the_stations_own_when_it_says_them_and_else_the_requests(
    client: httpx.AsyncClient, station_admin: httpx.AsyncClient, night: Show, url: str
) -> None:
    path = f"/shows/{night.id}/feed.xml"
    host = {"Host": "radio.example.org", "X-Forwarded-Proto": "https"}
    assert rss.read((await client.get(path, headers=host)).content).address == f"{url}{path}"
    assert problem(await client.get("/shows/00000000-0000-0000-0000-000000000000/feed.xml")) == (404, "no_such_show")
    # The service that all tests share says nothing; behind the front door it is below /api.
    address = rss.read((await station_admin.get(path, headers={"Host": "radio.example.org"})).content).address
    assert address == f"http://radio.example.org/api{path}"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "00:00:00"), (59.6, "00:01:00"), (3723.4, "01:02:03"), (360_000, "100:00:00")]
)
def test_a_duration_is_said_in_hours_minutes_and_seconds(seconds: float, said: str) -> None:
    assert rules.duration(seconds) == said
