"""The logger: every page in the file of its hour, over deaths and interruptions; and the disk that it gives way to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rig.ogg import sound, sound_of, stream
from stream_control.recorder.air import AirLogger
from stream_control.recorder.hours import files
from stream_control.recorder.room import DiskGuard
from stream_control.recorder.rules import Room
from stream_control.recorder.streams import Reader

TWO = datetime(2026, 5, 1, 14, tzinfo=UTC)
PAGES = stream("", pages=60)
PAGE = timedelta(seconds=4608 / 48_000)
ALL = sound(PAGES)


class Listening:
    """A logger on one connection. The stream began `before` seconds before two o'clock, and pages come on time."""

    def __init__(self, folder: Path, *, before: float, pages: list[bytes] = PAGES) -> None:
        self.logger = AirLogger(folder)
        self._reader = Reader()
        self._began = TWO - timedelta(seconds=before)
        self._pages = pages

    def hears(self, first: int, until: int, *, late: float = 0.0) -> None:
        """Some pages of sound, all at once, `late` seconds after the last of them was."""
        data = b"".join([*self._pages[:2], *self._pages[2 + first : 2 + until]])
        self._hear(data, until, late)

    def goes_on(self, first: int, until: int) -> None:
        """More on the same connection."""
        self._hear(b"".join(self._pages[2 + first : 2 + until]), until, 0)

    def _hear(self, data: bytes, until: int, late: float) -> None:
        found = self._reader.feed(data)
        if found:
            now = self._began + until * PAGE + timedelta(seconds=late)
            self.logger.take(found[0][0], [one for _, one in found], now=now)


def logged(folder: Path) -> dict[str, list[bytes]]:
    return {str(path.relative_to(folder)): sound_of(path) for path in sorted(folder.glob("*/*"))}


def test_each_page_is_in_the_hour_in_which_it_begins(tmp_path: Path) -> None:
    listening = Listening(tmp_path, before=1.0)
    listening.hears(0, 10)
    listening.goes_on(10, 30)
    # The page that begins at 13:59:59.96 is the eleventh.
    assert logged(tmp_path) == {"2026-05-01/13.opus": ALL[:11], "2026-05-01/14.opus": ALL[11:30]}


def test_a_logger_that_comes_back_continues_the_file(tmp_path: Path) -> None:
    Listening(tmp_path, before=-60).hears(0, 20)
    Listening(tmp_path, before=-60).hears(5, 40)
    assert logged(tmp_path) == {"2026-05-01/14.opus": ALL[:40]}


def test_what_was_missed_over_the_hour_goes_into_the_hour_it_was_in(tmp_path: Path) -> None:
    Listening(tmp_path, before=2.0).hears(0, 10)
    # Icecast gives the past and the present at once, and is slow in it.
    Listening(tmp_path, before=2.0).hears(3, 50, late=3)
    assert logged(tmp_path) == {"2026-05-01/13.opus": ALL[:21], "2026-05-01/14.opus": ALL[21:50]}


def test_another_stream_or_a_gap_begins_another_file_of_the_hour(tmp_path: Path) -> None:
    Listening(tmp_path, before=-60).hears(0, 10)
    Listening(tmp_path, before=-60).hears(19, 30)
    other = stream("", serial=2, pages=5)
    Listening(tmp_path, before=-90, pages=other).hears(0, 5)
    assert logged(tmp_path) == {
        "2026-05-01/14.opus": ALL[:10],
        "2026-05-01/14.2.opus": ALL[20:30],
        "2026-05-01/14.3.opus": sound(other),
    }


def test_a_paused_logger_writes_nothing_and_goes_on_in_another_file(tmp_path: Path) -> None:
    listening = Listening(tmp_path, before=-60)
    listening.hears(0, 10)
    listening.logger.is_paused = True
    listening.goes_on(10, 20)
    listening.logger.is_paused = False
    listening.goes_on(20, 30)
    assert logged(tmp_path) == {"2026-05-01/14.opus": ALL[:10], "2026-05-01/14.2.opus": ALL[20:30]}


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    """The logger's files of three days, and a stranger's."""
    for name in ("2026-04-29/23.opus", "2026-04-30/00.opus", "2026-04-30/00.2.opus", "2026-05-01/14.opus", "x/y.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def names(folder: Path) -> list[str]:
    return [str(one.path.relative_to(folder)) for one in files(folder)]


def test_files_are_in_the_order_in_which_they_came(hours: Path) -> None:
    assert names(hours) == ["2026-04-29/23.opus", "2026-04-30/00.opus", "2026-04-30/00.2.opus", "2026-05-01/14.opus"]


def test_hours_that_are_too_old_are_deleted_with_their_days(hours: Path) -> None:
    guard = DiskGuard(hours, hours, reserve_mb=0, air_days=1)
    assert guard.look(now=datetime(2026, 5, 1, 0, tzinfo=UTC)) == Room()
    assert names(hours) == ["2026-04-30/00.opus", "2026-04-30/00.2.opus", "2026-05-01/14.opus"]
    assert not (hours / "2026-04-29").exists()
    assert (hours / "x" / "y.txt").exists()


def test_a_disk_that_is_too_full_costs_the_oldest_hours_and_then_the_recording(hours: Path) -> None:
    guard = DiskGuard(hours, hours, reserve_mb=10**9, air_days=31)
    assert guard.look(now=TWO) == Room(air=False, live=False)
    assert names(hours) == ["2026-05-01/14.opus"]
    assert guard.free_mb > 0


def test_an_hour_that_cannot_be_deleted_does_not_keep_the_recording_going(hours: Path) -> None:
    (hours / "2026-04-29" / "23.opus").unlink()
    (hours / "2026-04-29" / "23.opus").mkdir()
    guard = DiskGuard(hours, hours, reserve_mb=10**9, air_days=31)
    assert guard.look(now=TWO) == Room(air=False, live=False)
    assert names(hours) == ["2026-04-29/23.opus", "2026-05-01/14.opus"]
