"""Both MPDs are brought to what is wanted: after a wake, a change, a reconnect, and every few seconds anyway."""

import asyncio
from pathlib import Path

from kit.db import Sessions
from kit.loops import repeat, run_all
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.programme import copies
from stream_control.programme.items import Items
from stream_control.programme.rules import on_air
from stream_control.wanted import rules
from stream_control.wanted.models import Pause
from stream_control.wanted.rules import Playlist, Wanted

EVERY = 5.0
# The crossfade after a closed gate, before the player may stop (liquidsoap/tiers.liq), seconds.
FADE = 2.2


class Pauses:
    """Which playlists are paused; the last answer is kept while the database is away."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._last: frozenset[Playlist] | None = None

    async def load(self) -> frozenset[Playlist] | None:
        """The paused playlists, None while they have never been known."""
        try:
            async with self._sessions() as tx:
                self._last = frozenset(await tx.scalars(select(Pause.playlist)))
        except (SQLAlchemyError, OSError, TimeoutError):
            # The loop that writes as-run says that the database is away; saying it here too would fill the log.
            pass
        return self._last


class Reconciler:
    """Brings one MPD, and the gate of its tier, to what is wanted."""

    def __init__(
        self, playlist: Playlist, player: Player, liquidsoap: Liquidsoap, pauses: Pauses, items: Items, folder: Path
    ) -> None:
        self.playlist: Playlist = playlist
        self.player = player
        self.wake = asyncio.Event()
        self._liquidsoap = liquidsoap
        self._pauses = pauses
        self._items = items
        self._folder = folder

    async def run(self) -> None:
        """Reconcile for ever."""
        await run_all(
            repeat(f"reconcile_{self.playlist}", self.step, every=EVERY, wake=self.wake),
            repeat(f"watch_{self.playlist}", self._watch, every=0.5),
        )

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

    async def _fill(self) -> None:
        wanted, state = self._wanted(), await self.player.state()
        if rules.cuts_current(wanted, state):
            await self._liquidsoap.note(self.playlist, "replaced")
        await self.player.run(rules.queue_changes(wanted, state))

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

    def _wanted(self) -> Wanted:
        modes = rules.MODES[self.playlist]
        if self.playlist == "user" or self._items.known is None:
            return Wanted(modes, songs=None)
        ids = on_air(self._items.known)
        songs = frozenset(str(copies.path_of(self._folder, one)) for one in ids)
        starters = (one.id for one in self._items.known if one.found.folder == "starter")
        return Wanted(modes, songs, cut=frozenset(str(copies.path_of(self._folder, one)) for one in starters))

    async def _watch(self) -> None:
        self.wake.set()
        async for _ in self.player.changes():
            self.wake.set()
        raise ConnectionError("the player closed the connection")
