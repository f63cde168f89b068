"""What could be played in an hour: the front of each pool's cards, less what no rule would let in, with the price of
each track and the distances that any two of them have to keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from log_generator.planning.catalog import UNKNOWN, Bools, Ints, Ints32
from log_generator.planning.clocks import Wanted
from log_generator.planning.instants import DAY, HOUR, MINUTE, Hour, Ms
from log_generator.planning.music.cards import Pool, Pools
from log_generator.planning.music.following import Floats
from log_generator.planning.music.memory import OF_AN_ALBUM, OF_AN_ARTIST, WINDOW, Memory, Wait
from log_generator.planning.music.rules import BROKEN, HARD

_UNRELATED = -HOUR
_WIDER = 2
_MOST = 400
"""Cards that are looked at where the first ones have too few."""
_FAR = 20 * DAY
_NOISE = 0.05
"""Points by which revisions of a day differ."""
_MARGIN = 3 * MINUTE
"""What is settled may begin a little earlier than it was planned."""


@dataclass(frozen=True)
class Apart:
    """How long after the start of one candidate another may begin, and the points for not waiting. Milliseconds."""

    ready: Ints32
    """From the hour's start, by what was played before it."""
    between: Ints32
    """Candidates × candidates."""
    price: float


@dataclass(frozen=True)
class Limit:
    """So many of an artist or an album in three hours, where separation alone does not see to it."""

    together: Ints32
    """Candidates × candidates: 1 for the same one."""
    ready: Ints32
    """Candidates × plays of it in the hour so far: from when on it may begin, milliseconds from the hour's start."""


@dataclass(frozen=True)
class Ahead:
    """A play that is settled: what is too close before it has to wait until after it. Milliseconds from the hour's
    start."""

    at_ms: Ms
    latest: Ints32
    """The last instant at which each candidate may begin."""


@dataclass(frozen=True)
class Candidates:
    """Tracks that an hour may play."""

    tracks: Ints
    bounds: Mapping[Wanted | int, tuple[int, int]]
    """Of each pool, and of each pinned track."""
    price: Floats
    """Points for playing it in this hour."""
    opens: Floats
    """And more for its opening the hour."""
    apart: tuple[Apart, ...]
    """The hard rules together, then each that has a weight."""
    limits: tuple[Limit, ...]
    ahead: tuple[Ahead, ...]
    looked: Mapping[Wanted, int]
    """Cards looked at."""
    rejected: Mapping[Wanted, Mapping[str, int]]
    """Of these: how many a rule kept out of the whole hour."""


@dataclass(frozen=True)
class _Look:
    """Cards as they were looked at."""

    tracks: Ints
    ranks: Floats
    """From 0, the longest rested, up to 1 for the last of those that are looked at as a rule."""
    pool: Ints
    waits: list[Wait]
    kept_out: Mapping[str, Bools]

    def allowed(self) -> Bools:
        kept: Bools = np.logical_or.reduce(list(self.kept_out.values()))
        return ~kept


def gather(
    memory: Memory,
    pools: Pools,
    needed: Mapping[Wanted, int],
    pinned: Sequence[int],
    hour: Hour,
    *,
    wider: int = 1,
) -> Candidates:
    """Candidates for an hour that plays so many songs of each pool, and these pinned tracks. `wider` looks at so many
    times the cards."""
    names = list(needed)
    ranks = {
        one: pools[one].ranks if wider == 1 else _first(pools[one], wider * len(pools[one].ranks)) for one in names
    }
    while True:
        look = _look(memory, [pools[one] for one in names], ranks, hour)
        allowed = look.allowed()
        counts = np.bincount(look.pool[allowed], minlength=len(names)).tolist()
        scarce = [
            one
            for one, count in zip(names, counts, strict=True)
            if count < needed[one] + max(1, needed[one] // 2) and len(ranks[one]) < len(_first(pools[one], _MOST))
        ]
        if not scarce:
            break
        for one in scarce:
            ranks[one] = _first(pools[one], _WIDER * len(ranks[one]) + needed[one])
    # Where too few are allowed the others stay in, at their price: something has to be played.
    few = np.array([count < needed[one] for one, count in zip(names, counts, strict=True)], dtype=bool)
    return _candidates(memory, look, allowed | few[look.pool], names, pinned, hour)


def _first(pool: Pool, count: int) -> Ints:
    return np.arange(min(len(pool.cards), _MOST, count))


def _look(memory: Memory, pools: Sequence[Pool], ranks: Mapping[Wanted, Ints], hour: Hour) -> _Look:
    seen = [pool.cards.at(ranks[pool.wanted]) for pool in pools]
    tracks = np.concatenate([*seen, np.empty(0, dtype=np.int64)])
    places = [np.arange(len(one)) / len(pool.ranks) for one, pool in zip(seen, pools, strict=True)]
    category = memory.library.codes["category"][tracks]
    waits = memory.waits(tracks)
    kept_out = {wait.rule: wait.until >= hour.end_ms for wait in waits if wait.weight == HARD}
    kept_out["hours"] = memory.library.hours[tracks] >> hour.key.hour & 1 == 0
    kept_out["plays a day"] = memory.today[tracks] >= memory.turns.plays_a_day[category]
    return _Look(
        tracks=tracks,
        ranks=np.concatenate([*places, np.empty(0)]).astype(np.float32),
        pool=np.repeat(np.arange(len(seen)), [len(one) for one in seen]),
        waits=waits,
        kept_out=kept_out,
    )


def _candidates(
    memory: Memory, look: _Look, stays: Bools, names: Sequence[Wanted], pinned: Sequence[int], hour: Hour
) -> Candidates:
    ends = np.cumsum(np.bincount(look.pool[stays], minlength=len(names)))
    starts = np.concatenate([[0], ends])
    bounds: dict[Wanted | int, tuple[int, int]] = {
        one: (int(starts[at]), int(ends[at])) for at, one in enumerate(names)
    }
    chosen = look.tracks[stays]
    bounds |= {track: (len(chosen) + at, len(chosen) + at + 1) for at, track in enumerate(pinned)}
    tracks = np.concatenate([chosen, np.array(pinned, dtype=np.int64)])
    price = np.zeros(len(tracks), dtype=np.float32)
    price[: len(chosen)] = _prices(memory, look, hour)[stays]
    opener = memory.rules.opener_weight if memory.rules.opener else 0.0
    return Candidates(
        tracks=tracks,
        bounds=bounds,
        price=price,
        opens=(~memory.openers[tracks] * opener).astype(np.float32),
        apart=_apart(memory, tracks, hour.start_ms),
        limits=_limits(memory, tracks, hour.start_ms) if memory.rules.web_radio else (),
        ahead=_ahead(memory, tracks, hour, len(chosen)),
        looked=dict(zip(names, np.bincount(look.pool, minlength=len(names)).tolist(), strict=True)),
        rejected=_rejected(look, names),
    )


def _rejected(look: _Look, names: Sequence[Wanted]) -> dict[Wanted, dict[str, int]]:
    found: dict[Wanted, dict[str, int]] = {one: {} for one in names}
    for rule, kept in look.kept_out.items():
        if kept.any():
            counts = np.bincount(look.pool[kept], minlength=len(names)).tolist()
            for one, count in zip(names, counts, strict=True):
                found[one] |= {rule: count} if count else {}
    return found


def _prices(memory: Memory, look: _Look, hour: Hour) -> Floats:
    """What does not depend on the hour's other songs: whose turn it is, and the hours of its last plays."""
    rules, tracks = memory.rules, look.tracks
    # The longest rested gains most; beyond the cards that are looked at as a rule, each one costs more.
    price = np.where(look.ranks < 1, -np.square(1 - look.ranks), 2 * (look.ranks - 1)) * rules.ageing
    local = memory.offsets.local(memory.last[tracks])
    same_hour = memory.turns.same_hour[memory.library.codes["category"][tracks]]
    price += (local % DAY // HOUR == hour.key.hour) * same_hour / 1000
    if rules.same_quarter:
        price += rules.same_quarter * (local // (DAY // 4) == memory.day * 4 + hour.key.hour // 6)
    if yesterday := memory.yesterday.get(hour.key.hour):
        price += rules.yesterday * memory.among(tracks, yesterday)
    late = np.maximum.reduce([wait.until for wait in look.waits if wait.weight == HARD]) - hour.end_ms
    price += np.clip(late, 0, _FAR) / DAY
    price += BROKEN * (look.kept_out["hours"].astype(np.int64) + look.kept_out["plays a day"])
    price += _NOISE * memory.noise.random(len(tracks))
    return price.astype(np.float32)


def _apart(memory: Memory, tracks: Ints, start: Ms) -> tuple[Apart, ...]:
    waits = memory.waits(tracks)
    hard = [wait for wait in waits if wait.weight == HARD]
    ready = np.maximum.reduce([wait.until for wait in hard])
    between = np.full((len(tracks), len(tracks)), _UNRELATED, dtype=np.int32)
    for wait in sorted(hard, key=lambda wait: int(wait.apart_ms.min(initial=0))):
        _separate(between, wait)
    found = [Apart(_relative(ready, start), between, BROKEN)]
    for wait in waits:
        if wait.weight != HARD:
            own = np.full_like(between, _UNRELATED)
            _separate(own, wait)
            found.append(Apart(_relative(wait.until, start), own, wait.weight))
    return tuple(found)


def _limits(memory: Memory, tracks: Ints, start: Ms) -> tuple[Limit, ...]:
    rules, library = memory.rules, memory.library
    found = []
    for separation, most, column, recent in (
        (rules.artist, OF_AN_ARTIST, library.people[tracks, 0], memory.recent_people),
        (rules.album, OF_AN_ALBUM, library.album[tracks], memory.recent_albums),
    ):
        if separation.weight == HARD and separation.ms * most >= WINDOW:
            continue
        ready = np.full((len(tracks), most + 1), -_FAR, dtype=np.int64)
        for at, one in enumerate(column.tolist()):
            plays = recent.get(one, []) if one != UNKNOWN else []
            for more in range(most):
                if len(plays) >= most - more:
                    ready[at, more] = plays[more - most] + WINDOW - start
        ready[:, most] = _FAR
        together = (column[:, None] == column[None, :]) & (column != UNKNOWN)[:, None]
        found.append(Limit(together.astype(np.int32), np.clip(ready, -_FAR, _FAR).astype(np.int32)))
    return tuple(found)


def _ahead(memory: Memory, tracks: Ints, hour: Hour, chosen: int) -> tuple[Ahead, ...]:
    """Settled plays of the hour by themselves, the later ones together. Tracks from `chosen` on are settled too."""
    found: list[Ahead] = []
    latest = np.full(len(tracks), _FAR, dtype=np.int64)
    for at, settled in memory.later:
        if at < hour.start_ms:
            continue
        own = at - hour.start_ms - _distances(memory, tracks, settled)
        own[chosen:] = _FAR
        if at < hour.end_ms:
            found.append(Ahead(at - hour.start_ms, np.clip(own, -_FAR, _FAR).astype(np.int32)))
        else:
            latest = np.minimum(latest, own)
    if int(latest.min(initial=_FAR)) < hour.length_ms:
        found.append(Ahead(_FAR, np.clip(latest, -_FAR, _FAR).astype(np.int32)))
    return tuple(found)


def _distances(memory: Memory, tracks: Ints, settled: int) -> Ints:
    """How long before a settled play each track may begin at the latest; far less than nothing for no matter."""
    distances = np.full(len(tracks), -_FAR, dtype=np.int64)
    for wait in memory.waits(np.append(tracks, settled)):
        if wait.weight == HARD:
            for mine in wait.marks:
                for other in wait.marks:
                    related = (mine[:-1] == other[-1]) & (mine[:-1] != UNKNOWN)
                    distances[related] = np.maximum(distances[related], wait.apart_ms[-1] + _MARGIN)
    return distances


def _separate(between: Ints32, wait: Wait) -> None:
    """Write a rule's distance where two have something in common."""
    if not wait.marks:
        return
    apart = np.minimum(wait.apart_ms, _FAR).astype(np.int32)
    every = np.arange(len(apart))
    between[every, every] = np.maximum(between[every, every], apart)
    marks = np.concatenate(wait.marks)
    order = np.argsort(marks)
    sorted_marks = marks[order]
    twice = np.zeros(len(marks) + 1, dtype=bool)
    twice[1:-1] = (sorted_marks[1:] == sorted_marks[:-1]) & (sorted_marks[1:] != UNKNOWN)
    # Nearly everything is by itself: only what is not is compared with each other.
    shared = order[twice[1:] | twice[:-1]]
    if not len(shared):
        return
    of_shared = marks[shared]
    here, there = np.nonzero(of_shared[:, None] == of_shared[None, :])
    pairs = shared[here] % len(apart), shared[there] % len(apart)
    between[pairs] = np.maximum(between[pairs], apart[pairs[0]])


def _relative(until: Ints, start: Ms) -> Ints32:
    return np.clip(until - start, -_FAR, _FAR).astype(np.int32)
