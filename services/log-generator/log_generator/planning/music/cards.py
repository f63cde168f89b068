"""The card file: a pool's tracks in the order of their last play. What is played goes to the back; whoever plays next
is looked for near the front. That alone rotates a library, at a cost that does not grow with it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from log_generator.planning.catalog import UNKNOWN, Ints, Library
from log_generator.planning.clocks import Wanted
from log_generator.planning.music.rules import Rules

_BITS = 20
_LOW = (1 << _BITS) - 1
_PLAYS = 1024
_NEAR = 4096
_SMALL, _LARGE = 36, 96
_REACH = 8
"""Of a pool of thousands, every so many cards of its first eighth are looked at: what the hours want more of than the
pool has (long songs, say) is then not used up."""


class Cards:
    """Tracks (rows of the library), the longest rested first."""

    def __init__(self, tracks: Ints) -> None:
        self._cards = np.concatenate([tracks, np.empty(_PLAYS, dtype=np.int64)])
        self._front, self._back = 0, len(tracks)

    def __len__(self) -> int:
        return self._back - self._front

    def at(self, ranks: Ints) -> Ints:
        """The tracks at some places, 0 being the longest rested."""
        return self._cards[self._front + ranks[: np.searchsorted(ranks, len(self))]]

    def played(self, track: int) -> None:
        """Put a track at the back, if it is here."""
        at = self._place(track)
        if at is None:
            return
        cards, front = self._cards, self._front
        cards[front + 1 : at + 1] = cards[front:at].copy()
        self._front += 1
        if self._back == len(cards):
            self._cards = np.concatenate([cards[self._front :], np.empty(_PLAYS, dtype=np.int64)])
            self._front, self._back = 0, len(cards) - self._front
        self._cards[self._back] = track
        self._back += 1

    def _place(self, track: int) -> int | None:
        """Where a track is; it nearly always is near the front."""
        begin = self._front
        for end in (min(begin + _NEAR, self._back), self._back):
            found = np.flatnonzero(self._cards[begin:end] == track)
            if len(found):
                return begin + int(found[0])
        return None


@dataclass(frozen=True)
class Pool:
    """The tracks that a smart block finds, as a card file."""

    wanted: Wanted
    cards: Cards
    ranks: Ints
    """The cards that are looked at."""


class Pools:
    """The pools of a day, made when they are first asked for."""

    def __init__(self, library: Library, rules: Rules, rows: Mapping[Wanted, Ints], last: Ints, *, seed: int) -> None:
        """`rows` has the tracks of each smart block that finds any, `last` the last play of each track."""
        self._library, self._rules, self._rows, self._last, self._seed = library, rules, rows, last, seed
        self._pools: dict[Wanted, Pool] = {}

    def __getitem__(self, wanted: Wanted) -> Pool:
        """The pool of a smart block that finds something."""
        if wanted not in self._pools:
            tracks = self._rows[wanted]
            depth = self._rules.rotation_of(wanted.category).depth
            cards = Cards(_longest_rested_first(tracks, self._last[tracks], self._seed))
            self._pools[wanted] = Pool(wanted, cards, _ranks(len(tracks), depth))
        return self._pools[wanted]

    def played(self, track: int) -> None:
        """Put a track at the back, wherever it is."""
        category = int(self._library.codes["category"][track])
        names = self._library.names.get("category", ())
        name = names[category] if category != UNKNOWN else ""
        for wanted, pool in self._pools.items():
            if wanted.category in ("", name):
                pool.cards.played(track)


def _longest_rested_first(tracks: Ints, last: Ints, seed: int) -> Ints:
    """In order as far as a day gets. Of tracks that were last played at the same time (those that never were) the order
    is the station's own (`seed`) and stays from day to day."""
    shuffled = tracks.copy()
    for odd in (seed | 1, 0x9E3779B1):
        # Both are one to one on numbers of so many bits, so that no two tracks are equal.
        shuffled = shuffled * (odd & _LOW) & _LOW
        shuffled ^= shuffled >> (_BITS // 2)
    key = (last << _BITS) + shuffled
    front = len(tracks) // _REACH + _NEAR
    if len(tracks) <= 2 * front:
        return np.take(tracks, np.argsort(key))
    parted = np.argpartition(key, front)
    first = parted[:front]
    order: Ints = np.concatenate([first[np.argsort(key[first])], parted[front:]])
    return np.take(tracks, order)


def _ranks(size: int, depth: int | None) -> Ints:
    if depth is not None:
        return np.arange(min(max(1, depth), size))
    front = min(size, max(2, min(round(0.4 * size), _SMALL)))
    deep = size // _REACH
    if deep <= _LARGE:
        return np.arange(front)
    return np.unique(np.concatenate([np.arange(front), np.linspace(front, deep, _LARGE - front).astype(np.int64)]))
