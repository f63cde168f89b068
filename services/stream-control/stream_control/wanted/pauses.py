"""Which playlists an administrator has paused."""

from kit.db import Sessions
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from stream_control.wanted.models import Pause
from stream_control.wanted.rules import Playlist


class Pauses:
    """The last answer is kept while the database is away."""

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
