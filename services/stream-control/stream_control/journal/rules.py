"""From what the journal saw to what aired: a pure fold, the same for as-run and for now playing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kit.contracts.air import EndReason, Tier

from stream_control.journal.lines import Boot, Ending, Line, Moment, Noted, PlayerLost, Resumed, TierEntered, TrackBegan

# Metadata travels a moment ahead of or behind its audio, so "whole" allows for this much, in seconds.
TOLERANCE = 2.0

LengthOf = Callable[[str], float | None]
"""Length in seconds of an item, None when it is not known."""


@dataclass(frozen=True)
class Airing:
    """One playing of an item on a tier, whether heard or not."""

    item: str
    started_at: Moment
    heard_seconds: float = 0.0
    heard_since: Moment | None = None
    note: Ending | None = None
    resumed: bool = False


@dataclass(frozen=True)
class AirState:
    """All that has to be known to go on reading."""

    tier: Tier | None = None
    last_at: Moment = 0.0
    airings: dict[Tier, Airing] = field(default_factory=dict)
    interrupted: dict[Tier, str] = field(default_factory=dict)
    """The item that each tier lost in the middle: its next beginning is a resumption."""


@dataclass(frozen=True)
class Started:
    """An airing began."""

    tier: Tier
    item: str
    at: Moment


@dataclass(frozen=True)
class Ended:
    """The tier's airing ended; it had been heard for `heard_seconds`."""

    tier: Tier
    at: Moment
    reason: EndReason
    heard_seconds: float


@dataclass(frozen=True)
class Changed:
    """Listeners hear another tier."""

    tier: Tier
    previous: Tier | None
    at: Moment


Outcome = Started | Ended | Changed


def fold(state: AirState, line: Line, length_of: LengthOf) -> tuple[AirState, list[Outcome]]:
    """The state after a line, and what became true by it."""
    outcomes: list[Outcome] = []
    match line:
        case Boot():
            for tier in state.airings:
                outcomes.append(_ended(state.airings[tier], tier, state.last_at, "engine_restarted"))
            lost = {tier: airing.item for tier, airing in state.airings.items()}
            state = AirState(interrupted={**state.interrupted, **lost})
        case TierEntered():
            state, outcomes = _enter(state, line)
        case TrackBegan():
            state, outcomes = _begin(state, line, length_of)
        case PlayerLost():
            state, outcomes = _close(state, line.tier, line.at, length_of, otherwise="interrupted")
        case Resumed():
            state, outcomes = _resume(state, line)
        case Noted() if line.tier in state.airings:
            airing = replace(state.airings[line.tier], note=line.note)
            state = replace(state, airings={**state.airings, line.tier: airing})
    return replace(state, last_at=max(line.at, state.last_at)), outcomes


def heard_until(airing: Airing, at: Moment) -> float:
    """Seconds of an airing that listeners have heard at a moment."""
    since = airing.heard_since
    return airing.heard_seconds + (max(0.0, at - since) if since is not None else 0.0)


def _enter(state: AirState, line: TierEntered) -> tuple[AirState, list[Outcome]]:
    outcomes: list[Outcome] = [Changed(line.tier, state.tier, line.at)]
    airings = {
        tier: replace(airing, heard_seconds=heard_until(airing, line.at), heard_since=None)
        for tier, airing in state.airings.items()
    }
    # Noise has no player that could say when it begins: it airs exactly while it is heard.
    if "noise" in airings:
        outcomes.append(_ended(airings.pop("noise"), "noise", line.at, "recovered"))
    if line.tier == "noise":
        airings["noise"] = Airing("", line.at)
        outcomes.append(Started("noise", "", line.at))
    if line.tier in airings:
        airings[line.tier] = replace(airings[line.tier], heard_since=line.at)
    return replace(state, tier=line.tier, airings=airings), outcomes


def _begin(state: AirState, line: TrackBegan, length_of: LengthOf) -> tuple[AirState, list[Outcome]]:
    current = state.airings.get(line.tier)
    if current and current.resumed and current.item == line.item and line.at - current.started_at < TOLERANCE:
        return state, []
    state, outcomes = _close(state, line.tier, line.at, length_of, otherwise="replaced")
    resumed = state.interrupted.get(line.tier) == line.item
    state, started = _open(state, line.tier, line.item, line.at, resumed=resumed)
    return state, [*outcomes, started]


def _resume(state: AirState, line: Resumed) -> tuple[AirState, list[Outcome]]:
    """A player that goes on after a pause does not say its title again."""
    item = state.interrupted.get(line.tier)
    if item is None or line.tier in state.airings:
        return state, []
    state, started = _open(state, line.tier, item, line.at, resumed=True)
    return state, [started]


def _open(state: AirState, tier: Tier, item: str, at: Moment, *, resumed: bool) -> tuple[AirState, Started]:
    airing = Airing(item, at, heard_since=at if state.tier == tier else None, resumed=resumed)
    interrupted = {name: lost for name, lost in state.interrupted.items() if name != tier}
    state = replace(state, airings={**state.airings, tier: airing}, interrupted=interrupted)
    return state, Started(tier, item, at)


def _close(
    state: AirState, tier: Tier, at: Moment, length_of: LengthOf, *, otherwise: EndReason
) -> tuple[AirState, list[Outcome]]:
    airing = state.airings.get(tier)
    if airing is None:
        return state, []
    length = length_of(airing.item)
    whole = length is not None and at - airing.started_at >= length - TOLERANCE
    # A resumed airing began somewhere in the middle; followed by another item, it had reached its end.
    whole = whole or (otherwise == "replaced" and (airing.resumed or length is None))
    reason: EndReason = airing.note or ("finished" if whole else otherwise)
    airings = {name: other for name, other in state.airings.items() if name != tier}
    interrupted = state.interrupted
    if reason in ("interrupted", "paused"):
        interrupted = {**interrupted, tier: airing.item}
    return replace(state, airings=airings, interrupted=interrupted), [_ended(airing, tier, at, reason)]


def _ended(airing: Airing, tier: Tier, at: Moment, reason: EndReason) -> Ended:
    return Ended(tier, at, reason, heard_until(airing, at))
