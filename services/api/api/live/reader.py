"""What stream-control tells of live sessions: connected, heard, titled, ended."""

from kit.contracts.facts import AnyFact, LiveConnected, LiveEnded, LiveHeard, LiveTitle
from sqlalchemy.ext.asyncio import AsyncSession

from api.live import admission, queries
from api.live.models import LiveSession


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
        session.title, session.artist = fact.title, fact.artist
        return
    session.connected_at = session.connected_at or fact.at
    session.heard_seconds = max(session.heard_seconds, fact.heard_seconds)
    if isinstance(fact, LiveEnded):
        _end(session, fact)


def _end(session: LiveSession, fact: LiveEnded) -> None:
    """The journal knows better than whoever gave the session up before."""
    session.heard_in_all = True
    if session.ended_at is None:
        admission.end(session, fact.reason, fact.at)
    session.ended_because = fact.reason
