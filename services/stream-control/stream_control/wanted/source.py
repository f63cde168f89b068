"""What api wants the players to hold: the last answer is kept whole, in memory and in a file."""

import asyncio
from pathlib import Path

import httpx
import structlog
from kit.contracts.queues import PlaylistName, WantedQueue
from pydantic import ValidationError

from stream_control.wanted.client import Api
from stream_control.wanted.items import Items
from stream_control.wanted.rules import PLAYLISTS

logger = structlog.get_logger()


class Source:
    """Asks for both playlists; with api away the last answers hold, also over a restart."""

    def __init__(self, api: Api, folder: Path, items: Items) -> None:
        self.changed: dict[PlaylistName, asyncio.Event] = {name: asyncio.Event() for name in PLAYLISTS}
        self._api = api
        self._folder = folder
        self._items = items
        self._etags: dict[PlaylistName, str | None] = {}
        self._last: dict[PlaylistName, WantedQueue] = {}
        self._may_be_cut: dict[PlaylistName, frozenset[str]] = {}
        for name in PLAYLISTS:
            self._load(name)

    def wanted(self, playlist: PlaylistName) -> WantedQueue | None:
        """What the playlist should be; None while that has never been known."""
        return self._last.get(playlist)

    def may_be_cut(self, playlist: PlaylistName) -> frozenset[str]:
        """Ids of items, also of former ones, that need not play to their end."""
        return self._may_be_cut.get(playlist, frozenset())

    async def step(self) -> None:
        """Ask for both; a playlist that cannot be had does not keep the other waiting."""
        asked = await asyncio.gather(*(self._ask(name) for name in PLAYLISTS), return_exceptions=True)
        for failure in asked:
            if failure is not None:
                raise failure

    async def _ask(self, playlist: PlaylistName) -> None:
        answer = await self._api.get(f"/internal/queues/{playlist}", etag=self._etags.get(playlist))
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return
        queue = WantedQueue.model_validate_json(answer.content)
        self._etags[playlist] = answer.headers.get("ETag")
        if queue == self._last.get(playlist):
            return
        self._take(playlist, queue)
        self._keep(playlist, queue)
        self.changed[playlist].set()

    def _take(self, playlist: PlaylistName, queue: WantedQueue) -> None:
        before = self._last.get(playlist)
        cut = (item for known in (before, queue) if known for item in known.items if item.may_be_cut)
        self._may_be_cut[playlist] = frozenset(item.id for item in cut)
        self._last[playlist] = queue
        self._items.learn(playlist, queue.items)

    def _load(self, playlist: PlaylistName) -> None:
        try:
            self._take(playlist, WantedQueue.model_validate_json(self._file(playlist).read_bytes()))
        except FileNotFoundError:
            pass
        except (OSError, ValidationError) as error:
            logger.warning("wanted_not_read", playlist=playlist, error=str(error))

    def _keep(self, playlist: PlaylistName, queue: WantedQueue) -> None:
        file = self._file(playlist)
        part = file.with_suffix(".part")
        try:
            self._folder.mkdir(exist_ok=True)
            part.write_text(queue.model_dump_json())
            part.replace(file)
        except OSError as error:
            logger.warning("wanted_not_kept", playlist=playlist, error=str(error))

    def _file(self, playlist: PlaylistName) -> Path:
        return self._folder / f"{playlist}.json"
