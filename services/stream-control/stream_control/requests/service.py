"""The requests' player is brought to what is wanted, and held while nobody would hear it."""

import asyncio
from dataclasses import replace
from pathlib import Path

from kit.loops import repeat, run_all
from mpd.base import CommandError

from stream_control.engine.liquidsoap import AirStatus, Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.engine.state import PlayerState
from stream_control.engine.unreachable import EngineUnreachable
from stream_control.now_playing.service import Follower
from stream_control.requests import lead_in, rules
from stream_control.requests.beginning import begin
from stream_control.requests.rules import Attempt, Request, Trials
from stream_control.requests.unplayable import Unplayable
from stream_control.wanted.pauses import Pauses
from stream_control.wanted.reconciler import FADE, Reconciler, existing
from stream_control.wanted.rules import Command, NothingToSkip, hold
from stream_control.wanted.source import Source

ENDING_TOLD_WITHIN = 3.0
"""Seconds in which the engine tells that a player which has stopped is lost; nothing begins before."""
PATIENCE = 2
"""Looks at an engine that is connected and does not answer until the player is held."""


class RequestsReconciler(Reconciler):
    """Fills the requests' player, starts each song through the lead-in, and holds it while it would not be heard."""

    def __init__(
        self,
        player: Player,
        liquidsoap: Liquidsoap,
        pauses: Pauses,
        source: Source,
        follower: Follower,
        unplayable: Unplayable,
        media: Path,
    ) -> None:
        super().__init__("user", player, source.changed["user"])
        self._liquidsoap = liquidsoap
        self._pauses = pauses
        self._source = source
        self._follower = follower
        self._unplayable = unplayable
        self._media = media
        self._trials = Trials()
        self._last_attempt: Attempt | None = None
        self._ending_awaited_since: float | None = None
        self._connected = False
        self._unanswered = 0

    async def run(self) -> None:
        """Reconcile for ever."""
        await run_all(super().run(), repeat("watch_engine", self._watch_engine, every=0.2))

    async def step(self) -> None:
        """Compare and apply the difference, once."""
        try:
            await self._bring()
        except EngineUnreachable:
            self._unanswered += 1
            # The death of the engine is seen at once by its connection; a slow answer is not yet one.
            if not self._connected or self._unanswered >= PATIENCE:
                await self._hold_at_once()
            raise
        self._unanswered = 0

    async def skip(self) -> None:
        """End the song that plays; raises `NothingToSkip`. One that the journal has not seen begin is left alone."""
        state = await self.player.state()
        await self._follower.catch_up()
        current = state.current
        if state.playback != "play" or current is None or current.item != self._follower.progress.playing:
            raise NothingToSkip("No request plays, or it is only just beginning.")
        await self._liquidsoap.note(self.playlist, "skipped")
        try:
            await self.player.run([("deleteid", current.song_id)])
        except CommandError as error:
            raise NothingToSkip("It has just ended.") from error

    async def _bring(self) -> None:
        paused = await self._pauses.load()
        if paused is None:
            return
        status = await self._liquidsoap.status()
        state = await self.player.state()
        # After the player was asked, so that whatever it has dropped by now has begun by the journal's word.
        await self._follower.catch_up()
        coming = await self._fill(state)
        if self.playlist in paused:
            await self._liquidsoap.set_gate(self.playlist, open=False)
            await self._hold()
        elif status.tier == "live":
            await self._hold()
        else:
            await self._start(coming, state, status)

    async def _fill(self, state: PlayerState) -> list[Request]:
        queue, progress = self._source.wanted("user"), self._follower.progress
        if queue is None:
            return []
        lengths = {str(self._media / item.path): item.length_seconds for item in queue.items}
        wanted = [Request(path, lengths[path]) for path in existing(queue.items, self._media, state)]
        self._trials = rules.judge(self._trials, wanted, state, progress)
        await self._unplayable.tell(self._trials.given_up)
        coming = rules.upcoming(wanted, progress, self._trials.given_up)
        await self._apply(rules.queue_changes(coming, state, progress))
        return coming

    async def _apply(self, commands: list[Command]) -> None:
        for command in commands:
            try:
                await self.player.run([command])
            except CommandError:
                if command[0] != "addid":
                    raise
                # The player cannot open it; the places of the rest are other ones now.
                self._trials = rules.fail(self._trials, Request(str(command[1])).item)
                self.wake.set()
                return

    async def _start(self, coming: list[Request], state: PlayerState, status: AirStatus) -> None:
        if not status.user.gate:
            await self._liquidsoap.set_gate(self.playlist, open=True)
        start = rules.beginning(coming, state, self._follower.progress)
        if start is None or self._ending_is_awaited():
            return
        attempt = Attempt(Request(start.path).item, self._follower.progress.starts)
        if attempt == self._last_attempt:
            self._last_attempt = None
            self._trials = rules.fail(self._trials, attempt.item)
            self.wake.set()
            return
        self._last_attempt = attempt
        if not await begin(self.player, self._liquidsoap, lead_in.path_of(self._media), start):
            # The player was not heard at all: nothing is known about the song.
            self._last_attempt = None

    def _ending_is_awaited(self) -> bool:
        """Whether the journal will tell soon how the song ended that the player does not play any more."""
        now = asyncio.get_running_loop().time()
        if self._follower.progress.playing is None:
            self._ending_awaited_since = None
            return False
        if self._ending_awaited_since is None:
            self._ending_awaited_since = now
        return now - self._ending_awaited_since < ENDING_TOLD_WITHIN

    async def _hold(self) -> None:
        """Let what fades out play meanwhile, then stop where it is."""
        self._last_attempt = None
        state = await self.player.state()
        if state.playback == "play" and state.output_enabled:
            await asyncio.sleep(FADE)
            if not await self._is_to_be_held():
                self.wake.set()
                return
            await self._liquidsoap.note(self.playlist, "paused")
            state = await self.player.state()
        await self.player.run(hold(state))

    async def _is_to_be_held(self) -> bool:
        paused = await self._pauses.load() or frozenset()
        return self.playlist in paused or (await self._liquidsoap.status()).tier == "live"

    async def _hold_at_once(self) -> None:
        self._last_attempt = None
        await self.player.run([("pause", 1), ("disableoutput", 0)])

    async def _watch_engine(self) -> None:
        await self._liquidsoap.outlive(self._reached)
        self._connected = False
        await self._hold_at_once()
        self.wake.set()

    def _reached(self) -> None:
        self._connected = True
        self.wake.set()

    async def _watch(self) -> None:
        try:
            await super()._watch()
        finally:
            # A player that died has dropped its songs, and it is not their fault.
            self._trials = replace(self._trials, held=frozenset())
