"""The songs of an hour: candidates, rules and times go to the beam; what it finds goes into the blocks."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from log_generator.planning.blocks import Block, Segment
from log_generator.planning.catalog import Bools, Ints, Ints32
from log_generator.planning.clocks import Wanted
from log_generator.planning.instants import DAY, HOUR, SECOND, Hour, Ms
from log_generator.planning.log import Why
from log_generator.planning.music.beam import Songs, Step, search
from log_generator.planning.music.candidates import Candidates, gather
from log_generator.planning.music.cards import Pool, Pools
from log_generator.planning.music.following import following
from log_generator.planning.music.memory import Memory
from log_generator.planning.music.rules import BROKEN, HARD
from log_generator.planning.outline import song_part
from log_generator.planning.timing import Laid, Song

_WIDTHS = (32, 256)
"""States kept; the wider beam only where the first one does not land."""
_LANDED = 1200
_WIDER = (1, 4, 16)
"""So many times the cards, where with fewer a hard rule would be broken."""
_LEAST_SPREAD = 1.0 * SECOND
_SEARCHED = 2000
"""Cards that are looked through for a song of a certain length."""


def choose(memory: Memory, pools: Pools, hour: Hour, parts: Sequence[Segment]) -> bool:
    """Choose the songs of an hour's segments; whether every hard rule is kept."""
    blocks = [block for segment in parts for block in segment.songs()]
    if not blocks:
        return True
    needed = Counter(block.wanted for block in blocks if block.track is None and block.wanted)
    pinned = tuple(dict.fromkeys(block.track for block in blocks if block.track is not None))
    for wider in _WIDER:
        found = gather(memory, pools, needed, pinned, hour, wider=wider)
        songs, steps = _search(memory, found, hour, parts)
        if songs.points < BROKEN / 2:
            break
    _settle(memory, found, blocks, songs, steps, hour)
    return songs.points < BROKEN / 2


def _search(memory: Memory, found: Candidates, hour: Hour, parts: Sequence[Segment]) -> tuple[Songs, list[Step]]:
    durations = memory.library.duration_ms[found.tracks]
    steps = _steps(found, durations, hour, parts)
    rules = following(memory.sequence, found.tracks, memory.before())
    begin = parts[0].start_ms - hour.start_ms
    tried = []
    for width in _WIDTHS:
        tried.append(search(found, rules, durations, steps, begin, width))
        if abs(tried[-1].worst_off_ms) <= _LANDED:
            break
    return min(tried, key=lambda songs: songs.points), steps


def _steps(found: Candidates, durations: Ints32, hour: Hour, parts: Sequence[Segment]) -> list[Step]:
    means, spreads = _lengths(found, durations)
    steps: list[Step] = []
    lead = 0
    for segment in parts:
        songs = segment.songs()
        if not songs:
            fixed = segment.uncut_ms()
            lead += max(fixed, segment.end_ms - segment.start_ms) if segment.exact else fixed
            continue
        keys = [block.wanted if block.track is None else block.track for block in songs]
        ahead = float(sum(means[key] for key in keys if key is not None))
        spread = float(sum(spreads[key] for key in keys if key is not None))
        ahead += segment.uncut_ms()
        until = max(segment.end_ms, segment.start_ms + segment.uncut_ms()) - hour.start_ms
        for block in segment.blocks:
            if block.role != "music":
                lead += block.length_ms
                ahead -= block.length_ms
                continue
            key = block.wanted if block.track is None else block.track
            assert key is not None
            ahead, spread = ahead - means[key], spread - spreads[key]
            low, high = found.bounds[key]
            steps.append(
                Step(
                    low=low,
                    high=high,
                    lead_ms=lead,
                    until_ms=until,
                    ahead_ms=round(ahead),
                    spread_ms=max(_LEAST_SPREAD, max(0.0, spread) ** 0.5),
                    closes=block is songs[-1],
                    exact=segment.exact,
                    grace_ms=segment.grace_ms,
                    opens=not steps,
                )
            )
            lead = 0
        lead = 0
    return steps


def _lengths(found: Candidates, durations: Ints32) -> tuple[dict[Wanted | int, float], dict[Wanted | int, float]]:
    """Mean and variance of the lengths of each pool's candidates."""
    lengths = durations.astype(np.float64)
    means, spreads = {}, {}
    for one, (low, high) in found.bounds.items():
        some = lengths[low:high]
        means[one] = mean = float(some.sum()) / max(1, high - low)
        spreads[one] = float(some @ some) / max(1, high - low) - mean**2
    return means, spreads


def _settle(
    memory: Memory, found: Candidates, blocks: Sequence[Block], songs: Songs, steps: Sequence[Step], hour: Hour
) -> None:
    """Put songs into their blocks, and say how they came there."""
    tracks = found.tracks[list(songs.picks)].tolist()
    of_hours = _of_hours(memory, tracks, hour)
    ready = found.apart[0].ready
    for block, track, pick, start, step, extra in zip(
        blocks, tracks, songs.picks, songs.starts_ms, steps, of_hours, strict=True
    ):
        if block.track is None and block.wanted:
            low, high = step.low, step.high
            rejected = dict(found.rejected[block.wanted])
            late = int(np.count_nonzero(ready[low:high] > start))
            if late:
                rejected["too soon"] = late
            why = Why(
                text=f"{found.looked[block.wanted]} cards of {block.wanted.category or 'the library'} looked at",
                considered=high - low - late,
                rejected=rejected,
                points=extra,
            )
            block.track = track
            block.parts = [song_part(memory.library, track, "fill" if block.added else "rotation", why)]
        ready = np.maximum(ready, start + found.apart[0].between[pick])


def _of_hours(memory: Memory, tracks: Sequence[int], hour: Hour) -> list[dict[str, float]]:
    """Points for the hours of day of each track's last plays."""
    rules = memory.rules
    rows = np.array(tracks)
    hours = memory.offsets.local(memory.last[rows]) % DAY // HOUR
    weights = memory.turns.same_hour[memory.library.codes["category"][rows]]
    yesterday = memory.yesterday.get(hour.key.hour, set())
    found = []
    for track, last, weight in zip(tracks, hours.tolist(), weights.tolist(), strict=True):
        own = {"hour of its last play": weight / 1000} if last == hour.key.hour and weight else {}
        found.append(own | ({"hour of yesterday": rules.yesterday} if track in yesterday else {}))
    return found


def spare(memory: Memory, pool: Pool, hour: Hour, laid: Sequence[Laid], at: Ms, least: Ms) -> Song:
    """A song for a gap: the shortest that is as long, else the longest; of those that the rules allow, if there are."""
    tracks = pool.cards.at(np.arange(min(len(pool.cards), _SEARCHED)))
    allowed = _allowed(memory, tracks, hour, laid, at)
    lengths = memory.library.duration_ms[tracks]
    for choice in (allowed & (lengths >= least), allowed, lengths >= least, np.ones(len(tracks), dtype=bool)):
        if choice.any():
            rows = tracks[choice]
            long = memory.library.duration_ms[rows]
            row = int(rows[long.argmin() if long.max() >= least and long.min() >= least else long.argmax()])
            break
    return song_part(memory.library, row, "fill", Why("it fills what is left before the next anchor")), row


def _allowed(memory: Memory, tracks: Ints, hour: Hour, laid: Sequence[Laid], at: Ms) -> Bools:
    library = memory.library
    allowed: Bools = library.hours[tracks] >> hour.key.hour & 1 == 1
    allowed &= memory.today[tracks] < memory.turns.plays_a_day[library.codes["category"][tracks]]
    waits = memory.waits(tracks)
    for wait in waits:
        if wait.weight == HARD:
            allowed &= wait.until <= at
    for one in laid:
        if one.block.track is not None:
            allowed &= ~np.isin(library.people[tracks], library.people[one.block.track]).any(axis=1)
            allowed &= (library.album[tracks] != library.album[one.block.track]) & (tracks != one.block.track)
    return allowed
