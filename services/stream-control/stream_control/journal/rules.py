"""From what the journal saw to what aired: a pure fold, the same for as-run and for now playing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kit.contracts.air import EndReason, Tier

from stream_control.journal import sessions, silences
from stream_control.journal.lines import Boot, Ending, Line, Moment, Noted, PlayerLost, Resumed, TierEntered, TrackBegan
from stream_control.journal.sessions import LiveOutcome, LiveState
from stream_control.journal.silences import SilenceOutcome, SilenceState

# Metadata travels a moment ahead of or behind its audio, so "whole" allows for this much, in seconds.
TOLERANCE = 2.0
# A player that comes back from a death begins up to five seconds before the place it had reached, or a little more.
RESUMED_TOLERANCE = 8.0

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
    position: float = 0.0
    """Seconds of the item that had been played before, when it is resumed."""

    def ends_at(self, length: float) -> Moment:
        """When an item of this length will have been played to its end."""
        return self.started_at + max(0.0, length - self.position)


@dataclass(frozen=True)
class Interruption:
    """An item that a tier lost in the middle, and where; a player that nobody hears for a while plays on."""

    item: str
    position: float
    at: Moment
    plays_on: bool

    def position_at(self, at: Moment) -> float:
        """How far the item has been played at a moment, seconds."""
        return self.position + (max(0.0, at - self.at) if self.plays_on else 0.0)


@dataclass(frozen=True)
class AirState:
    """All that has to be known to go on reading."""

    tier: Tier | None = None
    last_at: Moment = 0.0
    airings: dict[Tier, Airing] = field(default_factory=dict)
    interrupted: dict[Tier, Interruption] = field(default_factory=dict)
    """What each tier lost in the middle: its next beginning is a resumption."""
    live: LiveState = field(default_factory=LiveState)
    """Who is live."""
    silence: SilenceState = field(default_factory=SilenceState)
    """Which tiers send silence."""


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


Outcome = Started | Ended | Changed | LiveOutcome | SilenceOutcome


def fold(state: AirState, line: Line, length_of: LengthOf) -> tuple[AirState, list[Outcome]]:
    """The state after a line, and what became true by it."""
    outcomes: list[Outcome] = []
    repeated: list[Outcome] = []
    before = state
    if not isinstance(line, Boot):
        state, repeated = _repeat(state, line.at, length_of)
    match line:
        case Boot():
            state, outcomes = _reboot(state)
        case TierEntered():
            state, outcomes = _enter(state, line)
        case TrackBegan():
            state, outcomes = _begin(state, line, length_of)
        case PlayerLost():
            state, outcomes = _close(state, line.tier, line.at, length_of, otherwise="interrupted")
        case Resumed():
            state, outcomes = _resume(state, line, length_of)
        case Noted() if line.tier in state.airings:
            airing = replace(state.airings[line.tier], note=line.note)
            state = replace(state, airings={**state.airings, line.tier: airing})
    live, told = sessions.fold(before.live, line)
    silence, noticed = silences.fold(before.silence, line)
    state = replace(state, last_at=max(line.at, state.last_at), live=live, silence=silence)
    return state, [*repeated, *outcomes, *told, *noticed]


def heard_until(airing: Airing, at: Moment) -> float:
    """Seconds of an airing that listeners have heard at a moment."""
    since = airing.heard_since
    return airing.heard_seconds + (max(0.0, at - since) if since is not None else 0.0)


def _repeat(state: AirState, at: Moment, length_of: LengthOf) -> tuple[AirState, list[Outcome]]:
    """An item that has played longer than it is has begun again: a player does not repeat a title that stays."""
    outcomes: list[Outcome] = []
    airings = dict(state.airings)
    for tier, airing in state.airings.items():
        length = length_of(airing.item)
        if length is None:
            continue
        end = airing.ends_at(length)
        if at <= end + (RESUMED_TOLERANCE if airing.resumed else TOLERANCE):
            continue
        heard = min(heard_until(airing, end), end - airing.started_at)
        # After a longer silence of the journal nobody knows how often it went round.
        begins = end if at < end + length else at
        since = None if airing.heard_since is None else max(begins, airing.heard_since)
        airings[tier] = Airing(airing.item, begins, heard_since=since)
        outcomes += [Ended(tier, end, "finished", heard), Started(tier, airing.item, begins)]
    return replace(state, airings=airings), outcomes


def _reboot(state: AirState) -> tuple[AirState, list[Outcome]]:
    outcomes: list[Outcome] = [
        _ended(airing, tier, state.last_at, "engine_restarted") for tier, airing in state.airings.items()
    ]
    # The requests' player is paused the moment the engine dies; the programme's plays on.
    lost = {
        tier: _interruption(airing, state.last_at, plays_on=tier != "user") for tier, airing in state.airings.items()
    }
    return AirState(interrupted={**state.interrupted, **lost}), outcomes


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
    if current and current.resumed and current.item == line.item and line.at - current.started_at < RESUMED_TOLERANCE:
        return state, []
    state, outcomes = _close(state, line.tier, line.at, length_of, otherwise="replaced")
    state, started = _open(state, line.tier, line.item, line.at, length_of)
    return state, [*outcomes, started]


def _resume(state: AirState, line: Resumed, length_of: LengthOf) -> tuple[AirState, list[Outcome]]:
    """A player that goes on after a pause does not say its title again."""
    lost = state.interrupted.get(line.tier)
    if lost is None or line.tier in state.airings:
        return state, []
    state, started = _open(state, line.tier, lost.item, line.at, length_of)
    return state, [started]


def _open(state: AirState, tier: Tier, item: str, at: Moment, length_of: LengthOf) -> tuple[AirState, Started]:
    lost, length = state.interrupted.get(tier), length_of(item)
    position = lost.position_at(at) if lost and lost.item == item else None
    # Played on past its end meanwhile: this is another playing of it.
    if position is not None and length is not None and position >= length:
        position = None
    airing = Airing(
        item,
        at,
        heard_since=at if state.tier == tier else None,
        resumed=position is not None,
        position=position or 0.0,
    )
    interrupted = {name: other for name, other in state.interrupted.items() if name != tier}
    state = replace(state, airings={**state.airings, tier: airing}, interrupted=interrupted)
    return state, Started(tier, item, at)


def _close(
    state: AirState, tier: Tier, at: Moment, length_of: LengthOf, *, otherwise: EndReason
) -> tuple[AirState, list[Outcome]]:
    airing = state.airings.get(tier)
    if airing is None:
        return state, []
    length = length_of(airing.item)
    # Of an item of unknown length all that can be said is that another one followed.
    whole = otherwise == "replaced" if length is None else at >= airing.ends_at(length) - TOLERANCE
    reason: EndReason = airing.note or ("finished" if whole else otherwise)
    airings = {name: other for name, other in state.airings.items() if name != tier}
    interrupted = state.interrupted
    if reason in ("interrupted", "paused"):
        interrupted = {**interrupted, tier: _interruption(airing, at, plays_on=False)}
    return replace(state, airings=airings, interrupted=interrupted), [_ended(airing, tier, at, reason)]


def _interruption(airing: Airing, at: Moment, *, plays_on: bool) -> Interruption:
    return Interruption(airing.item, airing.position + max(0.0, at - airing.started_at), at, plays_on)


def _ended(airing: Airing, tier: Tier, at: Moment, reason: EndReason) -> Ended:
    return Ended(tier, at, reason, heard_until(airing, at))
