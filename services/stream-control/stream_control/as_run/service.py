"""The journal becomes as-run: each batch of lines is one transaction with its place in the journal."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from kit import facts
from kit.contracts.facts import AnyFact, TierChanged, TrackEnded, TrackStarted
from kit.db import Sessions
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from stream_control import tables
from stream_control.as_run.models import AsRun, JournalPosition
from stream_control.journal import rules, tail
from stream_control.journal.lines import Moment, TrackBegan, parse
from stream_control.journal.rules import AirState, Changed, Ended, Outcome, Started
from stream_control.journal.tail import Position
from stream_control.wanted.client import Api
from stream_control.wanted.items import Items

logger = structlog.get_logger()
_states = TypeAdapter(AirState)


async def catch_up(sessions: Sessions, folder: Path, items: Items, api: Api) -> bool:
    """Write as-run up to the end of the journal; whether facts were told by it. Interrupted anywhere, it goes on there.

    Items that are not known are asked for first: with api away (httpx.HTTPError) their lines wait.
    """
    told = False
    while True:
        async with sessions() as tx:
            place = await tx.get(JournalPosition, 1) or _beginning()
        start = Position(place.file, place.offset)
        lines, reached = tail.read(folder, start)
        if reached == start:
            return told
        await items.ask(api, _mentioned(place, lines))
        async with sessions.begin() as tx:
            place = await _lock(tx)
            if Position(place.file, place.offset) != start:
                continue
            told |= await _take_in(tx, place, [text for text, _ in lines], items)
            place.file, place.offset = reached.file, reached.offset


async def forget_old(sessions: Sessions, folder: Path, *, keep: timedelta) -> None:
    """Remove journal files older than `keep`, of those that as-run holds to their end."""
    async with sessions() as tx:
        place = await tx.get(JournalPosition, 1)
    oldest = f"{datetime.now(UTC) - keep:%Y-%m-%d}.jsonl"
    for path in folder.glob("*.jsonl"):
        if place and path.name < min(oldest, place.file):
            path.unlink()
            logger.info("journal_file_forgotten", file=path.name)


async def _lock(tx: AsyncSession) -> JournalPosition:
    place = await tx.get(JournalPosition, 1, with_for_update=True)
    if place is None:
        place = _beginning()
        tx.add(place)
    return place


def _beginning() -> JournalPosition:
    return JournalPosition(id=1, file="", offset=0, state=_states.dump_python(AirState(), mode="json"))


def _mentioned(place: JournalPosition, lines: Sequence[tuple[str, Position]]) -> set[str]:
    """Items whose names and lengths these lines are about."""
    items = {airing.item for airing in _states.validate_python(place.state).airings.values()}
    for text, _ in lines:
        with suppress(ValidationError):
            line = parse(text)
            if isinstance(line, TrackBegan):
                items.add(line.item)
    return items


async def _take_in(tx: AsyncSession, place: JournalPosition, lines: Sequence[str], items: Items) -> bool:
    told = False
    state = _states.validate_python(place.state)
    for text in lines:
        try:
            line = parse(text)
        except ValidationError as error:
            # It can never be read: keep it for a person and go on.
            logger.warning("journal_line_set_aside", line=text[:200])
            await facts.set_aside(tx, tables.set_aside, source="journal", body=text[:4096], error=str(error)[:1000])
            continue
        state, outcomes = rules.fold(state, line, items.length_of)
        for outcome in outcomes:
            await facts.record(tx, tables.facts, [await _save(tx, outcome, items)])
            told = True
    place.state = _states.dump_python(state, mode="json")
    return told


async def _save(tx: AsyncSession, outcome: Outcome, items: Items) -> AnyFact:
    if not isinstance(outcome, Started | Ended | Changed):
        return outcome
    at = _utc(outcome.at)
    match outcome:
        case Changed(tier, previous):
            return TierChanged(at=at, tier=tier, previous=previous)
        case Started(tier, item):
            named = items.named(item)
            row = AsRun(tier=tier, item_id=item, title=named.title, artist=named.artist, started_at=at)
            tx.add(row)
            await tx.flush()
            return TrackStarted(
                at=at, airing_id=row.id, item_id=item, tier=tier, title=named.title, artist=named.artist
            )
        case Ended(tier, _, reason, heard):
            row = (await tx.scalars(select(AsRun).where(AsRun.tier == tier, AsRun.ended_at.is_(None)))).one()
            row.ended_at, row.ended_reason, row.heard_seconds = at, reason, round(heard, 3)
            await tx.flush()
            return TrackEnded(
                at=at, airing_id=row.id, item_id=row.item_id, tier=tier, reason=reason, heard_seconds=row.heard_seconds
            )


def _utc(at: Moment) -> datetime:
    return datetime.fromtimestamp(at, UTC)
