"""A real player is brought to what is wanted, and the engine is told in the right order."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from kit import db
from kit.db import Sessions
from rig.engine import SpokenTo, control_socket
from rig.players import RealPlayer, real_player
from rig.sounds import music, sound_file
from rig.station import MPD_PASSWORD
from sqlalchemy import delete
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.programme import copies
from stream_control.programme.items import Items
from stream_control.programme.models import ProgrammeFile
from stream_control.programme.rules import Folder
from stream_control.settings import Settings
from stream_control.wanted import service
from stream_control.wanted.models import Pause
from stream_control.wanted.rules import Playlist
from stream_control.wanted.service import Pauses, Reconciler


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
def reconciler(
    player: Player,
    engine: SpokenTo,
    settings: Settings,
    sessions: Sessions,
    items: Items,
    monkeypatch: pytest.MonkeyPatch,
) -> Reconciler:
    monkeypatch.setattr(service, "FADE", 0.05)
    liquidsoap = Liquidsoap(settings.liquidsoap_socket)
    return Reconciler("fallback", player, liquidsoap, Pauses(sessions), items, settings.copies_folder)


@pytest.fixture
def items() -> Items:
    return Items()


async def add(settings: Settings, sessions: Sessions, items: Items, folder: Folder = "fallback") -> str:
    """A file of the programme with its copy; returns the copy's path."""
    row = ProgrammeFile(folder=folder, path=folder, size=1, changed_ns=1, state="ready")
    async with sessions.begin() as tx:
        tx.add(row)
    await items.load(sessions)
    return str(sound_file(copies.path_of(settings.copies_folder, row.id), music(20)))


async def test_the_programme_plays(
    reconciler: Reconciler, player: Player, engine: SpokenTo, settings: Settings, sessions: Sessions, items: Items
) -> None:
    song = await add(settings, sessions, items)
    await reconciler.step()
    state = await player.state()
    assert (state.playback, [one.path for one in state.queue]) == ("play", [song])
    assert engine.commands == ["gate.fallback open"]
    await reconciler.step()
    assert (await player.state()).queue == state.queue


async def test_a_pause_closes_the_gate_before_the_player_stops_and_goes_on_where_it_was(
    reconciler: Reconciler, player: Player, engine: SpokenTo, settings: Settings, sessions: Sessions, items: Items
) -> None:
    await add(settings, sessions, items)
    await reconciler.step()
    engine.commands.clear()
    async with sessions.begin() as tx:
        tx.add(Pause(playlist="fallback"))
    await reconciler.step()
    await reconciler.step()
    state = await player.state()
    assert (state.playback, state.output_enabled) == ("pause", False)
    assert engine.commands == ["gate.fallback closed", "note.fallback paused", "gate.fallback closed"]
    engine.commands.clear()
    async with sessions.begin() as tx:
        await tx.execute(delete(Pause))
    await reconciler.step()
    after = await player.state()
    assert (after.playback, after.output_enabled, after.current) == ("play", True, state.current)
    assert engine.commands == ["resumed.fallback", "gate.fallback open"]


async def test_a_starter_gives_way_at_once_and_the_journal_is_told_why(
    reconciler: Reconciler, player: Player, engine: SpokenTo, settings: Settings, sessions: Sessions, items: Items
) -> None:
    await add(settings, sessions, items, "starter")
    await reconciler.step()
    own = await add(settings, sessions, items)
    await reconciler.step()
    state = await player.state()
    assert (state.playback, [one.path for one in state.queue]) == ("play", [own])
    assert "note.fallback replaced" in engine.commands


async def test_pauses_are_remembered_while_the_database_is_away(
    reconciler: Reconciler, player: Player, engine: SpokenTo, sessions: Sessions, tmp_path: Path
) -> None:
    away = db.sessions(db.connect(f"postgresql+asyncpg://nobody@/x?host={tmp_path}"))
    pauses = Pauses(sessions)
    async with sessions.begin() as tx:
        tx.add(Pause(playlist="fallback"))
    assert await pauses.load() == frozenset[Playlist]({"fallback"})
    pauses._sessions = away
    assert await pauses.load() == frozenset[Playlist]({"fallback"})


async def test_a_player_is_left_alone_while_nobody_knows_whether_it_is_paused(
    reconciler: Reconciler, player: Player, engine: SpokenTo, tmp_path: Path
) -> None:
    reconciler._pauses = Pauses(db.sessions(db.connect(f"postgresql+asyncpg://nobody@/x?host={tmp_path}")))
    await reconciler.step()
    assert engine.commands == []
