"""The names of the logger's files."""

import re
from datetime import UTC, date, datetime, time

from kit.refusal import Refusal

_HOUR = re.compile(r"([01]\d|2[0-3])(?:\.\d{1,4})?\.opus", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class NoSuchHour(Refusal):
    status = 404
    error_code = "no_such_hour"

    def __init__(self) -> None:
        super().__init__("Nothing was recorded then, or it is no longer kept.")


def day_of(name: str) -> date | None:
    """The day whose folder has this name."""
    try:
        return date.fromisoformat(name) if _DAY.fullmatch(name) else None
    except ValueError:
        return None


def starts_at(day: date, name: str) -> datetime | None:
    """The hour, UTC, of which a file is, or a part of it; None when it is none of the logger's."""
    found = _HOUR.fullmatch(name)
    return datetime.combine(day, time(int(found[1])), UTC) if found else None


def order(name: str) -> tuple[str, int]:
    """By hour, and within an hour by part."""
    hour, _, part = name.removesuffix(".opus").partition(".")
    return hour, int(part or 0)
