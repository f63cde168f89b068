"""Who was live, and for how long they were heard: a pure fold over the journal's lines."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from kit.contracts.air import LiveEnd
from kit.contracts.facts import LiveConnected, LiveEnded, LiveHeard, LiveTitle

from stream_control.journal.lines import Boot, Line, LiveTold, Moment, TierEntered, TitleTold

TELL_EVERY = 10.0
"""Seconds of being heard after which it is told again how long that is."""

LiveOutcome = LiveConnected | LiveHeard | LiveTitle | LiveEnded


@dataclass(frozen=True)
class LiveSession:
    """A session whose encoder is connected; seconds are those in which its tier was on air."""

    id: UUID
    since: Moment
    name: str = ""
    title: str = ""
    artist: str = ""
    heard_seconds: float = 0.0
    heard_since: Moment | None = None
    told_seconds: float = 0.0

    def heard_until(self, at: Moment) -> float:
        """Seconds that it has been heard at a moment."""
        return self.heard_seconds + (max(0.0, at - self.heard_since) if self.heard_since is not None else 0.0)


@dataclass(frozen=True)
class LiveState:
    """All that has to be known to go on reading."""

    on_air: bool = False
    last_at: Moment = 0.0
    session: LiveSession | None = None


def fold(state: LiveState, line: Line) -> tuple[LiveState, list[LiveOutcome]]:
    """The state after a line, and the facts that became true by it."""
    outcomes: list[LiveOutcome] = []
    match line:
        case Boot():
            # Nobody can say more than when the engine was last alive.
            state, outcomes = _end(replace(state, on_air=False), state.last_at, "engine_restarted")
        case TierEntered():
            state = _enter(state, line)
        case LiveTold(state="connected"):
            state, outcomes = _connect(state, line)
        case LiveTold(session=session, state="disconnected" | "cut" as reason) if _is(state, session):
            state, outcomes = _end(state, line.at, reason)
        case TitleTold() if _is(state, line.session):
            state, outcomes = _entitle(state, line)
        case _:
            pass
    state, told = _tell(state, line.at)
    return replace(state, last_at=max(line.at, state.last_at)), [*outcomes, *told]


def _is(state: LiveState, session: UUID) -> bool:
    return state.session is not None and state.session.id == session


def _enter(state: LiveState, line: TierEntered) -> LiveState:
    session, on_air = state.session, line.tier == "live"
    if session is not None:
        heard = session.heard_until(line.at)
        session = replace(session, heard_seconds=heard, heard_since=line.at if on_air else None)
    return replace(state, on_air=on_air, session=session)


def _connect(state: LiveState, line: LiveTold) -> tuple[LiveState, list[LiveOutcome]]:
    if _is(state, line.session):
        return state, []
    # Nobody wrote how the one before it ended.
    state, outcomes = _end(state, line.at, "lost")
    since = line.at if state.on_air else None
    session = LiveSession(line.session, line.at, name=line.name, heard_since=since)
    return replace(state, session=session), [*outcomes, LiveConnected(at=_utc(line.at), session_id=line.session)]


def _entitle(state: LiveState, line: TitleTold) -> tuple[LiveState, list[LiveOutcome]]:
    session = state.session
    if session is None or (session.title, session.artist) == (line.title, line.artist):
        return state, []
    told = LiveTitle(at=_utc(line.at), session_id=line.session, title=line.title or None, artist=line.artist or None)
    return replace(state, session=replace(session, title=line.title, artist=line.artist)), [told]


def _end(state: LiveState, at: Moment, reason: LiveEnd) -> tuple[LiveState, list[LiveOutcome]]:
    session = state.session
    if session is None:
        return state, []
    heard = round(session.heard_until(at), 3)
    ended = LiveEnded(at=_utc(at), session_id=session.id, reason=reason, heard_seconds=heard)
    return replace(state, session=None), [ended]


def _tell(state: LiveState, at: Moment) -> tuple[LiveState, list[LiveOutcome]]:
    session = state.session
    if session is None:
        return state, []
    heard = round(session.heard_until(at), 3)
    if session.heard_since is None or heard < session.told_seconds + TELL_EVERY:
        return state, []
    told = LiveHeard(at=_utc(at), session_id=session.id, heard_seconds=heard)
    return replace(state, session=replace(session, told_seconds=heard)), [told]


def _utc(at: Moment) -> datetime:
    return datetime.fromtimestamp(at, UTC)
