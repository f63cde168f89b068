"""What has been played, as far as the rules look back, and from when on a track may be played again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from log_generator.planning.catalog import NEVER, UNKNOWN, Bools, History, Ints, Ints32, Library
from log_generator.planning.instants import DAY, HOUR, MINUTE, Hour, Ms, Offsets
from log_generator.planning.music.following import Column, columns
from log_generator.planning.music.rules import HARD, Rules

WINDOW = 3 * HOUR
OF_AN_ARTIST, OF_AN_ALBUM = 4, 3
"""17 USC 114(j)(13): as many in any three hours."""
_UNLIMITED = 1 << 30
_EPOCH = 719_163
"""The ordinal of 1970-01-01."""
_LOOKED_BACK = 8
"""Tracks before the day whose order matters."""


@dataclass(frozen=True)
class Wait:
    """A rule that keeps plays apart, for some tracks."""

    rule: str
    until: Ints
    """The instant from which on each may begin, by what was played."""
    apart_ms: Ints
    """And from the start of one to that of another that has something in common with it."""
    marks: tuple[Ints32 | Ints, ...] = ()
    """What two tracks may have in common; none: the rule does not look at pairs."""
    weight: float = HARD


@dataclass(frozen=True)
class Turns:
    """How categories rotate, by their codes; the last row is for none."""

    rest_ms: Ints
    plays_a_day: Ints
    same_hour: Ints
    """In thousandths of a point."""


@dataclass
class Memory:
    """What has been played until now in the day that is planned, and before it."""

    library: Library
    rules: Rules
    offsets: Offsets
    turns: Turns
    noise: np.random.Generator
    """The seed's; nothing else is left to chance."""
    openers: Bools
    sequence: tuple[Column, ...]
    """The rules that look at what was played just before."""
    day: int
    """The local date in days since 1970."""
    last: Ints
    """Last start of each track; people, albums and songs alike, with a last row for nobody."""
    people: Ints
    albums: Ints
    songs: Ints
    people_free: Ints
    albums_free: Ints
    """From when on the web-radio rule allows one more."""
    today: Ints
    yesterday: dict[int, set[int]] = field(default_factory=dict)
    """Tracks by local hour."""
    order: list[int] = field(default_factory=list)
    """The tracks played, the last ones before the day among them."""
    recent_people: dict[int, list[Ms]] = field(default_factory=dict)
    recent_albums: dict[int, list[Ms]] = field(default_factory=dict)
    _marked: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))
    later: list[tuple[Ms, int]] = field(default_factory=list)
    """Plays that are settled and still to come: pins, and what is planned after the day."""

    def note(self, track: int, at: Ms) -> None:
        """Remember that a track begins at an instant; they come in order of time."""
        library = self.library
        self.last[track] = at
        self.today[track] += 1
        self.order.append(track)
        for person in library.people[track].tolist():
            if person != UNKNOWN:
                self.people[person] = at
                self.people_free[person] = _free(self.recent_people.setdefault(person, []), at, OF_AN_ARTIST)
        album, song = int(library.album[track]), int(library.song[track])
        if album != UNKNOWN:
            self.albums[album] = at
            self.albums_free[album] = _free(self.recent_albums.setdefault(album, []), at, OF_AN_ALBUM)
        if song != UNKNOWN:
            self.songs[song] = at

    def before(self) -> list[int]:
        """The last few tracks."""
        return self.order[-_LOOKED_BACK:]

    def among(self, tracks: Ints, some: Collection[int]) -> Bools:
        """Which of many tracks are among a few."""
        if len(self._marked) != len(self.library):
            self._marked = np.zeros(len(self.library), dtype=bool)
        few = list(some)
        self._marked[few] = True
        found = self._marked[tracks]
        self._marked[few] = False
        return found

    def waits(self, tracks: Ints) -> list[Wait]:
        """What each rule says of some tracks; rules without a time are left out."""
        library, rules = self.library, self.rules
        people, album, song = library.people[tracks], library.album[tracks], library.song[tracks]
        rest = self.turns.rest_ms[library.codes["category"][tracks]]
        everybody = tuple(people[:, column] for column in range(people.shape[1]))
        waits = [Wait("rest", self.last[tracks] + rest, rest, (tracks,))]
        for rule, last, separation, marks in (
            ("title", self.songs[song], rules.title, (song,)),
            ("artist", self.people[people].max(axis=1), rules.artist, everybody),
            ("album", self.albums[album], rules.album, (album,)),
        ):
            if separation.ms > 0:
                apart = np.full(len(tracks), separation.ms, dtype=np.int64)
                waits.append(Wait(rule, last + separation.ms, apart, marks, separation.weight))
        if rules.web_radio:
            free = np.maximum(self.people_free[people].max(axis=1), self.albums_free[album])
            waits.append(Wait("web radio", free, np.zeros(len(tracks), dtype=np.int64)))
        return waits

    def comes(self, track: int, at: Ms) -> None:
        """A settled play, by the instant that was given for it, comes now."""
        self.later = [one for one in self.later if one != (at, track)]

    def apart_ms(self, track: int, other: int) -> Ms:
        """How long after one track another may begin by the hard rules; 0 when they have nothing in common."""
        apart = 0
        for wait in self.waits(np.array([track, other])):
            known = {mark[0] for mark in wait.marks} - {UNKNOWN}
            if wait.weight == HARD and known & {mark[1] for mark in wait.marks}:
                apart = max(apart, int(wait.apart_ms[1]))
        return apart

    def broken(self, track: int, at: Ms, hour: int) -> list[str]:
        """The hard rules that a track breaks when it begins at an instant, in a local hour, in words."""
        said = []
        for wait in self.waits(np.array([track])):
            early = int(wait.until[0]) - at
            if early > 0 and wait.weight == HARD:
                said.append(f"{wait.rule}: {early / MINUTE:.1f} min too early")
        for later, other in self.later:
            if later > at and (before := self.apart_ms(track, other)) > later - at:
                said.append(f"a song planned for later: {(before - later + at) / MINUTE:.1f} min too close to it")
        if not int(self.library.hours[track]) >> hour & 1:
            said.append("hours: not in this hour")
        if self.today[track] >= self.turns.plays_a_day[self.library.codes["category"][track]]:
            said.append("plays a day: it has had them")
        return said


def remember(
    library: Library,
    rules: Rules,
    history: History,
    hours: Sequence[Hour],
    offsets: Offsets,
    noise: np.random.Generator,
) -> Memory:
    """What was played before the first of `hours`, and what is settled after the last."""
    start, end = hours[0].start_ms, hours[-1].end_ms
    memory = Memory(
        library=library,
        rules=rules,
        offsets=offsets,
        turns=_turns(rules, library),
        noise=noise,
        openers=library.matching(rules.opener) if rules.opener else np.ones(len(library), dtype=bool),
        sequence=columns(library, rules),
        day=hours[0].key.date.toordinal() - _EPOCH,
        last=library.last_ms.copy(),
        people=_nobody(library.people),
        albums=_nobody(library.album),
        songs=_nobody(library.song),
        people_free=_nobody(library.people),
        albums_free=_nobody(library.album),
        today=np.zeros(len(library), dtype=np.int64),
    )
    before, after = np.searchsorted(history.start_ms, [start, end])
    _look_back(memory, history.track[:before], history.start_ms[:before], start)
    memory.later += zip(history.start_ms[after:].tolist(), history.track[after:].tolist(), strict=True)
    return memory


def _turns(rules: Rules, library: Library) -> Turns:
    rotations = [rules.rotation_of(name) for name in [*library.names.get("category", ()), ""]]
    return Turns(
        rest_ms=np.array([one.rest_ms for one in rotations], dtype=np.int64),
        plays_a_day=np.array([_UNLIMITED if one.plays_a_day is None else one.plays_a_day for one in rotations]),
        same_hour=np.array([round(one.same_hour * 1000) for one in rotations], dtype=np.int64),
    )


def _look_back(memory: Memory, tracks: Ints, starts: Ints, until: Ms) -> None:
    library = memory.library
    np.maximum.at(memory.last, tracks, starts)
    for column in range(library.people.shape[1]):
        np.maximum.at(memory.people, library.people[tracks, column], starts)
    np.maximum.at(memory.albums, library.album[tracks], starts)
    np.maximum.at(memory.songs, library.song[tracks], starts)
    for last in (memory.people, memory.albums, memory.songs):
        last[UNKNOWN] = NEVER
    recent = int(np.searchsorted(starts, until - WINDOW))
    for track, at in zip(tracks[recent:].tolist(), starts[recent:].tolist(), strict=True):
        memory.note(track, at)
    memory.order[:] = tracks[-_LOOKED_BACK:].tolist()
    memory.today[:] = 0
    local = memory.offsets.local(starts)
    yesterday = local // DAY == memory.day - 1
    for track, hour in zip(tracks[yesterday].tolist(), (local[yesterday] % DAY // HOUR).tolist(), strict=True):
        memory.yesterday.setdefault(hour, set()).add(track)


def _nobody(column: Ints32) -> Ints:
    """A row for each number in a column, and one more, which UNKNOWN finds."""
    return np.full(int(column.max(initial=UNKNOWN)) + 2, NEVER, dtype=np.int64)


def _free(recent: list[Ms], at: Ms, most: int) -> Ms:
    recent.append(at)
    del recent[:-most]
    return recent[0] + WINDOW if len(recent) == most else NEVER
