"""What a day is planned from."""

import hashlib
from dataclasses import dataclass, field
from datetime import date

from log_generator.planning.catalog import History, Library, Piece, library
from log_generator.planning.clocks import Grid
from log_generator.planning.instants import Ms
from log_generator.planning.log import Pin, Take
from log_generator.planning.music.rules import Rules
from log_generator.planning.traffic.campaigns import Campaign


@dataclass(frozen=True)
class Inputs:
    """Everything that a plan depends on. Pins and takes of other days do no harm."""

    station: str
    zone: str
    """Its name in the tz database."""
    date: date
    revision: int = 1
    grid: Grid = field(default_factory=Grid)
    library: Library = field(default_factory=lambda: library([]))
    pieces: tuple[Piece, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    rules: Rules = field(default_factory=Rules)
    history: History = field(default_factory=History)
    pins: tuple[Pin, ...] = ()
    takes: tuple[Take, ...] = ()
    begin_ms: Ms | None = None
    """When the day before ends, if that is after midnight."""

    def seed(self) -> int:
        """Of all that is left to chance in a revision of a day."""
        return _seed(f"{self.station}\n{self.date}\n{self.revision}")

    def station_seed(self) -> int:
        """Of what stays the same from day to day."""
        return _seed(self.station)


def _seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
