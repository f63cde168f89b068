"""Looking into the logger's folder."""

from datetime import UTC, date, datetime
from pathlib import Path

from api.logger import rules
from api.logger.rules import NoSuchHour
from api.logger.schemas import HourShown, LoggerDay


def day(folder: Path, wanted: date) -> LoggerDay:
    """What there is of a day."""
    days = sorted((found for path in _entries(folder) if (found := rules.day_of(path.name))), reverse=True)
    hours = [hour for path in _entries(folder / wanted.isoformat()) if (hour := _shown(wanted, path))]
    return LoggerDay(date=wanted, hours=sorted(hours, key=lambda one: rules.order(one.name)), days=days)


def file_of(folder: Path, wanted: date, name: str) -> Path:
    """The file of an hour; raises `NoSuchHour`, whatever else the name may be."""
    path = folder / wanted.isoformat() / name
    if rules.starts_at(wanted, name) is None or not path.is_file():
        raise NoSuchHour
    return path


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _shown(wanted: date, path: Path) -> HourShown | None:
    starts = rules.starts_at(wanted, path.name)
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    if starts is None:
        return None
    changed = datetime.fromtimestamp(stat.st_mtime, UTC)
    return HourShown(name=path.name, starts_at=starts, bytes=stat.st_size, changed_at=changed)
