"""The recorder's word on itself, in a small file that readiness reads; it also remembers which sessions are closed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ValidationError

FILE = "recorder.json"
MOUNTS = ("live", "air")
STALE_AFTER = 15.0
"""Seconds after which nothing is believed to be recorded any more."""
REMEMBERED = 500
"""Closed sessions: more than what Icecast still holds of them can bring again."""


class Writing(BaseModel):
    """What becomes of one mount."""

    is_connected: bool = False
    is_paused: bool = False
    problem: str | None = None
    """Why its last write failed; None since one succeeded."""
    file: str | None = None
    """What is being written."""

    @property
    def complaint(self) -> str | None:
        """Why nothing of this mount would be recorded; None when all is well."""
        if self.is_paused:
            return "paused, the disk is nearly full"
        return self.problem or (None if self.is_connected else "the engine gives nothing")


class State(BaseModel):
    """Written every second; it stands with the sockets, in memory, where a full disk does not reach it."""

    at: datetime
    free_mb: int = 0
    live: Writing = Writing()
    air: Writing = Writing()
    closed: list[UUID] = []
    """Sessions whose recording is whole, oldest first."""

    def complaints(self, now: datetime) -> dict[str, str]:
        """What is not well, by mount."""
        silent = (now - self.at).total_seconds()
        if silent > STALE_AFTER:
            return dict.fromkeys(MOUNTS, f"nothing said for {silent:.0f} s")
        told = {"live": self.live.complaint, "air": self.air.complaint}
        return {name: complaint for name, complaint in told.items() if complaint}

    @classmethod
    def read(cls, run: Path) -> Self | None:
        """What was last written; None when there is nothing that can be read."""
        try:
            return cls.model_validate_json((run / FILE).read_bytes())
        except (OSError, ValidationError):
            return None


class Report:
    """The state while it changes."""

    def __init__(self, run: Path) -> None:
        self._run = run
        before = State.read(run)
        self.state = State(at=datetime.now(UTC), closed=before.closed if before else [])

    def is_closed(self, session: UUID) -> bool:
        """Whether the session was closed, also by a recorder before this one."""
        return session in self.state.closed

    def close(self, session: UUID) -> None:
        """Remember it, for good before anybody finds its recording whole."""
        if not self.is_closed(session):
            self.state.closed = [*self.state.closed, session][-REMEMBERED:]
            self.write()

    def write(self) -> None:
        """Replace the file in one step."""
        self.state.at = datetime.now(UTC)
        part = self._run / f"{FILE}.part"
        part.write_text(self.state.model_dump_json())
        part.replace(self._run / FILE)
