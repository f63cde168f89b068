"""How far the requests have come by the journal's word: begun, over, or left off in the middle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kit.contracts.air import EndReason, Tier

from stream_control.journal.rules import AirState, Ended, Outcome, Started

TIER: Tier = "user"
OVER = ("finished", "skipped", "replaced")
"""Reasons after which a request is never played again."""


@dataclass(frozen=True)
class LeftOff:
    """Where a request was interrupted."""

    position: float
    """Seconds of it that were played."""
    heard: bool
    """Whether anybody could hear the last of it: what nobody heard is played again."""
    reason: EndReason


@dataclass(frozen=True)
class Progress:
    """What became of every request that the journal tells of."""

    playing: str | None = None
    starts: int = 0
    """How often one of them began or went on."""
    began: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()
    left_off: Mapping[str, LeftOff] = field(default_factory=dict)


def advance(progress: Progress, before: AirState, after: AirState, outcomes: Iterable[Outcome]) -> Progress:
    """The progress after a line of the journal, which led from one state to another with these outcomes."""
    for outcome in outcomes:
        if isinstance(outcome, Started) and outcome.tier == TIER:
            progress = _begin(progress, outcome.item)
        elif isinstance(outcome, Ended) and outcome.tier == TIER and progress.playing is not None:
            progress = _end(progress, before, after, outcome)
    return progress


def _begin(progress: Progress, item: str) -> Progress:
    left_off = {other: left for other, left in progress.left_off.items() if other != item}
    return replace(progress, playing=item, starts=progress.starts + 1, began=progress.began | {item}, left_off=left_off)


def _end(progress: Progress, before: AirState, after: AirState, ended: Ended) -> Progress:
    item = progress.playing or ""
    progress = replace(progress, playing=None)
    if ended.reason in OVER:
        return replace(progress, over=progress.over | {item})
    if item in progress.over:
        return progress
    airing, lost = before.airings.get(TIER), after.interrupted.get(TIER)
    heard = ended.heard_seconds > 0
    if heard and lost and lost.item == item:
        position = lost.position
    else:
        position = airing.position if airing and airing.item == item else 0.0
    return replace(progress, left_off={**progress.left_off, item: LeftOff(position, heard, ended.reason)})
