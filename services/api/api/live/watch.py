"""Looking after the open session, every second while there is one. Every process may: each step is safe to repeat."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import structlog
from kit.bell import ring
from kit.db import Sessions
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.live import admission, queries, shown
from api.live.engine import Engine, Told
from api.live.models import LiveSession, LiveToken
from api.live.rules import LATE, OVERDUE, PATIENCE, Refused, warning_due
from api.ringing import OWNER
from api.settings import Settings
from api.shows.queries import may_stream

logger = structlog.get_logger()
EVERY = 1.0
"""Seconds between two looks."""
IDLE = timedelta(seconds=5)
"""Between two questions to the engine while nobody is known to be live."""
CHANNEL = "airtight:live"
"""Redis: the body of a warning, for those who listen to events."""
MISTAKEN = ("not_connected", "lost")
"""Endings that this service only supposed."""


@dataclass(frozen=True)
class Seen:
    """The open session, as far as the watch needs it; `wrong` says why it has to end."""

    id: UUID
    connected: bool
    ends_at: datetime
    limit_told: bool
    warned_seconds: int | None
    wrong: Refused | None


class Watch:
    """Frees what nobody uses, cuts who may not stay, tells the engine of a new limit, warns before the end."""

    def __init__(self, settings: Settings, sessions: Sessions, redis: Redis, http: httpx.AsyncClient) -> None:
        self._sessions = sessions
        self._redis = redis
        self._engine = Engine(settings, http)
        self._idle_until = datetime.min.replace(tzinfo=UTC)
        self._disagreed: tuple[UUID | None, UUID | None] | None = None
        self._since = datetime.min.replace(tzinfo=UTC)
        self.wake = asyncio.Event()
        """Set it when a session has to be looked at at once."""

    async def step(self) -> None:
        """One look."""
        now = datetime.now(UTC)
        seen = await self._look(now)
        if seen is None and now < self._idle_until:
            return
        told = await self._engine.ask()
        self._idle_until = now + IDLE
        if told:
            await self._compare(seen, told, datetime.now(UTC))
        else:
            self._disagreed = None
        if seen is None:
            return
        if seen.connected and warning_due((seen.ends_at - now).total_seconds(), seen.warned_seconds):
            await self._warn(seen.id)
        if told is None and seen.limit_told and now - seen.ends_at >= OVERDUE:
            await self._end(seen.id)
        elif seen.wrong:
            await self._engine.cut(seen.id, seen.wrong)
        elif not seen.limit_told:
            await self._tell_limit(seen)

    async def _look(self, now: datetime) -> Seen | None:
        """The open session; a grant that nobody came for is given up."""
        async with self._sessions.begin() as tx:
            session = await queries.open_session(tx)
            if session is None:
                return None
            if await admission.give_up(tx, session, now):
                return None
            return Seen(
                id=session.id,
                connected=session.connected_at is not None,
                ends_at=session.ends_at,
                limit_told=session.limit_told,
                warned_seconds=session.warned_seconds,
                wrong=await _wrong(tx, session, now),
            )

    async def _compare(self, seen: Seen | None, told: Told, now: datetime) -> None:
        """The engine is right about who is connected, once it has said so for a while."""
        open_id = seen.id if seen else None
        if told.session == open_id:
            self._disagreed = None
            if seen and not seen.connected:
                await self._connected(seen.id, told.since or now)
            return
        if self._disagreed != (open_id, told.session):
            self._disagreed, self._since = (open_id, told.session), now
        if now - self._since < PATIENCE:
            return
        self._disagreed = None
        if open_id:
            await self._end(open_id)
        if told.session is None:
            return
        async with self._sessions.begin() as tx:
            may_stay = await _take_up(tx, told.session, now)
        if may_stay:
            await ring(self._redis, OWNER)
        else:
            await self._engine.cut(told.session, "unknown")

    async def _end(self, session_id: UUID) -> None:
        async with self._sessions.begin() as tx:
            await admission.disconnected(tx, session_id, "lost", now=datetime.now(UTC))
        await ring(self._redis, OWNER)

    async def _connected(self, session_id: UUID, since: datetime) -> None:
        async with self._sessions.begin() as tx:
            news = await admission.connected(tx, session_id, now=since)
        if news:
            await ring(self._redis, OWNER)

    async def _tell_limit(self, seen: Seen) -> None:
        if not await self._engine.limit(seen.id, seen.ends_at, now=datetime.now(UTC)):
            return
        async with self._sessions.begin() as tx:
            same = (LiveSession.id == seen.id) & (LiveSession.ends_at == seen.ends_at)
            await tx.execute(update(LiveSession).where(same).values(limit_told=True))

    async def _warn(self, session_id: UUID) -> None:
        """Each warning is given by the one process that wrote it down."""
        now = datetime.now(UTC)
        async with self._sessions.begin() as tx:
            session = await queries.changing(tx, session_id)
            if session is None or session.ended_at is not None:
                return
            due = warning_due((session.ends_at - now).total_seconds(), session.warned_seconds)
            if due is None:
                return
            session.warned_seconds = due
            warning = (await shown.live_now(tx, now=now)).model_copy(update={"state": "ending"})
        with suppress(RedisError, OSError, TimeoutError):
            await self._redis.publish(CHANNEL, warning.model_dump_json())


async def _wrong(tx: AsyncSession, session: LiveSession, now: datetime) -> Refused | None:
    """Why a session has to end now; None when it may go on."""
    if session.cut_because:
        return session.cut_because
    token = await tx.get(LiveToken, session.token_id) if session.token_id else None
    user = await tx.get(User, session.user_id) if session.user_id else None
    if token is None or user is None:
        return "revoked"
    if token.revoked_at:
        return "revoked"
    if not may_stream(user.role, blocked=user.blocked_at is not None):
        return "not_a_streamer"
    # That the token expires, or its time is used up, is part of `ends_at`, which may have been moved.
    return "time_used_up" if now - session.ends_at >= LATE else None


async def _take_up(tx: AsyncSession, session_id: UUID, now: datetime) -> bool:
    """A session that was thought to be over is not: whether it may go on."""
    session = await queries.changing(tx, session_id)
    if session is not None and session.ended_at is None:
        # Another process was a moment faster.
        return True
    if session is None or session.ended_because not in MISTAKEN or await queries.open_session(tx, lock=True):
        return False
    if await _wrong(tx, session, now):
        return False
    session.ended_at = session.ended_because = None
    session.connected_at = session.connected_at or now
    logger.warning("live_session_taken_up", session=str(session_id))
    return True
