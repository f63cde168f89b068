"""How the station's own sounds are shown, and where their on-air copies are."""

from uuid import UUID

from kit.contracts.queues import NamedItem, WantedItem

from api.library.models import Track


def artwork_address(item: UUID, *, has_artwork: bool) -> str | None:
    """Where the front door serves an item's cover."""
    return f"/artwork/{item}.jpg" if has_artwork else None


def named(track: Track) -> NamedItem:
    """How a track is shown."""
    return NamedItem(
        id=str(track.id),
        title=track.title,
        artist=track.artist,
        length_seconds=track.length_seconds,
        artwork=artwork_address(track.id, has_artwork=track.artwork),
    )


def wanted(track: Track) -> WantedItem:
    """A track as the programme's player should hold it. Composed pieces give way at once to the station's own music."""
    return WantedItem(
        **named(track).model_dump(), path=f"programme/{track.id}.flac", may_be_cut=track.source == "starter"
    )
