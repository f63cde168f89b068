"""Recording sessions: the streamer's own sound, in a folder for each session."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog
from pydantic import AwareDatetime, BaseModel, ValidationError

from stream_control.recorder import rules
from stream_control.recorder.parts import Part, mend
from stream_control.recorder.rules import Label
from stream_control.recorder.state import Report
from stream_control.recorder.streams import Head, Sound

CLOSED = "closed"
logger = structlog.get_logger()


class Sidecar(BaseModel):
    """What stands beside each part."""

    began_at: AwareDatetime
    """The moment of its first sample."""


class LiveRecorder:
    """Puts a session's pages into `<session>/<NNNN>.oga`; each with a sidecar that says when its first sample was.

    Paused, it writes no sound. A session is over when the engine's stream carries another one's sound, or nobody's;
    then its folder gets a file `closed`, once and for all: Icecast may bring the end of it again.
    """

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        self._report = report
        self.is_paused = False
        self._label: Label | None = None
        self._serial: int | None = None
        self._part: Part | None = None

    @property
    def file(self) -> Path | None:
        """What is being written."""
        return self._part.path if self._part else None

    def take(self, head: Head, sounds: list[Sound], *, now: datetime) -> None:  # noqa: ARG002 - the label tells the time
        """Write what came; raises OSError when that fails."""
        label = rules.label(head.title)
        if label is None:
            return
        if label != self._label:
            self.leave()
            self._close_others(label)
            self._label = label
        if self.is_paused:
            self.leave()
        elif label.session and not self._report.is_closed(label.session):
            self._write(self._folder / str(label.session), head, sounds, label.at)

    def leave(self) -> None:
        """Let go of the file; what comes next continues it when it follows."""
        if self._part:
            self._part.close()
        self._part = self._serial = None

    def _write(self, folder: Path, head: Head, sounds: list[Sound], stream_began: datetime) -> None:
        if head.serial != self._serial:
            self.leave()
            self._part, self._serial = _resume(folder, head.serial), head.serial
        for sound in sounds:
            self._place(folder, head, sound, stream_began)

    def _place(self, folder: Path, head: Head, sound: Sound, stream_began: datetime) -> None:
        fit = self._part.fit(sound) if self._part else "apart"
        if fit == "apart" and not sound.page.is_continued:
            if self._part:
                self._part.close()
                self._part = None
            self._part = _begin(folder, head, rules.origin(sound, stream_began))
            fit = "next"
        if self._part and fit == "next":
            self._part.append(sound)

    def _close_others(self, label: Label) -> None:
        for folder in self._folder.iterdir() if self._folder.exists() else ():
            session = _session(folder)
            if session is None or session == label.session or (folder / CLOSED).exists():
                continue
            # What Icecast brings again may be older than a session that still goes on.
            if _began(folder) < label.at:
                self._report.close(session)
                _tidy(folder)
                (folder / CLOSED).touch()
                logger.info("recording_closed", session=str(session), parts=len(_numbers(folder)))


def _session(folder: Path) -> UUID | None:
    try:
        return UUID(folder.name)
    except ValueError:
        return None


def _numbers(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in folder.glob("*.oga") if path.stem.isdecimal())


def _resume(folder: Path, serial: int) -> Part | None:
    """The last part of this stream, if there is one."""
    found = (Part.resume(_path(folder, number), serial) for number in reversed(_numbers(folder)))
    return next(filter(None, found), None)


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:04}.oga"


def _begin(folder: Path, head: Head, origin: rules.Origin) -> Part:
    folder.mkdir(parents=True, exist_ok=True)
    number = max(_numbers(folder), default=0) + 1
    path = _path(folder, number)
    # First, so that there is no part without it.
    _write_sidecar(path.with_suffix(".json"), origin)
    part = Part.begin(path, head, origin, folder.name)
    logger.info("recording_began", session=folder.name, part=number, began_at=origin.began_at.isoformat())
    return part


def _tidy(folder: Path) -> None:
    """Leave whole parts with their sidecars, and nothing else."""
    for number in _numbers(folder):
        mend(_path(folder, number))
    for sidecar in folder.glob("*.json"):
        if not sidecar.with_suffix(".oga").exists():
            sidecar.unlink()


def _write_sidecar(sidecar: Path, origin: rules.Origin) -> None:
    whole = sidecar.with_name(f".{sidecar.name}")
    whole.write_text(Sidecar(began_at=origin.began_at).model_dump_json())
    whole.replace(sidecar)


def _began(folder: Path) -> datetime:
    """When the newest part of a session began, as far as it can be told."""
    began = datetime.min.replace(tzinfo=UTC)
    for path in folder.glob("[0-9]*.json"):
        # A power cut may leave an empty file.
        with suppress(ValidationError):
            began = max(began, Sidecar.model_validate_json(path.read_bytes()).began_at)
    return began
