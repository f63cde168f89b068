"""The logger: what listeners heard, an hour a file."""

from datetime import datetime
from pathlib import Path

import structlog

from stream_control.recorder import hours, rules
from stream_control.recorder.parts import Part
from stream_control.recorder.streams import Head, Sound

LOOKED_AT = 3
"""Files, for one that can be continued: the newest may have died before its first sound."""
logger = structlog.get_logger()


class AirLogger:
    """Puts each page into the file of its hour. A new stream, or a page that does not follow, begins another file.

    Paused, it writes nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.is_paused = False
        self._serial: int | None = None
        self._part: Part | None = None
        self._hour: datetime | None = None
        self._stream_began: datetime | None = None
        self._told_at: datetime | None = None

    @property
    def file(self) -> Path | None:
        """What is being written."""
        return self._part.path if self._part else None

    def take(self, head: Head, sounds: list[Sound], *, now: datetime) -> None:
        """Write what came by this moment; raises OSError when that fails."""
        if self.is_paused:
            self.leave()
            return
        if head.serial != self._serial:
            self.leave()
            self._serial, self._told_at = head.serial, None
            self._resume(head.serial)
        elapsed = (now - self._told_at).total_seconds() if self._told_at else 0.0
        self._stream_began = rules.stream_began(self._stream_began, sounds[-1], now=now, elapsed=elapsed)
        self._told_at = now
        for sound in sounds:
            self._place(head, sound, self._stream_began)

    def leave(self) -> None:
        """Let go of the file; what comes next continues it when it follows."""
        if self._part:
            self._part.close()
        self._part = self._hour = self._serial = self._stream_began = None

    def _resume(self, serial: int) -> None:
        for newest in reversed(hours.files(self._folder)[-LOOKED_AT:]):
            part = Part.resume(newest.path, serial)
            if part:
                self._part, self._hour = part, newest.hour
                self._stream_began = rules.moment(part.origin.began_at, -part.origin.granule)
                return

    def _place(self, head: Head, sound: Sound, stream_began: datetime) -> None:
        fit = self._part.fit(sound) if self._part else "apart"
        if fit == "had":
            return
        origin = rules.origin(sound, stream_began)
        hour = rules.hour(origin.began_at)
        # A page may be dated back a little by the one after it: the hour only moves on.
        is_over = self._hour is not None and hour > self._hour
        if fit == "apart" or (is_over and not sound.page.is_continued):
            if sound.page.is_continued:
                return
            self._begin(head, origin, max(hour, self._hour or hour))
        if self._part:
            self._part.append(sound)

    def _begin(self, head: Head, origin: rules.Origin, hour: datetime) -> None:
        if self._part:
            self._part.close()
            self._part = None
        path = hours.following(self._folder, hour)
        self._part, self._hour = Part.begin(path, head, origin, f"{hour:%Y-%m-%d %H} UTC"), hour
        logger.info("air_file_began", file=str(path.relative_to(self._folder)))
