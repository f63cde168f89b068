"""Recordings give way: they are the first to go when the disk fills, and nothing else ever waits for their space."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from stream_control.recorder import hours, rules
from stream_control.recorder.hours import HourFile
from stream_control.recorder.rules import Room

MEGABYTE = 1_000_000
logger = structlog.get_logger()


class DiskGuard:
    """Looks at the free space, deletes hours of the logger that are too old or too many, and says who may write."""

    def __init__(self, folder: Path, air: Path, *, reserve_mb: int, air_days: int) -> None:
        self._folder = folder
        self._air = air
        self._reserve_mb = reserve_mb
        self._kept_for = timedelta(days=air_days)
        self.free_mb = 0.0
        self.room = Room()

    def look(self, *, now: datetime) -> Room:
        """Free what may be freed, the oldest hours first, and never the newest file; returns what there is room for."""
        old = hours.files(self._air)[:-1]
        while old and (self._free() < self._reserve_mb or old[0].hour < now.astimezone(UTC) - self._kept_for):
            self._delete(old.pop(0))
        before, self.room = self.room, rules.room(self.room, self._free(), self._reserve_mb)
        if before != self.room:
            logger.warning("recording_room", air=self.room.air, live=self.room.live, free_mb=int(self.free_mb))
        return self.room

    def _delete(self, old: HourFile) -> None:
        file = str(old.path.relative_to(self._air))
        try:
            old.remove()
        except OSError as error:
            # One that cannot be deleted is no reason to go on writing.
            logger.warning("air_file_stays", file=file, error=str(error))
        else:
            logger.info("air_file_deleted", file=file, free_mb=int(self.free_mb))

    def _free(self) -> float:
        self.free_mb = shutil.disk_usage(self._folder).free / MEGABYTE
        return self.free_mb
