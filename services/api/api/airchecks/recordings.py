"""What the recorder leaves of a live session: a folder of parts, each with the time of its first sample beside it."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from kit.command import CommandFailed, run
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from api.airchecks.timing import Part
from api.media.tools import LOCAL_ONLY, file

CLOSED = "closed"
"""An empty file that says: nothing is added any more."""
_time: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


@dataclass(frozen=True)
class Recording:
    """The folder of a session's recording, as it is now."""

    session_id: UUID
    folder: Path
    closed: bool
    changed_at: datetime
    """When anything in it changed for the last time, UTC."""

    @property
    def parts(self) -> list[Path]:
        """The files with sound, in their order."""
        return sorted(self.folder.glob("*.oga"))


def find(folder: Path) -> Iterator[Recording]:
    """The recordings below a folder; what is none of them is passed over."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with suppress(ValueError, FileNotFoundError):
            changed = max(one.stat().st_mtime for one in (path, *path.iterdir()))
            closed = (path / CLOSED).exists()
            yield Recording(UUID(path.name), path, closed, datetime.fromtimestamp(changed, UTC))


async def measure(path: Path) -> Part | None:
    """How long a part is and when it began; None when there is no sound in it that could be read."""
    ask = ["-v", "error", *LOCAL_ONLY, "-select_streams", "a:0", "-show_entries", "stream=duration", "-of", "json"]
    try:
        out, _ = await run(["ffprobe", *ask, file(path)], seconds=60)
        seconds = float(json.loads(out)["streams"][0]["duration"])
    except (CommandFailed, LookupError, ValueError):
        return None
    return Part(_began_at(path.with_suffix(".json")), seconds) if seconds > 0 else None


def _began_at(sidecar: Path) -> datetime | None:
    try:
        return _time.validate_python(json.loads(sidecar.read_bytes())["began_at"]).astimezone(UTC)
    except (OSError, ValueError, LookupError, TypeError, ValidationError):
        return None
