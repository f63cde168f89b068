"""Which files of the folders have to be looked at, and which of them make the programme."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Folder = Literal["fallback", "starter"]
FileState = Literal["ready", "refused", "gone"]

TARGET_LUFS = -16.0
PEAK_CEILING_DBTP = -1.0
# Quiet music is raised at most this much: more would only raise its noise.
MOST_GAIN_DB = 20.0


@dataclass(frozen=True, order=True)
class Found:
    """A file as the folder shows it; `path` is relative to its folder. A changed file is another one,
    and the inode's time of change tells: it moves with new content, a new name and new permissions alike."""

    folder: Folder
    path: str
    size: int
    changed_ns: int


@dataclass(frozen=True)
class Known:
    """A file that was looked at before."""

    id: UUID
    found: Found
    state: FileState


@dataclass(frozen=True)
class Named:
    """How an item is shown; everything is None for an item that nobody knows."""

    title: str | None = None
    artist: str | None = None
    length_seconds: float | None = None
    artwork: str | None = None


@dataclass(frozen=True)
class Work:
    """What a scan asks for."""

    look_at: tuple[Found, ...]
    gone: tuple[UUID, ...]


def compare(found: Iterable[Found], known: Iterable[Known], looked_at: Collection[Found]) -> Work:
    """New files are looked at, vanished ones are gone, and one that returns is looked at again.

    A refused file is looked at once more by each new process: what was wrong may have been the machine's fault.
    """
    present = set(found)
    by_file = {one.found: one for one in known}
    gone = tuple(one.id for one in by_file.values() if one.state != "gone" and one.found not in present)
    ready = {file for file, one in by_file.items() if one.state == "ready"}
    refused = {file for file, one in by_file.items() if one.state == "refused" and file in looked_at}
    return Work(tuple(sorted(present - ready - refused)), gone)


def on_air(known: Sequence[Known]) -> tuple[UUID, ...]:
    """The items of the programme: the person's files, or the starter pieces while there is none."""
    ready = [one for one in known if one.state == "ready"]
    own = [one for one in ready if one.found.folder == "fallback"]
    return tuple(one.id for one in sorted(own or ready, key=lambda one: one.found.path))


def gain(loudness_lufs: float, true_peak_dbtp: float) -> float:
    """Decibels that bring a file to the station's loudness without its true peak passing the ceiling.

    Loudness and true peak as EBU R 128 measures them (ITU-R BS.1770).
    """
    wanted = min(TARGET_LUFS - loudness_lufs, MOST_GAIN_DB)
    return min(wanted, PEAK_CEILING_DBTP - true_peak_dbtp)
