"""What there is to play: the music library in columns, and the pieces that are not music."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from log_generator.planning.artists import numbered, spelling
from log_generator.planning.clocks import Kind, Wanted
from log_generator.planning.instants import HOUR, SECOND, HourKey, Ms

Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
Bools = NDArray[np.bool_]
ALL_HOURS = (1 << 24) - 1
"""A mask of hours has bit h for the local hour h."""
NEVER = 0
"""The last play of a track that has not been played: before every other."""
UNKNOWN = -1
"""The code of what is not known of a track."""
SHORTEST, LONGEST = 20 * SECOND, 3 * HOUR
"""A track shorter or longer than this is no song: it is not planned."""


@dataclass(frozen=True)
class Track:
    """A track as a service knows it; numbers of tempo and energy as the station counts them, 0 when not known."""

    id: str
    title: str
    artist: str
    duration_ms: Ms
    category: str = ""
    album: str = ""
    genre: str = ""
    mood: str = ""
    gender: str = ""
    era: str = ""
    tempo: int = 0
    energy: int = 0
    year: int = 0
    tags: frozenset[str] = frozenset()
    hours: int = ALL_HOURS
    last_ms: Ms = NEVER


@dataclass(frozen=True)
class Library:
    """A row for each track, a column for each thing the rules look at. Codes stand for names; UNKNOWN for none."""

    ids: Sequence[str]
    titles: Sequence[str]
    artists: Sequence[str]
    duration_ms: Ints32
    people: Ints32
    """Artists' numbers, in as many columns as the longest credit has names."""
    album: Ints32
    song: Ints32
    """The same for all versions of a title by an artist."""
    hours: Ints32
    last_ms: Ints
    codes: Mapping[str, Ints32]
    """Columns of codes: category, genre, mood, gender, era; and of numbers: tempo, energy, year."""
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What the codes of a column stand for."""
    tags: Mapping[str, Bools] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.duration_ms)

    def playable(self) -> Bools:
        """Tracks of a length that a song can have."""
        return (self.duration_ms >= SHORTEST) & (self.duration_ms <= LONGEST)

    def matching(self, wanted: Wanted) -> Bools:
        """Tracks that are what a smart block wants."""
        found = self.playable()
        for column, texts in (("category", {wanted.category} - {""}), ("genre", wanted.genres), ("mood", wanted.moods)):
            if texts:
                codes = [at for at, name in enumerate(self.names.get(column, ())) if name in texts]
                own = self.codes[column]
                found &= own == codes[0] if len(codes) == 1 else np.isin(own, codes)
        for tag in wanted.tags:
            found &= self.tags.get(tag, False)
        for column, span in (("tempo", wanted.tempo), ("energy", wanted.energy), ("year", wanted.years)):
            if span:
                found &= (self.codes[column] >= span[0]) & (self.codes[column] <= span[1])
        return found


def library(tracks: Sequence[Track], aliases: Mapping[str, Sequence[str]] | None = None) -> Library:
    """Columns from rows. `aliases` gives a name the artists it stands for (`artists.people`)."""
    names: dict[str, Sequence[str]] = {}
    codes: dict[str, Ints32] = {}
    for column in ("category", "genre", "mood", "gender", "era"):
        codes[column], names[column] = _coded(getattr(one, column) for one in tracks)
    for column in ("tempo", "energy", "year"):
        codes[column] = np.array([getattr(one, column) or UNKNOWN for one in tracks], dtype=np.int32)
    every = {tag for one in tracks for tag in one.tags}
    return Library(
        ids=[one.id for one in tracks],
        titles=[one.title for one in tracks],
        artists=[one.artist for one in tracks],
        duration_ms=np.array([one.duration_ms for one in tracks], dtype=np.int32),
        people=numbered((one.artist for one in tracks), aliases or {}),
        album=_coded(f"{spelling(one.artist)}\n{spelling(one.album)}" if one.album else "" for one in tracks)[0],
        song=_coded(f"{spelling(one.artist)}\n{spelling(one.title)}" for one in tracks)[0],
        hours=np.array([one.hours for one in tracks], dtype=np.int32),
        last_ms=np.array([one.last_ms for one in tracks], dtype=np.int64),
        codes=codes,
        names=names,
        tags={tag: np.array([tag in one.tags for one in tracks]) for tag in sorted(every)},
    )


def _coded(texts: Iterable[str]) -> tuple[Ints32, Sequence[str]]:
    numbers: dict[str, int] = {}
    column = [numbers.setdefault(text, len(numbers)) if text else UNKNOWN for text in texts]
    return np.array(column, dtype=np.int32), tuple(numbers)


@dataclass(frozen=True)
class Piece:
    """Something that is not music: a liner, a PSA, an interview. Spots and features are never cut."""

    id: str
    kind: Kind
    title: str
    length_ms: Ms
    category: str = ""
    advertiser: str = ""
    """Of a sponsored piece; a competitor's spot is kept out of the break beside it."""
    product: str = ""
    starts: date = date.min
    ends: date = date.max
    hours: int = ALL_HOURS
    parts: tuple[tuple[Ms, Ms], ...] = ()
    """Cue windows of a feature in several parts."""
    filler: bool = False
    """It may fill what is left before an anchor: a bed is cut to fit, anything else airs whole or not."""
    last_ms: Ms = NEVER

    def airs(self, key: HourKey) -> bool:
        """Whether it may air in an hour."""
        return self.starts <= key.date <= self.ends and bool(self.hours >> key.hour & 1)


@dataclass(frozen=True)
class History:
    """What was played, or is planned to be, outside the day: rows of the library with their starts, in time order.

    What lies before the day is rested from (a day and a half is enough; the last play of each track is in the
    library); what lies after it is kept clear of. `pieces` has the last airing of pieces by id.
    """

    start_ms: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    track: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    pieces: Mapping[str, Ms] = field(default_factory=dict)
