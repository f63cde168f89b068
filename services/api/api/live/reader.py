"""What stream-control tells of live sessions: connected, heard, titled, ended."""

from kit.contracts.facts import AnyFact, LiveConnected, LiveEnded, LiveHeard, LiveTitle
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.live import admission, queries
from api.live.models import LiveSession, SessionTitle

MOST_TITLES = 2000
"""Of one session: an encoder that sends a new title again and again fills no table."""


async def apply(tx: AsyncSession, fact: AnyFact) -> None:
    """Follow a session; anything else is passed over."""
    if not isinstance(fact, LiveConnected | LiveHeard | LiveTitle | LiveEnded):
        return
    if isinstance(fact, LiveConnected):
        await admission.connected(tx, fact.session_id, now=fact.at)
        return
    session = await queries.changing(tx, fact.session_id)
    if session is None:
        return
    if isinstance(fact, LiveTitle):
        await _title(tx, session, fact)
        return
    session.connected_at = session.connected_at or fact.at
    session.heard_seconds = max(session.heard_seconds, fact.heard_seconds)
    if isinstance(fact, LiveEnded):
        _end(session, fact)


async def _title(tx: AsyncSession, session: LiveSession, fact: LiveTitle) -> None:
    session.title, session.artist = fact.title, fact.artist
    known = select(func.count()).select_from(SessionTitle).where(SessionTitle.session_id == session.id)
    if (await tx.scalar(known) or 0) < MOST_TITLES:
        said = insert(SessionTitle).values(session_id=session.id, at=fact.at, title=fact.title, artist=fact.artist)
        await tx.execute(said.on_conflict_do_nothing())


def _end(session: LiveSession, fact: LiveEnded) -> None:
    """The journal knows better than whoever gave the session up before."""
    session.heard_in_all = True
    if session.ended_at is None:
        admission.end(session, fact.reason, fact.at)
    session.ended_because = fact.reason
