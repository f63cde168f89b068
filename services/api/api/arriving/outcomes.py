"""What becomes of a track in the worker: changes within one transaction, told with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from sqlalchemy.ext.asyncio import AsyncSession

from api.arriving import rules
from api.arriving.making import Made, Stage
from api.arriving.scanning import Scan
from api.library import telling
from api.library.artists import service as artists
from api.library.artists.service import Credit
from api.library.models import Track
from api.library.rules import POINTS
from api.media.names import without_suffix

ARTWORK = "artwork"
"""The name under which a track's `edited` says that somebody chose its picture, or took it away."""
MEASURED = ("length_seconds", "loudness_lufs", "true_peak_dbtp", "artwork", "content_sha256")
CHANGED = ("state", "problem", "scan_status", *MEASURED, *rules.TAGGED, *POINTS)
"""What may be new of a track that was looked at."""


@dataclass(frozen=True)
class Following:
    """Who else has to know: other features' own rows, changed with the track's."""

    reached: Callable[[Track, Stage], Awaitable[None]]
    settled: Callable[[AsyncSession, Track], Awaitable[None]]
    """Called in the transaction in which a track became ready or refused."""


async def make_ready(tx: AsyncSession, track: Track, made: Made, following: Following) -> None:
    """Its copy is there: the track says what its file says, but for what a person set. `track` is locked, or new."""
    sound = made.sound
    name = track.title or without_suffix(PurePosixPath(track.path).name)
    for field, value in rules.taken(sound.tags, track.edited or (), name=name).items():
        setattr(track, field, value)
    if track.content_sha256 not in (None, made.sha256):
        points = {point: getattr(track, point) for point in POINTS}
        for point, at in rules.points_in(points, track.edited or (), made.length_seconds).items():
            setattr(track, point, at)
    track.length_seconds, track.content_sha256 = made.length_seconds, made.sha256
    if ARTWORK not in (track.edited or ()):
        track.artwork = made.artwork
    track.loudness_lufs, track.true_peak_dbtp = sound.loudness_lufs, sound.true_peak_dbtp
    scanned(track, made.scan, made.at)
    track.state, track.problem, track.checked_at = "ready", None, made.at
    await tx.flush()
    await artists.credit(tx, {track.id: Credit(track.artist, track.composer)})
    await following.settled(tx, track)


async def refuse(
    tx: AsyncSession, track: Track, problem: str, following: Following, *, scan: Scan | None = None
) -> None:
    """It cannot be played, and this is why; `scan` is what a scanner said, if it is the scanner's doing."""
    track.state, track.problem, track.checked_at = "refused", problem, datetime.now(UTC)
    if scan:
        scanned(track, scan, track.checked_at)
    await tx.flush()
    await following.settled(tx, track)
    await telling.changed(tx, [track.id], ("state", "problem", "scan_status"))


def scanned(track: Track, scan: Scan, at: datetime) -> None:
    """What a scanner said of a track's original."""
    track.scan_status, track.scan_engine = scan.status, scan.engine
    track.scanned_at = None if scan.status == "not_scanned" else at
