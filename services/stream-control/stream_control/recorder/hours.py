"""The logger's files: `<YYYY-MM-DD>/<HH>.opus`, UTC, and `<HH>.<n>.opus` for what followed an interruption."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

DAY = re.compile(r"\d{4}-\d\d-\d\d")
NAME = re.compile(r"(\d\d)(?:\.(\d{1,6}))?\.opus")


@dataclass(frozen=True, order=True)
class HourFile:
    """A file of the logger; they sort as they came."""

    hour: datetime
    number: int
    path: Path

    def remove(self) -> None:
        """Delete it, and its day with the last one of it."""
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.parent.rmdir()


def files(folder: Path) -> list[HourFile]:
    """Every file of the logger, oldest first; what is not the logger's is left out."""
    return sorted(_files(folder))


def following(folder: Path, hour: datetime) -> Path:
    """The path of the next file of an hour; its folder is made."""
    day = folder / f"{hour:%Y-%m-%d}"
    day.mkdir(parents=True, exist_ok=True)
    number = max((one.number for one in files(folder) if one.hour == hour), default=0) + 1
    return day / (f"{hour:%H}.opus" if number == 1 else f"{hour:%H}.{number}.opus")


def _files(folder: Path) -> Iterator[HourFile]:
    for path in folder.glob("*/*.opus"):
        name = NAME.fullmatch(path.name)
        if name and DAY.fullmatch(path.parent.name):
            with suppress(ValueError):
                hour = datetime.strptime(f"{path.parent.name} {name[1]}", "%Y-%m-%d %H").replace(tzinfo=UTC)
                yield HourFile(hour, int(name[2] or 1), path)
