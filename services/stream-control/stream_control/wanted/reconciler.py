"""What both players' reconcilers share: they look after a wake, a change, a reconnect, and every few seconds anyway."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from kit.contracts.queues import WantedItem
from kit.loops import repeat, run_all

from stream_control.engine.mpd import Player
from stream_control.engine.state import PlayerState
from stream_control.wanted.rules import Playlist

EVERY = 5.0
# The crossfade after a closed gate or a new tier, before the player may stop (liquidsoap/tiers.liq), seconds.
FADE = 2.2


class Reconciler(ABC):
    """Brings one MPD, and the gate of its tier, to what is wanted; `wake` asks it to look now."""

    def __init__(self, playlist: Playlist, player: Player, wake: asyncio.Event) -> None:
        self.playlist: Playlist = playlist
        self.player = player
        self.wake = wake

    async def run(self) -> None:
        """Reconcile for ever."""
        await run_all(
            repeat(f"reconcile_{self.playlist}", self.step, every=EVERY, wake=self.wake),
            repeat(f"watch_{self.playlist}", self._watch, every=0.5),
        )

    @abstractmethod
    async def step(self) -> None:
        """Compare and apply the difference, once."""

    @abstractmethod
    async def skip(self) -> None:
        """End the song that plays; raises `NothingToSkip`."""

    async def _watch(self) -> None:
        self.wake.set()
        async for _ in self.player.changes():
            self.wake.set()
        raise ConnectionError("the player closed the connection")


def existing(items: Sequence[WantedItem], media: Path, state: PlayerState) -> list[str]:
    """Paths of the wanted copies: of those that the player does not hold yet, only the ones that are there."""
    held = {song.path for song in state.queue}
    paths = (str(media / item.path) for item in items)
    return [path for path in paths if path in held or Path(path).exists()]
