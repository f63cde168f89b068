"""A real MPD with the station's configuration: what it says, what it does, and what happens when it dies."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from mpd.base import CommandError
from rig.players import RealPlayer, real_player
from rig.sounds import music, sound_file
from rig.station import MPD_PASSWORD
from rig.waiting import answers, until
from stream_control.engine import mpd as module
from stream_control.engine.mpd import Player
from stream_control.engine.unreachable import EngineUnreachable
from stream_control.wanted.rules import USER_MODES, programme_modes


@pytest.fixture(scope="module")
def mpd() -> Iterator[RealPlayer]:
    with TemporaryDirectory(prefix="airtight-", dir="/tmp") as name:
        home = Path(name)
        for letter in "ab":
            sound_file(home / f"{letter} ü.flac", music(20), title=letter)
        with real_player(home / "mpd", home / "mpd.sock") as running:
            yield running


@pytest.fixture
async def player(mpd: RealPlayer) -> AsyncIterator[Player]:
    """A player with an empty queue, at rest."""
    if mpd.process is None:
        mpd.start()
    player = Player("user", mpd.socket, MPD_PASSWORD)
    await player.run([("clear",), ("enableoutput", 0), *((name, 0) for name in USER_MODES)])
    yield player
    player._drop()


@pytest.fixture
def song(mpd: RealPlayer) -> str:
    return str(mpd.home.parent / "a ü.flac")


async def next_change(player: Player) -> None:
    async for _ in player.changes():
        return
    raise ConnectionError


async def test_a_player_at_rest_says_so(player: Player) -> None:
    state = await player.state()
    assert (state.playback, state.queue, state.current, state.output_enabled) == ("stop", (), None, True)
    assert state.modes == {"random": False, "repeat": False, "consume": False, "single": False}


async def test_a_song_is_added_by_its_path_and_plays(player: Player, song: str, mpd: RealPlayer) -> None:
    await player.run([("addid", f"file://{song}"), ("play",)])
    state = await player.state()
    assert state.playback == "play"
    assert [one.path for one in state.queue] == [song]
    assert state.current == state.queue[0]

    async def listening() -> bool:
        return answers(mpd.stream_port)

    await until(listening)


async def test_a_stopped_player_has_no_current_song(player: Player, song: str) -> None:
    await player.run([("addid", f"file://{song}"), ("play",), ("stop",)])
    state = await player.state()
    assert (state.playback, state.current) == ("stop", None)


async def test_a_held_player_closes_its_stream_and_opens_it_again(player: Player, song: str, mpd: RealPlayer) -> None:
    await player.run([("addid", f"file://{song}"), ("play",), ("pause", 1), ("disableoutput", 0)])
    state = await player.state()
    assert (state.playback, state.output_enabled) == ("pause", False)

    async def closed() -> bool:
        return not answers(mpd.stream_port)

    await until(closed)
    await player.run([("enableoutput", 0), ("pause", 0)])
    assert (await player.state()).playback == "play"


@pytest.mark.parametrize("modes", [USER_MODES, programme_modes(random=True), programme_modes(random=False)])
async def test_the_modes_of_a_playlist_are_set(player: Player, modes: Mapping[str, bool]) -> None:
    await player.run([(name, int(value)) for name, value in modes.items()])
    assert (await player.state()).modes == modes


async def test_a_change_is_told(player: Player, song: str) -> None:
    told = asyncio.create_task(next_change(player))
    await asyncio.sleep(0.3)
    assert not told.done()
    await player.run([("addid", f"file://{song}")])
    await asyncio.wait_for(told, 3)


async def test_a_song_that_is_not_there_is_an_error_and_the_player_is_still_there(player: Player) -> None:
    with pytest.raises(CommandError):
        await player.run([("addid", "file:///nowhere.flac")])
    assert (await player.state()).queue == ()


async def test_calls_at_once_do_not_mix(player: Player, song: str) -> None:
    adding = [player.run([("addid", f"file://{song}")]) for _ in range(10)]
    asking = [player.state() for _ in range(10)]
    _, states = await asyncio.gather(asyncio.gather(*adding), asyncio.gather(*asking))
    assert all(len(state.queue) <= 10 for state in states)
    assert len((await player.state()).queue) == 10


async def test_a_player_that_was_killed_is_unreachable_until_it_is_back(player: Player, mpd: RealPlayer) -> None:
    told = asyncio.create_task(next_change(player))
    await asyncio.sleep(0.2)
    mpd.kill()
    for _ in range(2):
        with pytest.raises(EngineUnreachable):
            await player.state()
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it is, the watcher begins anew
        await asyncio.wait_for(told, 3)
    mpd.start()
    assert (await player.state()).playback == "stop"


async def test_a_player_that_hangs_is_unreachable_until_it_goes_on(
    player: Player, mpd: RealPlayer, song: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    assert mpd.process
    mpd.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(EngineUnreachable):
            await player.state()
    finally:
        mpd.process.send_signal(signal.SIGCONT)
    monkeypatch.undo()
    assert (await player.state()).playback == "stop"


async def test_a_caller_that_gave_up_leaves_the_player_usable(player: Player, mpd: RealPlayer, song: str) -> None:
    assert mpd.process
    mpd.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(player.state(), 0.2)
    finally:
        mpd.process.send_signal(signal.SIGCONT)
    await player.run([("addid", f"file://{song}")])
    state = await player.state()
    assert [one.path for one in state.queue] == [song]


async def test_a_wrong_password_lets_nobody_in(mpd: RealPlayer, player: Player) -> None:
    stranger = Player("user", mpd.socket, "wrong")
    with pytest.raises(CommandError, match="password"):
        await stranger.state()


async def test_a_player_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(EngineUnreachable):
        await Player("user", tmp_path / "absent.sock", MPD_PASSWORD).state()
