"""What stream-control tells of requests: begun, over, not playable."""

from kit.contracts.air import EndReason
from kit.contracts.facts import AnyFact, TrackEnded, TrackStarted, TrackUnplayable
from sqlalchemy.ext.asyncio import AsyncSession

from api.library import reader as library
from api.queue import outcomes, queries
from api.queue.models import QueueItem
from api.queue.wanted import as_id

FINAL: tuple[EndReason, ...] = ("finished", "skipped", "replaced")
"""After any other end the song goes on later, where it was."""


async def apply(tx: AsyncSession, fact: AnyFact) -> None:
    """Follow what happened to a request; anything else is passed over. The copy's deletion is the sweep's."""
    if not isinstance(fact, TrackStarted | TrackEnded | TrackUnplayable) or fact.tier != "user":
        return
    item_id = as_id(fact.item_id)
    item = await queries.changing(tx, item_id) if item_id else None
    if item is None:
        return
    if isinstance(fact, TrackEnded) and fact.heard_seconds > 0 and item.track_id:
        await library.heard(tx, item.track_id, fact.at)
    if isinstance(fact, TrackStarted):
        _begin(item, fact)
    elif isinstance(fact, TrackUnplayable):
        if item.state not in ("queued", "playing"):
            return
        outcomes.give_up(item, "unplayable", None, fact.at)
    elif fact.reason not in FINAL or item.state != "playing":
        return
    else:
        item.state, item.ended_at = "played", fact.at
    await outcomes.tell(tx, fact.at)


def _begin(item: QueueItem, fact: TrackStarted) -> None:
    """It aired, whatever was thought of it before."""
    item.state, item.started_at = "playing", fact.at
    item.position = item.reason = item.problem = item.ended_at = None
