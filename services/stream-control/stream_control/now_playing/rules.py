"""What listeners hear now, from the fold's state and the items' names."""

from collections.abc import Callable
from datetime import UTC, datetime

from kit.contracts.air import NowPlaying
from kit.contracts.queues import NamedItem

from stream_control.journal.rules import AirState


def describe(
    state: AirState, named: Callable[[str], NamedItem], *, listeners: int, station: str, now: datetime
) -> NowPlaying:
    """The body of `/api/now-playing`. Noise has no title: the page says what it means."""
    airing = state.airings.get(state.tier) if state.tier else None
    item = named(airing.item) if airing else NamedItem(id="")
    since = airing.started_at if airing else None
    if state.tier == "live" and (session := state.live.session):
        # A streamer who plays without titles is shown by name.
        item = NamedItem(id="", title=session.title or session.name or None, artist=session.artist or None)
        since = session.since
    return NowPlaying(
        tier=state.tier,
        title=item.title,
        artist=item.artist,
        started_at=datetime.fromtimestamp(since, UTC) if since is not None else None,
        length_seconds=item.length_seconds,
        artwork=item.artwork,
        listeners=listeners,
        station=station,
        updated_at=now,
    )
