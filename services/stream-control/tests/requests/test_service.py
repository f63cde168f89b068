"""A real player for requests: filled, begun, held and resumed; nothing is played twice and nothing is lost."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from kit.contracts.facts import AnyFact, TrackUnplayable
from kit.db import Sessions
from kit.facts import read
from redis.asyncio import Redis
from rig.journals import boot, noted, pulse, tier, track
from rig.players import RealPlayer, real_player
from rig.requests import SECONDS, Tier, requests_tier
from rig.station import NOWHERE
from rig.waiting import until
from sqlalchemy import delete
from stream_control import tables
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.unreachable import EngineUnreachable
from stream_control.now_playing.service import Follower
from stream_control.requests import service
from stream_control.requests.rules import EARLIER
from stream_control.requests.service import RequestsReconciler
from stream_control.requests.unplayable import Unplayable
from stream_control.settings import Settings
from stream_control.wanted.client import Api
from stream_control.wanted.items import Items
from stream_control.wanted.models import Pause
from stream_control.wanted.pauses import Pauses
from stream_control.wanted.rules import NothingToSkip
from stream_control.wanted.source import Source


@pytest.fixture(scope="module")
def mpd() -> Iterator[RealPlayer]:
    with TemporaryDirectory(prefix="airtight-", dir="/tmp") as name:
        home = Path(name)
        with real_player(home / "mpd", home / "mpd.sock") as running:
            yield running


@pytest.fixture
async def air(
    settings: Settings, sessions: Sessions, redis: Redis, mpd: RealPlayer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tier]:
    monkeypatch.setattr(service, "FADE", 0.05)
    async with requests_tier(settings, sessions, redis, mpd) as tier:
        yield tier


async def pause(sessions: Sessions) -> None:
    async with sessions.begin() as tx:
        tx.add(Pause(playlist="user"))


async def play(sessions: Sessions) -> None:
    async with sessions.begin() as tx:
        await tx.execute(delete(Pause))


async def feed(sessions: Sessions) -> list[AnyFact]:
    async with sessions() as tx:
        return [numbered.fact for numbered in await read(tx, tables.facts, after=0, limit=100)]


async def test_a_request_plays_from_its_beginning_after_the_lead_in(air: Tier) -> None:
    await air.want("a", "b")
    began = time.monotonic()
    await air.reconciler.step()
    assert await air.plays() == "a"
    assert await air.queue() == ["a", "b"]
    assert (await air.state()).elapsed < time.monotonic() - began


async def test_without_a_lead_in_a_request_plays_all_the_same(air: Tier) -> None:
    (air.settings.media_folder / "lead-in.flac").unlink()
    await air.want("a")
    await air.reconciler.step()
    assert await air.plays() == "a"


async def test_an_engine_that_is_never_ready_is_not_waited_for_for_ever(air: Tier) -> None:
    air.engine.answer = lambda command: (
        air.answer(command).replace('"ready": true', '"ready": false') if command == "air.status" else "OK"
    )
    await air.want("a")
    began = time.monotonic()
    await air.reconciler.step()
    assert await air.plays() == "a"
    assert 1.4 < time.monotonic() - began < 6


async def test_what_a_process_that_died_was_about_to_begin_is_begun(air: Tier) -> None:
    await air.want("a")
    lead_in, song = (air.settings.media_folder / name for name in ("lead-in.flac", "requests/a.flac"))
    await air.player.run([("consume", 1), ("addid", f"file://{lead_in}"), ("addid", f"file://{song}"), ("play",)])
    await air.reconciler.step()
    assert await air.plays() == "a"
    assert await air.queue() == ["a"]


async def test_wishes_change_while_a_song_plays_on(air: Tier) -> None:
    await air.want("a", "b", "c")
    await air.reconciler.step()
    air.heard("a")
    before = await air.state()
    await air.want("a", "d", "c", "b")
    await air.reconciler.step()
    assert await air.queue() == ["a", "d", "c", "b"]
    await air.want()
    await air.reconciler.step()
    after = await air.state()
    assert await air.queue() == ["a"]
    assert (after.current, after.playback) == (before.current, "play")


async def test_a_copy_that_is_not_there_is_not_added(air: Tier) -> None:
    await air.want("a", "b")
    (air.settings.media_folder / "requests" / "a.flac").unlink()
    await air.reconciler.step()
    assert await air.queue() == ["b"]


async def test_what_the_player_dropped_before_the_journal_knew_is_not_added_again(air: Tier) -> None:
    await air.want("a", "b")
    await air.reconciler.step()
    air.heard("a", ago=SECONDS - 0.3)
    await air.player.run([("next",)])
    await air.reconciler.step()
    assert await air.queue() == ["b"]
    air.journal(track(time.time(), "user", "b"))
    await air.player.run([("next",)])
    await air.reconciler.step()
    assert await air.queue() == []


async def test_nothing_begins_before_the_end_of_what_played_was_told(air: Tier) -> None:
    await air.want("a")
    await air.reconciler.step()
    air.heard("a", ago=SECONDS - 0.3)
    await air.player.run([("next",)])
    await air.want("a", "b")
    await air.reconciler.step()
    assert await air.plays() is None
    air.lost()
    await air.reconciler.step()
    assert await air.plays() == "b"


async def test_an_end_that_is_never_told_is_not_waited_for_for_ever(air: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "ENDING_TOLD_WITHIN", 0.2)
    await air.want("a", "b")
    air.heard("a", ago=5)
    await air.reconciler.step()
    assert await air.plays() is None
    await asyncio.sleep(0.25)
    await air.reconciler.step()
    assert await air.plays() == "b"


async def test_a_player_that_was_killed_is_filled_again_and_goes_on_where_it_was(air: Tier) -> None:
    await air.want("a", "b")
    await air.reconciler.step()
    air.heard("a", ago=5)
    await air.follower.catch_up()
    air.mpd.kill()
    with pytest.raises(EngineUnreachable):
        await air.reconciler.step()
    air.mpd.start()
    await until(air.answers)
    await air.reconciler.step()
    assert await air.plays() is None, "the journal has not told yet that the player was lost"
    air.lost()
    await air.reconciler.step()
    state = await air.state()
    assert (await air.plays(), await air.queue()) == ("a", ["a", "b"])
    assert 5 - EARLIER - 0.1 < state.elapsed < 6.5


async def test_a_pause_holds_the_song_and_it_goes_on_where_it_was(air: Tier, sessions: Sessions) -> None:
    await air.want("a", "b")
    await air.reconciler.step()
    await air.player.run([("seekcur", 8)])
    air.heard("a", ago=8)
    await pause(sessions)
    air.engine.commands.clear()
    await air.reconciler.step()
    state = await air.state()
    assert (state.playback, state.output_enabled) == ("pause", False)
    orders = [command for command in air.engine.commands if command != "air.status"]
    assert orders == ["gate.user closed", "note.user paused"]
    air.journal(noted(time.time(), "user", "paused"))
    air.lost()
    await air.reconciler.step()
    assert (await air.state()).playback == "pause"
    await play(sessions)
    air.gate = False
    await air.reconciler.step()
    after = await air.state()
    assert await air.plays() == "a"
    assert "gate.user open" in air.engine.commands
    assert state.elapsed - EARLIER - 0.1 < after.elapsed < state.elapsed


async def test_requests_are_held_while_a_live_show_is_on_and_come_back_with_their_gate_open(air: Tier) -> None:
    await air.want("a")
    await air.reconciler.step()
    air.heard("a", ago=2)
    air.on_air = "live"
    await air.reconciler.step()
    state = await air.state()
    assert (state.playback, state.output_enabled) == ("pause", False)
    assert "note.user paused" in air.engine.commands
    assert not any(command.startswith("gate.user") for command in air.engine.commands)
    air.journal(tier(time.time(), "live"), noted(time.time(), "user", "paused"))
    air.lost()
    await air.want("a", "b")
    await air.reconciler.step()
    assert (await air.plays(), await air.queue()) == (None, ["a", "b"])
    air.on_air = "fallback"
    await air.reconciler.step()
    assert await air.plays() == "a"


async def test_a_live_show_that_was_over_before_the_fade_holds_nothing(
    air: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    await air.want("a")
    await air.reconciler.step()
    monkeypatch.setattr(service, "FADE", 1.0)
    air.on_air = "live"
    holding = asyncio.create_task(air.reconciler.step())
    await asyncio.sleep(0.2)
    air.on_air = "user"
    await holding
    assert await air.plays() == "a"
    assert air.reconciler.wake.is_set()


async def test_the_death_of_the_engine_holds_the_player_at_once(air: Tier) -> None:
    await air.want("a")
    await air.reconciler.step()
    watching = asyncio.create_task(air.reconciler._watch_engine())
    await asyncio.sleep(0.1)
    died = time.monotonic()
    air.engine.die()
    await watching
    state = await air.state()
    assert (state.playback, state.output_enabled) == ("pause", False)
    assert time.monotonic() - died < 2


async def test_after_a_restart_of_the_engine_the_song_goes_on_where_the_player_was_held(air: Tier) -> None:
    await air.want("a", "b")
    await air.reconciler.step()
    await air.player.run([("seekcur", 10)])
    air.heard("a", ago=10)
    air.journal(pulse(time.time() - 4))
    await air.reconciler._hold_at_once()
    held = await air.state()
    air.journal(boot(time.time()))
    await air.reconciler.step()
    after = await air.state()
    assert await air.plays() == "a"
    assert held.elapsed - EARLIER - 0.1 < after.elapsed < held.elapsed


async def test_a_player_is_held_while_the_engine_was_never_there(air: Tier) -> None:
    await air.want("a")
    await air.reconciler.step()
    air.engine.die()
    air.engine.answer = lambda _: None
    with pytest.raises(EngineUnreachable):
        await air.reconciler.step()
    assert (await air.state()).playback == "pause"


async def test_a_skip_ends_the_song_and_the_next_follows(air: Tier) -> None:
    await air.want("a", "b")
    await air.reconciler.step()
    air.heard("a")
    await air.reconciler.skip()
    assert await air.plays() == "b"
    assert air.engine.commands[-1] == "note.user skipped"
    with pytest.raises(NothingToSkip):
        await air.reconciler.skip()
    assert await air.plays() == "b", "the journal has not seen it begin"


async def test_a_song_that_never_begins_is_given_up_and_told_once_and_others_play(
    air: Tier, sessions: Sessions
) -> None:
    await air.want("broken")
    (air.settings.media_folder / "requests" / "broken.flac").write_bytes(b"no sound at all" * 100)
    async with asyncio.timeout(15):
        while not await feed(sessions):
            await air.reconciler.step()
            await asyncio.sleep(0.05)
    for _ in range(3):
        await air.reconciler.step()
    assert await air.plays() is None
    (told,) = await feed(sessions)
    assert isinstance(told, TrackUnplayable)
    assert (told.item_id, told.tier) == ("broken", "user")
    await air.want("broken", "b")
    await air.reconciler.step()
    assert (await air.plays(), await air.queue()) == ("b", ["b"])


async def test_a_song_in_the_row_that_never_begins_is_dropped_by_the_player_and_counted(air: Tier) -> None:
    await air.want("a", "broken", "b")
    (air.settings.media_folder / "requests" / "broken.flac").write_bytes(b"no sound at all" * 100)
    await air.reconciler.step()
    air.heard("a")
    await air.reconciler.step()
    await air.reconciler.skip()

    async def dropped() -> bool:
        return "broken" not in await air.queue()

    await until(dropped)
    await air.reconciler.step()
    assert air.reconciler._trials.failed == {"broken": 1}


async def test_a_new_process_knows_without_api_what_is_over_and_what_goes_on(
    air: Tier, sessions: Sessions, redis: Redis
) -> None:
    now = time.time()
    await air.want("a", "b", "c")
    air.journal(tier(now - 26, "user"), track(now - 25, "user", "a"), track(now - 5, "user", "b"))
    air.lost()
    items, settings = Items(), air.settings
    async with httpx.AsyncClient() as http:
        source = Source(Api(http, NOWHERE, ""), settings.wanted_folder, items)
        follower = Follower(settings.journal_folder, settings.public_folder, items, "Test Radio")
        pauses, unplayable = Pauses(sessions), Unplayable(sessions, redis)
        engine = Liquidsoap(settings.liquidsoap_socket)
        again = RequestsReconciler(air.player, engine, pauses, source, follower, unplayable, settings.media_folder)
        await again.step()
    assert (await air.plays(), await air.queue()) == ("b", ["b", "c"])
    assert 5 - EARLIER - 0.1 < (await air.state()).elapsed < 6.5


async def test_the_player_is_left_alone_while_nobody_knows_what_is_wanted(air: Tier) -> None:
    path = air.settings.media_folder / "lead-in.flac"
    await air.player.run([("addid", f"file://{path}"), ("play",)])
    await air.reconciler.step()
    assert await air.queue() == ["lead-in"]
