"""What items are called and how long they are, as api told it: known without asking each time."""

from collections.abc import Iterable

from kit.contracts.queues import ItemsAsked, NamedItem, PlaylistName
from pydantic import TypeAdapter

from stream_control.wanted.client import Api

KEPT = 2000
"""Names of items that are in neither playlist any more, the latest."""
_items: TypeAdapter[list[NamedItem]] = TypeAdapter(list[NamedItem])


class Items:
    """Everything in the last snapshots, and the latest of what else was seen."""

    def __init__(self) -> None:
        self._wanted: dict[PlaylistName, dict[str, NamedItem]] = {}
        self._others: dict[str, NamedItem] = {}

    def learn(self, playlist: PlaylistName, items: Iterable[NamedItem]) -> None:
        """Take in a snapshot of a playlist; what has left it stays known for a while."""
        now = {item.id: item for item in items}
        left = (item for item in self._wanted.get(playlist, {}).values() if item.id not in now)
        self._remember(left)
        self._wanted[playlist] = now

    def named(self, item: str) -> NamedItem:
        """How an item is shown: without a name when nobody knows it."""
        return self._find(item) or NamedItem(id=item)

    def length_of(self, item: str) -> float | None:
        """Length in seconds, None when it is not known."""
        return self.named(item).length_seconds

    async def ask(self, api: Api, ids: Iterable[str]) -> None:
        """Ask api, once, for the items that are not known; those that it does not know stay nameless.

        Raises httpx.HTTPError while api is away: then nothing is known about them yet.
        """
        unknown = sorted({item for item in ids if item and not self._find(item)})
        for start in range(0, len(unknown), 500):
            asked = unknown[start : start + 500]
            answer = await api.post("/internal/items", ItemsAsked(ids=asked).model_dump())
            told = {item.id: item for item in _items.validate_json(answer.content)}
            self._remember(told.get(item, NamedItem(id=item)) for item in asked)

    def _find(self, item: str) -> NamedItem | None:
        for items in (*self._wanted.values(), self._others):
            if item in items:
                return items[item]
        return None

    def _remember(self, items: Iterable[NamedItem]) -> None:
        for item in items:
            self._others.pop(item.id, None)
            self._others[item.id] = item
        for oldest in list(self._others)[:-KEPT]:
            del self._others[oldest]
