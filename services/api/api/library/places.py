"""Where the files of tracks are."""

from pathlib import Path
from uuid import UUID

from api.library.models import Track
from api.library.rules import TrackSource
from api.media import copies
from api.settings import Settings


def root(settings: Settings, source: TrackSource) -> Path:
    """The folder to which the paths of a source's tracks are relative."""
    folders: dict[TrackSource, Path] = {
        "folder": settings.fallback_folder,
        "import": settings.imports_folder,
        "starter": settings.starter_folder,
        "upload": settings.library_folder,
    }
    return folders[source]


def original(settings: Settings, track: Track) -> Path:
    """The file as it came."""
    return root(settings, track.source) / track.path


def copy(settings: Settings, track_id: UUID) -> Path:
    """What is played of it on air."""
    return copies.path_of(settings.programme_folder, track_id)
