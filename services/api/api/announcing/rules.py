"""What listeners hear, by the tier on air."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kit.contracts.air import Tier

from api.webhooks.events import SongHeard


@dataclass(frozen=True)
class Playing:
    """What a tier's player plays."""

    airing_id: int
    title: str | None
    artist: str | None
    started_at: datetime


@dataclass(frozen=True)
class Live:
    """Whose encoder is connected."""

    session_id: UUID
    streamer: str | None
    title: str | None
    artist: str | None
    started_at: datetime


def heard(tier: Tier, playing: Playing | None, live: Live | None) -> SongHeard | None:
    """The song that is heard; None for noise, and while nobody knows. A show without titles goes by its streamer."""
    if tier == "live":
        if live is None:
            return None
        title, artist = (live.title, live.artist) if live.title else (live.streamer, None)
        return SongHeard(tier=tier, title=title, artist=artist, started_at=live.started_at, session_id=live.session_id)
    if tier == "noise" or playing is None:
        return None
    return SongHeard(
        tier=tier,
        title=playing.title,
        artist=playing.artist,
        started_at=playing.started_at,
        airing_id=playing.airing_id,
    )
