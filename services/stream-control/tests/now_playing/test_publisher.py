"""What is on air reaches Redis and the players of the MP3 stream."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kit.contracts.air import NowPlaying
from kit.contracts.queues import NamedItem
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisAway
from rig.engine import STATUS, SpokenTo, control_socket
from rig.journals import append, tier, track, written
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.unreachable import EngineUnreachable
from stream_control.now_playing.service import CHANNEL, Follower, Publisher
from stream_control.wanted.items import Items


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SpokenTo]:
    async with control_socket(tmp_path / "control.sock") as engine:
        yield engine


@pytest.fixture
def items() -> Items:
    items = Items()
    items.learn("user", [NamedItem(id="a", title="Title", artist="Artist"), NamedItem(id="b", title='Two\n"quoted"')])
    return items


@pytest.fixture
async def follower(tmp_path: Path, items: Items) -> Follower:
    """A song is on air."""
    follower = Follower(tmp_path, tmp_path, items, "Test Radio")
    append(tmp_path, [written(tier(1, "user")), written(track(2, "user", "a"))], day="2100-01-01")
    await follower.step()
    return follower


@pytest.fixture
def publisher(follower: Follower, redis: Redis, tmp_path: Path) -> Publisher:
    return Publisher(follower, redis, Liquidsoap(tmp_path / "control.sock"), "Test Radio")


async def play(follower: Follower, tmp_path: Path, item: str) -> None:
    append(tmp_path, [written(track(3, "user", item))], day="2100-01-01")
    await follower.step()


async def stored(redis: Redis) -> NowPlaying | None:
    body = await redis.get(CHANNEL)
    return NowPlaying.model_validate_json(body) if body else None


async def test_the_state_is_kept_in_redis_and_published(publisher: Publisher, redis: Redis) -> None:
    async with redis.pubsub() as listener:
        await listener.subscribe(CHANNEL)
        await listener.get_message(timeout=2)
        await publisher.push()
        message = await listener.get_message(timeout=2)
    kept = await stored(redis)
    assert kept
    assert (kept.tier, kept.title) == ("user", "Title")
    assert message
    assert NowPlaying.model_validate_json(message["data"]) == kept


async def test_what_was_pushed_is_not_pushed_again(publisher: Publisher, redis: Redis) -> None:
    await publisher.push()
    async with redis.pubsub() as listener:
        await listener.subscribe(CHANNEL)
        await listener.get_message(timeout=2)
        await publisher.push()
        assert await listener.get_message(timeout=0.2) is None


async def test_a_redis_that_came_back_empty_is_filled_again(publisher: Publisher, redis: Redis) -> None:
    await publisher.push()
    await redis.flushall()
    await publisher.push()
    assert await stored(redis)


async def test_a_change_is_pushed(publisher: Publisher, follower: Follower, redis: Redis, tmp_path: Path) -> None:
    await publisher.push()
    await play(follower, tmp_path, "b")
    await publisher.push()
    kept = await stored(redis)
    assert kept
    assert kept.title == 'Two\n"quoted"'


async def test_a_redis_that_is_away_does_not_lose_the_change(follower: Follower, tmp_path: Path, redis: Redis) -> None:
    away = Redis(unix_socket_path=str(tmp_path / "absent.sock"), retry=Retry(NoBackoff(), 0))
    publisher = Publisher(follower, away, Liquidsoap(tmp_path / "control.sock"), "Test Radio")
    with pytest.raises(RedisAway):
        await publisher.push()
    publisher._redis = redis
    await publisher.push()
    assert await stored(redis)


async def test_players_are_told_the_title_once(publisher: Publisher, engine: SpokenTo) -> None:
    await publisher.set_title()
    await publisher.set_title()
    titles = [command for command in engine.commands if command.startswith("air.title")]
    assert [json.loads(one.partition(" ")[2]) for one in titles] == [{"title": "Title", "artist": "Artist"}]


async def test_a_title_of_two_lines_stays_one_command(
    publisher: Publisher, follower: Follower, engine: SpokenTo, tmp_path: Path
) -> None:
    await play(follower, tmp_path, "b")
    await publisher.set_title()
    assert engine.commands[-1] == 'air.title {"title": "Two\\n\\"quoted\\"", "artist": ""}'


async def test_a_song_without_a_name_is_called_by_the_station(
    publisher: Publisher, follower: Follower, engine: SpokenTo, tmp_path: Path
) -> None:
    await play(follower, tmp_path, "unknown")
    await publisher.set_title()
    assert engine.commands[-1] == 'air.title {"title": "Test Radio", "artist": ""}'


async def test_an_engine_that_restarted_is_told_again(publisher: Publisher, engine: SpokenTo) -> None:
    await publisher.set_title()
    engine.answer = lambda command: STATUS.replace("12.5", "0.1") if command == "air.status" else "OK"
    await publisher.set_title()
    assert sum(command.startswith("air.title") for command in engine.commands) == 2


async def test_an_engine_that_was_away_is_told_when_it_is_back(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(EngineUnreachable):
        await publisher.set_title()
    async with control_socket(tmp_path / "control.sock") as engine:
        await publisher.set_title()
    assert engine.commands[-1].startswith("air.title")


async def test_nothing_is_told_while_nothing_is_known(tmp_path: Path, redis: Redis, engine: SpokenTo) -> None:
    follower = Follower(tmp_path, tmp_path, Items(), "Test Radio")
    publisher = Publisher(follower, redis, Liquidsoap(tmp_path / "control.sock"), "Test Radio")
    await publisher.push()
    await publisher.set_title()
    assert await stored(redis) is None
    assert engine.commands == []
