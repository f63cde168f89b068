"""Which tiers send silence: a pure fold over the journal's lines."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from kit.contracts.air import Tier
from kit.contracts.facts import SilenceDetected, SilenceEnded

from stream_control.journal.lines import Boot, Line, Moment, SilenceTold, SoundTold

SilenceOutcome = SilenceDetected | SilenceEnded


@dataclass(frozen=True)
class Silence:
    """A tier's silence, from its first moment on."""

    since: Moment
    session: UUID | None = None


@dataclass(frozen=True)
class SilenceState:
    """All that has to be known to go on reading."""

    last_at: Moment = 0.0
    silent: dict[Tier, Silence] = field(default_factory=dict)


def fold(state: SilenceState, line: Line) -> tuple[SilenceState, list[SilenceOutcome]]:
    """The state after a line, and the facts that became true by it."""
    silent, outcomes = dict(state.silent), list[SilenceOutcome]()
    match line:
        case Boot():
            # Nobody can say more than when the engine was last alive.
            outcomes += [_ended(tier, one, state.last_at) for tier, one in silent.items()]
            silent = {}
        case SilenceTold(tier=tier) if tier not in silent:
            silent[tier] = Silence(line.at - line.seconds, line.session)
            outcomes.append(SilenceDetected(at=_utc(line.at), tier=tier, seconds=line.seconds, session_id=line.session))
        case SoundTold(tier=tier) if tier in silent:
            outcomes.append(_ended(tier, silent.pop(tier), line.at))
        case _:
            pass
    return SilenceState(max(line.at, state.last_at), silent), outcomes


def _ended(tier: Tier, silence: Silence, at: Moment) -> SilenceEnded:
    seconds = round(max(0.0, at - silence.since), 3)
    return SilenceEnded(at=_utc(at), tier=tier, seconds=seconds, session_id=silence.session)


def _utc(at: Moment) -> datetime:
    return datetime.fromtimestamp(at, UTC)
