"""Journals as Liquidsoap writes them, line by line."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal
from uuid import UUID

from kit.contracts.air import Tier
from stream_control.journal.lines import (
    Boot,
    Ending,
    Line,
    LiveTold,
    Noted,
    PlayerLost,
    Pulse,
    Resumed,
    SilenceTold,
    SoundTold,
    TierEntered,
    TitleTold,
    TrackBegan,
)
from stream_control.journal.rules import AirState, LengthOf, Outcome, fold


def boot(at: float) -> Line:
    return Boot(at=at, event="boot")


def tier(at: float, name: Tier, previous: Tier | None = None) -> Line:
    return TierEntered(at=at, event="tier", tier=name, previous=previous)


def track(at: float, name: Tier, item: str) -> Line:
    return TrackBegan(at=at, event="track", tier=name, item=item)


def lost(at: float, name: Tier) -> Line:
    return PlayerLost(at=at, event="lost", tier=name)


def noted(at: float, name: Tier, note: Ending) -> Line:
    return Noted(at=at, event="note", tier=name, note=note)


def resumed(at: float, name: Tier) -> Line:
    return Resumed(at=at, event="resumed", tier=name)


def pulse(at: float) -> Line:
    return Pulse(at=at, event="pulse")


def live(
    at: float, session: UUID, state: Literal["connected", "disconnected", "cut"] = "connected", name: str = ""
) -> Line:
    return LiveTold(at=at, event="live", session=session, state=state, name=name)


def titled(at: float, session: UUID, title: str, artist: str = "") -> Line:
    return TitleTold(at=at, event="title", session=session, title=title, artist=artist)


def silence(at: float, name: Tier, session: UUID | None = None, seconds: float = 10) -> Line:
    return SilenceTold(at=at, event="silence", tier=name, seconds=seconds, session=session)


def sound(at: float, name: Tier) -> Line:
    return SoundTold(at=at, event="sound", tier=name)


def written(line: Line, **more: object) -> str:
    """A line as it stands in the file; `more` are fields that readers do not know."""
    return json.dumps({**line.model_dump(mode="json"), **more}, ensure_ascii=False)


def append(folder: Path, lines: Iterable[str], day: str = "2026-01-01") -> None:
    """Add lines to a day's file."""
    with open(folder / f"{day}.jsonl", "a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def lengths(known: Mapping[str, float]) -> LengthOf:
    """Lengths of items, seconds; the others are unknown."""
    return known.get


def run(lines: Sequence[Line], known: Mapping[str, float] | None = None) -> list[Outcome]:
    """Everything that became true by these lines."""
    return run_from(AirState(), lines, lengths(known or {}))[1]


def run_from(state: AirState, lines: Iterable[Line], length_of: LengthOf) -> tuple[AirState, list[Outcome]]:
    """The state after these lines, and everything that became true by them."""
    outcomes: list[Outcome] = []
    for line in lines:
        state, new = fold(state, line, length_of)
        outcomes += new
    return state, outcomes
