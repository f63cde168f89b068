"""The one way to start a song or to let it go on, with its opening kept whole."""

import asyncio
from contextlib import suppress
from pathlib import Path

from mpd.base import CommandError

from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.engine.state import PlayerState, QueuedSong
from stream_control.requests.rules import Beginning, is_lead_in
from stream_control.wanted.rules import Command

POLL = 0.025
CONNECTED_WITHIN = 1.5
"""Seconds after which the song starts even if the engine does not seem to be connected."""
DRAINED_WITHIN = 1.0
"""Seconds after which the rest of what played before must be over."""


async def begin(player: Player, liquidsoap: Liquidsoap, lead_in: Path, start: Beginning) -> bool:
    """Play the lead-in until the engine is connected, then the song; whether it was connected.

    If this process dies on the way, the song follows the lead-in by itself. Raises `EngineUnreachable`.
    """
    state = await player.state()
    song = next((one for one in state.queue if one.path == start.path), None)
    if song is None:
        return False
    connected = False
    if lead_in.exists():
        if not (state.playback == "play" and state.current and is_lead_in(state.current)):
            await _until(liquidsoap, ready=False, seconds=DRAINED_WITHIN)
            await _play_lead_in(player, lead_in, state, song)
        connected = await _until(liquidsoap, ready=True, seconds=CONNECTED_WITHIN)
    with suppress(CommandError):
        # A song that cannot be decoded is refused here; whoever asked sees that it never begins.
        await player.run([*_open(state), _go(song, start.position)])
    played = [one for one in (await player.state()).queue if is_lead_in(one)]
    await player.run([("deleteid", one.song_id) for one in played])
    return connected


async def _play_lead_in(player: Player, lead_in: Path, state: PlayerState, song: QueuedSong) -> None:
    [number] = await player.run([("addid", f"file://{lead_in}", state.queue.index(song))])
    await player.run([*_open(state), ("playid", number)])


def _go(song: QueuedSong, position: float) -> Command:
    return ("seekid", song.song_id, f"{position:.3f}") if position else ("playid", song.song_id)


def _open(state: PlayerState) -> list[Command]:
    return [] if state.output_enabled else [("enableoutput", 0)]


async def _until(liquidsoap: Liquidsoap, *, ready: bool, seconds: float) -> bool:
    deadline = asyncio.get_running_loop().time() + seconds
    while (await liquidsoap.status()).user.ready != ready:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(POLL)
    return True
