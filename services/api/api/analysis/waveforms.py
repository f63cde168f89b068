"""Where waveforms are: a small file for each track, drawn by whoever shows it."""

from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from api.settings import Settings

_SUFFIX = ".json"


def path_of(settings: Settings, track_id: UUID) -> Path:
    """Where a track's is, or would be."""
    return settings.media / "waveforms" / f"{track_id}{_SUFFIX}"


def write(settings: Settings, track_id: UUID, waveform: str) -> None:
    """Put it there in one step."""
    path = path_of(settings, track_id)
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(waveform)
    part.replace(path)


def delete_others(settings: Settings, known: Collection[UUID]) -> int:
    """Delete those of tracks that are no more, and what was left half written; returns how many."""
    folder = path_of(settings, UUID(int=0)).parent
    names = {f"{one}{_SUFFIX}" for one in known}
    unneeded = [one for one in folder.iterdir() if one.name not in names] if folder.is_dir() else []
    for one in unneeded:
        one.unlink(missing_ok=True)
    return len(unneeded)
