"""What items are called and how long they are, known without asking the database each time."""

from kit.db import Sessions
from sqlalchemy import select

from stream_control.programme.models import ProgrammeFile
from stream_control.programme.rules import Found, Known, Named


class Items:
    """A snapshot that is kept whole while the database is away."""

    def __init__(self) -> None:
        self._named: dict[str, Named] = {}
        self.known: tuple[Known, ...] | None = None
        self.looked_through = False
        """Whether every file that was found has been looked at once."""

    async def load(self, sessions: Sessions) -> None:
        """Take a new snapshot."""
        async with sessions() as tx:
            rows = list(await tx.scalars(select(ProgrammeFile)))
        self._named = {str(row.id): _named(row) for row in rows}
        self.known = tuple(Known(row.id, _found(row), row.state) for row in rows)

    def named(self, item: str) -> Named:
        """How an item is shown."""
        return self._named.get(item, Named())

    def length_of(self, item: str) -> float | None:
        """Length in seconds, None when it is not known."""
        return self.named(item).length_seconds


def _found(row: ProgrammeFile) -> Found:
    return Found(row.folder, row.path, row.size, row.changed_ns)


def _named(row: ProgrammeFile) -> Named:
    return Named(row.title, row.artist, row.length_seconds, f"/artwork/{row.id}.jpg" if row.artwork else None)
