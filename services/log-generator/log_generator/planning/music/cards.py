"""The card file: a pool's tracks in the order of their last play. What is played goes to the back; whoever plays next
is looked for near the front. That alone rotates a library, at a cost that does not grow with it."""

from dataclasses import dataclass

import numpy as np

from log_generator.planning.catalog import UNKNOWN, Ints, Library
from log_generator.planning.clocks import Wanted
from log_generator.planning.music.rules import Rules

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

    def __init__(self, library: Library, rules: Rules, last: Ints, *, seed: int) -> None:
        self._library, self._rules, self._last, self._seed = library, rules, last, seed
        self._pools: dict[Wanted, Pool] = {}
        self._shuffled: Ints | None = None

    def __getitem__(self, wanted: Wanted) -> Pool:
        """The pool of a smart block that finds something.

        Tracks of which the last play was at the same time (those that were never played) lie in an order that is the
        station's own (`seed`) and stays from day to day."""
        if wanted not in self._pools:
            if self._shuffled is None:
                self._shuffled = np.random.default_rng(self._seed).permutation(len(self._library)).astype(np.int64)
            tracks = np.flatnonzero(self._library.matching(wanted))
            order = np.argsort((self._last[tracks] << 20) + (self._shuffled[tracks] & 0xFFFFF))
            depth = self._rules.rotation_of(wanted.category).depth
            self._pools[wanted] = Pool(wanted, Cards(tracks[order]), _ranks(len(tracks), depth))
        return self._pools[wanted]

    def played(self, track: int) -> None:
        """Put a track at the back, wherever it is."""
        category = int(self._library.codes["category"][track])
        names = self._library.names.get("category", ())
        name = names[category] if category != UNKNOWN else ""
        for wanted, pool in self._pools.items():
            if wanted.category in ("", name):
                pool.cards.played(track)


def _ranks(size: int, depth: int | None) -> Ints:
    if depth is not None:
        return np.arange(min(max(1, depth), size))
    front = min(size, max(2, min(round(0.4 * size), _SMALL)))
    deep = size // _REACH
    if deep <= _LARGE:
        return np.arange(front)
    return np.unique(np.concatenate([np.arange(front), np.linspace(front, deep, _LARGE - front).astype(np.int64)]))
