"""Where the files of an aircheck are."""

import shutil
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from api.airchecks.models import Aircheck
from api.settings import Settings

ORIGINAL = "original.flac"
GONE = ".gone-"
SAID = "said.txt"
"""What a copy will say, while it is being made."""


def folder_of(settings: Settings, aircheck_id: UUID) -> Path:
    """The folder of an aircheck."""
    return settings.airchecks_folder / str(aircheck_id)


def recording_of(settings: Settings, aircheck: Aircheck) -> Path:
    """What the recorder left of its session, as long as it is there."""
    return settings.live_recordings_folder / str(aircheck.session_id)


def remove(folder: Path) -> None:
    """Take a folder away; nobody who looks meanwhile sees half of it."""
    gone = folder.with_name(f"{GONE}{uuid4().hex[:12]}")
    with suppress(FileNotFoundError):
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def remove_rest(root: Path) -> None:
    """Take away what was left by a process that died while it removed a folder."""
    for folder in root.glob(f"{GONE}*"):
        shutil.rmtree(folder, ignore_errors=True)


def new_copy(folder: Path) -> Path:
    """Where another copy is written: another content has another name."""
    return folder / f"{uuid4().hex[:12]}.mp3"
