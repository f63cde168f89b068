"""The programme's player goes round for ever with the songs that api wants."""

import asyncio
from pathlib import Path

from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.engine.state import PlayerState
from stream_control.wanted import rules
from stream_control.wanted.pauses import Pauses
from stream_control.wanted.reconciler import FADE, Reconciler, existing
from stream_control.wanted.rules import NothingToSkip, Programme
from stream_control.wanted.source import Source


class ProgrammeReconciler(Reconciler):
    """Fills the programme's player and lets it play, unless an administrator paused it."""

    def __init__(self, player: Player, liquidsoap: Liquidsoap, pauses: Pauses, source: Source, media: Path) -> None:
        super().__init__("fallback", player, source.changed["fallback"])
        self._liquidsoap = liquidsoap
        self._pauses = pauses
        self._source = source
        self._media = media

    async def step(self) -> None:
        """Compare and apply the difference, once."""
        paused = await self._pauses.load()
        if paused is None:
            return
        await self._fill()
        if self.playlist in paused:
            await self._hold()
        else:
            await self._start()

    async def skip(self) -> None:
        """End the song that plays; raises `NothingToSkip`."""
        state = await self.player.state()
        if state.playback != "play" or state.current is None:
            raise NothingToSkip("No song of the programme plays.")
        await self._liquidsoap.note(self.playlist, "skipped")
        await self.player.run([("next",)])

    async def _fill(self) -> None:
        state = await self.player.state()
        wanted = self._wanted(state)
        if wanted is None:
            return
        if rules.cuts_current(wanted, state):
            await self._liquidsoap.note(self.playlist, "replaced")
        await self.player.run(rules.programme_changes(wanted, state))

    async def _start(self) -> None:
        state = await self.player.state()
        if state.playback == "pause":
            await self._liquidsoap.note_resumed(self.playlist)
        await self.player.run(rules.start(state))
        await self._liquidsoap.set_gate(self.playlist, open=True)

    async def _hold(self) -> None:
        """Close the gate first: the tier fades out while it still plays."""
        await self._liquidsoap.set_gate(self.playlist, open=False)
        state = await self.player.state()
        if state.playback == "play" and state.output_enabled:
            await asyncio.sleep(FADE)
            await self._liquidsoap.note(self.playlist, "paused")
            state = await self.player.state()
        await self.player.run(rules.hold(state))

    def _wanted(self, state: PlayerState) -> Programme | None:
        queue = self._source.wanted("fallback")
        if queue is None:
            return None
        songs = tuple(existing(queue.items, self._media, state))
        cut = self._source.may_be_cut("fallback")
        return Programme(songs, queue.random, frozenset(song.path for song in state.queue if song.item in cut))
