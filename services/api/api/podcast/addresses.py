"""Addresses of episodes and feeds as the world sees them."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from api.settings import Settings


@dataclass(frozen=True)
class Site:
    """Where the station is reached: `base` for the front door, `api` for this service behind it.

    Without a base addresses begin with a slash: they are below the station's own.
    """

    base: str
    api: str

    def feed(self, show_id: UUID) -> str:
        """The feed of a show."""
        return f"{self.api}/shows/{show_id}/feed.xml"

    def sound(self, episode_id: UUID) -> str:
        """What an episode's player loads."""
        return f"{self.api}/episodes/{episode_id}/audio.mp3"

    def chapters(self, episode_id: UUID) -> str:
        """What an episode's player reads its chapters from."""
        return f"{self.api}/episodes/{episode_id}/chapters.json"


def below(settings: Settings) -> Site:
    """Addresses below the station's own."""
    return Site("", settings.root_path)


def site_of(request: Request) -> Site:
    """As the setting says, or else as this request found the station."""
    settings: Settings = request.app.state.settings
    base = settings.public_url or f"{request.url.scheme}://{request.headers.get('host', 'localhost')}"
    return Site(base, base + settings.root_path)
