"""Which files of the folders have to be looked at, and what may be done with the playlist."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from kit.refusal import Refusal

from api.library.rules import TrackSource, TrackState


class OrderIsStale(Refusal):
    """The playlist changed since it was looked at."""

    error_code = "order_is_stale"


class StarterPiece(Refusal):
    """Composed pieces go by themselves."""

    error_code = "starter_piece"


class NotRemoved(Refusal):
    error_code = "not_removed"


@dataclass(frozen=True, order=True)
class Found:
    """A file as its folder shows it; `path` is relative to the folder of its source. A changed file is another one,
    and the inode's time of change tells: it moves with new content, a new name and new permissions alike."""

    source: TrackSource
    path: str
    size: int
    changed_ns: int


@dataclass(frozen=True)
class Known:
    """A file that was seen before."""

    id: UUID
    found: Found
    state: TrackState


@dataclass(frozen=True)
class Work:
    """What a scan asks for: files that nobody has seen, tracks to be prepared again, tracks whose file is gone."""

    new: tuple[Found, ...]
    again: tuple[UUID, ...]
    gone: tuple[UUID, ...]


def compare(found: Iterable[Found], known: Sequence[Known], copies: Collection[UUID]) -> Work:
    """New files are prepared, vanished ones are gone, and one that returns or has lost its copy is prepared again.

    What staff removed stays so while its file lies there.
    """
    present = set(found)
    gone = tuple(one.id for one in known if one.state != "gone" and one.found not in present)
    again = tuple(one.id for one in known if one.found in present and _is_missed(one, copies))
    return Work(tuple(sorted(present - {one.found for one in known})), again, gone)


def require_same(wanted: Sequence[UUID], playlist: Collection[UUID]) -> None:
    """Refuse an order that is not one of exactly what the playlist holds."""
    if len(wanted) != len(playlist) or set(wanted) != set(playlist):
        raise OrderIsStale("The playlist holds other tracks by now; look at it again.")


def require_own(source: TrackSource) -> None:
    """Refuse to remove what is not the station's own."""
    if source == "starter":
        raise StarterPiece("Composed pieces go by themselves as soon as there is music of your own.")


def require_removed(state: TrackState) -> None:
    """Refuse to bring back what was not taken out."""
    if state != "removed":
        raise NotRemoved("Only a track that was removed can be restored.")


def _is_missed(one: Known, copies: Collection[UUID]) -> bool:
    return one.state == "gone" or (one.state == "ready" and one.id not in copies)
