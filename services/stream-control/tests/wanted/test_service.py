"""The programme's player is brought to what is wanted, and the engine is told in the right order."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from kit import db
from kit.db import Sessions
from rig.api import WantingApi, piece, wanting_api
from rig.engine import SpokenTo, control_socket
from rig.players import RealPlayer, real_player
from rig.sounds import music, sound_file
from rig.station import MPD_PASSWORD, STREAM_CONTROL_TOKEN
from sqlalchemy import delete
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.settings import Settings
from stream_control.wanted import service
from stream_control.wanted.client import Api
from stream_control.wanted.items import Items
from stream_control.wanted.models import Pause
from stream_control.wanted.pauses import Pauses
from stream_control.wanted.rules import NothingToSkip, Playlist
from stream_control.wanted.service import ProgrammeReconciler
from stream_control.wanted.source import Source


@pytest.fixture(scope="module")
def mpd() -> Iterator[RealPlayer]:
    with TemporaryDirectory(prefix="airtight-", dir="/tmp") as name:
        home = Path(name)
        with real_player(home / "mpd", home / "mpd.sock") as running:
            yield running


@pytest.fixture
async def player(mpd: RealPlayer) -> AsyncIterator[Player]:
    player = Player("fallback", mpd.socket, MPD_PASSWORD)
    await player.run([("clear",), ("enableoutput", 0)])
    yield player
    player._drop()


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[SpokenTo]:
    async with control_socket(settings.liquidsoap_socket) as engine:
        yield engine


@pytest.fixture
def desk() -> Iterator[WantingApi]:
    with wanting_api() as desk:
        desk.want("user")
        yield desk


@pytest.fixture
async def source(desk: WantingApi, settings: Settings) -> AsyncIterator[Source]:
    async with httpx.AsyncClient() as http:
        yield Source(Api(http, desk.address, STREAM_CONTROL_TOKEN), settings.wanted_folder, Items())


@pytest.fixture
def reconciler(
    player: Player,
    engine: SpokenTo,
    settings: Settings,
    sessions: Sessions,
    source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> ProgrammeReconciler:
    monkeypatch.setattr(service, "FADE", 0.05)
    liquidsoap = Liquidsoap(settings.liquidsoap_socket)
    return ProgrammeReconciler(player, liquidsoap, Pauses(sessions), source, settings.media_folder)


def copies(settings: Settings, *names: str) -> list[str]:
    """On-air copies of the programme; returns their paths."""
    sound = music(20)
    return [str(sound_file(settings.media_folder / "programme" / f"{name}.flac", sound)) for name in names]


async def queue(player: Player) -> list[str]:
    return [song.item for song in (await player.state()).queue]


async def test_the_programme_plays(
    reconciler: ProgrammeReconciler,
    player: Player,
    engine: SpokenTo,
    settings: Settings,
    desk: WantingApi,
    source: Source,
) -> None:
    copies(settings, "a")
    desk.want("fallback", piece("a"), random=True)
    await source.step()
    await reconciler.step()
    state = await player.state()
    assert (state.playback, await queue(player), state.modes["random"]) == ("play", ["a"], True)
    assert engine.commands == ["gate.fallback open"]
    await reconciler.step()
    assert (await player.state()).queue == state.queue


async def test_a_programme_that_was_never_known_leaves_the_player_as_it_is(
    reconciler: ProgrammeReconciler, player: Player, settings: Settings
) -> None:
    [path] = copies(settings, "left from before")
    await player.run([("addid", f"file://{path}")])
    await reconciler.step()
    assert (await player.state()).playback == "play"


async def test_a_listed_programme_takes_its_order_without_interrupting_what_plays(
    reconciler: ProgrammeReconciler, player: Player, settings: Settings, desk: WantingApi, source: Source
) -> None:
    copies(settings, "a", "b", "c")
    desk.want("fallback", piece("a"), piece("b"), piece("c"))
    await source.step()
    await reconciler.step()
    before = await player.state()
    desk.want("fallback", piece("c"), piece("b"), piece("a"))
    await source.step()
    await reconciler.step()
    after = await player.state()
    assert await queue(player) == ["c", "b", "a"]
    assert (after.current, after.playback, after.modes["random"]) == (before.current, "play", False)
    assert after.elapsed >= before.elapsed


async def test_a_copy_that_is_not_there_is_left_out(
    reconciler: ProgrammeReconciler, player: Player, settings: Settings, desk: WantingApi, source: Source
) -> None:
    copies(settings, "a")
    desk.want("fallback", piece("gone"), piece("a"))
    await source.step()
    await reconciler.step()
    assert await queue(player) == ["a"]


async def test_a_pause_closes_the_gate_before_the_player_stops_and_goes_on_where_it_was(
    reconciler: ProgrammeReconciler,
    player: Player,
    engine: SpokenTo,
    settings: Settings,
    sessions: Sessions,
    desk: WantingApi,
    source: Source,
) -> None:
    copies(settings, "a")
    desk.want("fallback", piece("a"))
    await source.step()
    await reconciler.step()
    engine.commands.clear()
    async with sessions.begin() as tx:
        tx.add(Pause(playlist="fallback"))
    await reconciler.step()
    await reconciler.step()
    state = await player.state()
    assert (state.playback, state.output_enabled) == ("pause", False)
    assert engine.commands == ["gate.fallback closed", "note.fallback paused", "gate.fallback closed"]
    with pytest.raises(NothingToSkip):
        await reconciler.skip()
    engine.commands.clear()
    async with sessions.begin() as tx:
        await tx.execute(delete(Pause))
    await reconciler.step()
    after = await player.state()
    assert (after.playback, after.output_enabled, after.current) == ("play", True, state.current)
    assert engine.commands == ["resumed.fallback", "gate.fallback open"]


async def test_a_starter_gives_way_at_once_and_the_journal_is_told_why(
    reconciler: ProgrammeReconciler,
    player: Player,
    engine: SpokenTo,
    settings: Settings,
    desk: WantingApi,
    source: Source,
) -> None:
    copies(settings, "starter", "own")
    desk.want("fallback", piece("starter", may_be_cut=True))
    await source.step()
    await reconciler.step()
    desk.want("fallback", piece("own"))
    await source.step()
    await reconciler.step()
    assert ((await player.state()).playback, await queue(player)) == ("play", ["own"])
    assert "note.fallback replaced" in engine.commands


async def test_a_song_of_the_programme_is_skipped(
    reconciler: ProgrammeReconciler,
    player: Player,
    engine: SpokenTo,
    settings: Settings,
    desk: WantingApi,
    source: Source,
) -> None:
    copies(settings, "a", "b")
    desk.want("fallback", piece("a"), piece("b"))
    await source.step()
    await reconciler.step()
    before = (await player.state()).current
    await reconciler.skip()
    state = await player.state()
    assert (state.playback, len(state.queue), state.current != before) == ("play", 2, True)
    assert engine.commands[-1] == "note.fallback skipped"


async def test_pauses_are_remembered_while_the_database_is_away(sessions: Sessions, tmp_path: Path) -> None:
    away = db.sessions(db.connect(f"postgresql+asyncpg://nobody@/x?host={tmp_path}"))
    pauses = Pauses(sessions)
    async with sessions.begin() as tx:
        tx.add(Pause(playlist="fallback"))
    assert await pauses.load() == frozenset[Playlist]({"fallback"})
    pauses._sessions = away
    assert await pauses.load() == frozenset[Playlist]({"fallback"})


async def test_a_player_is_left_alone_while_nobody_knows_whether_it_is_paused(
    reconciler: ProgrammeReconciler, engine: SpokenTo, tmp_path: Path
) -> None:
    reconciler._pauses = Pauses(db.sessions(db.connect(f"postgresql+asyncpg://nobody@/x?host={tmp_path}")))
    await reconciler.step()
    assert engine.commands == []
