"""One session after another: each in its own folder, closed once it is over, and never opened again."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from rig.ogg import sound, sound_of, stream
from stream_control.recorder.live import LiveRecorder, Sidecar
from stream_control.recorder.state import Report, State
from stream_control.recorder.streams import Reader

NOON = 1777636800
NOW = datetime.now(UTC)


class Recorder:
    """A recorder that reads one connection; the next one is another process."""

    def __init__(self, folder: Path) -> None:
        self.live = LiveRecorder(folder / "live", Report(folder))
        self._reader = Reader()

    def take(self, *pages: bytes) -> None:
        for head, one in self._reader.feed(b"".join(pages)):
            self.live.take(head, [one], now=NOW)


def session(number: int, *, at: int, serial: int | None = None) -> tuple[UUID, list[bytes]]:
    """A session that begins so many seconds after noon, and its stream."""
    name = UUID(int=number)
    return name, stream(f"{name} {NOON + at}.000", serial=serial or number)


def nobody(*, at: int) -> list[bytes]:
    return stream(f"- {NOON + at}.000", serial=1000 + at, pages=3)


def recorded(folder: Path, name: UUID) -> dict[str, list[bytes]]:
    return {path.name: sound_of(path) for path in sorted((folder / "live" / str(name)).glob("*.oga"))}


def is_closed(folder: Path, name: UUID) -> bool:
    return (folder / "live" / str(name) / "closed").exists()


def test_each_session_is_closed_when_the_next_one_or_nobody_is_heard(tmp_path: Path) -> None:
    (one, first), (two, second) = session(1, at=10), session(2, at=20)
    recorder = Recorder(tmp_path)
    recorder.take(*nobody(at=0), *first)
    assert not is_closed(tmp_path, one)
    recorder.take(*second)
    assert is_closed(tmp_path, one)
    assert not is_closed(tmp_path, two)
    recorder.take(*nobody(at=30))
    assert is_closed(tmp_path, two)
    assert recorded(tmp_path, one) == {"0001.oga": sound(first)}
    assert recorded(tmp_path, two) == {"0001.oga": sound(second)}
    assert {path.name for path in (tmp_path / "live").iterdir()} == {str(one), str(two)}


def test_a_session_goes_on_in_another_part_after_icecast_died(tmp_path: Path) -> None:
    (one, before), (_, after) = session(1, at=10), session(1, at=25, serial=99)
    recorder = Recorder(tmp_path)
    recorder.take(*before)
    # A new connection of the engine says nothing for a moment.
    recorder.take(*stream("", serial=50), *after, *nobody(at=60))
    assert recorded(tmp_path, one) == {"0001.oga": sound(before), "0002.oga": sound(after)}
    sidecar = tmp_path / "live" / str(one) / "0002.json"
    assert Sidecar.model_validate_json(sidecar.read_bytes()).began_at == datetime.fromtimestamp(NOON + 25, UTC)
    assert is_closed(tmp_path, one)


def test_what_was_before_a_session_does_not_close_it(tmp_path: Path) -> None:
    (zero, earlier), (one, show) = session(7, at=1), session(1, at=10)
    history = [*earlier, *nobody(at=5), *show[:12]]
    Recorder(tmp_path).take(*history)
    Recorder(tmp_path).take(*history, *show[12:])
    assert is_closed(tmp_path, zero)
    assert not is_closed(tmp_path, one)
    assert recorded(tmp_path, one) == {"0001.oga": sound(show)}


def test_a_recorder_that_missed_the_end_closes_the_session_when_it_is_back(tmp_path: Path) -> None:
    one, show = session(1, at=10)
    Recorder(tmp_path).take(*show[:9])
    Recorder(tmp_path).take(*nobody(at=500))
    assert recorded(tmp_path, one) == {"0001.oga": sound(show)[:7]}
    assert is_closed(tmp_path, one)


def test_a_closed_session_is_not_recorded_again_when_its_folder_is_gone(tmp_path: Path) -> None:
    one, show = session(1, at=10)
    Recorder(tmp_path).take(*show, *nobody(at=20))
    folder = tmp_path / "live" / str(one)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    Recorder(tmp_path).take(*show, *nobody(at=20))
    assert not folder.exists()
    state = State.read(tmp_path)
    assert state
    assert state.closed == [one]


def test_a_part_that_begins_in_the_middle_says_when_its_first_sample_was(tmp_path: Path) -> None:
    one, show = session(1, at=10)
    Recorder(tmp_path).take(*show[:2], *show[7:])
    assert recorded(tmp_path, one) == {"0001.oga": sound(show)[6:]}
    sidecar = tmp_path / "live" / str(one) / "0001.json"
    began = Sidecar.model_validate_json(sidecar.read_bytes()).began_at.timestamp()
    assert began == pytest.approx(NOON + 10 + 6 * 0.096)


def test_nothing_is_written_while_the_disk_is_full_and_the_end_is_told(tmp_path: Path) -> None:
    one, show = session(1, at=10)
    recorder = Recorder(tmp_path)
    recorder.take(*show[:8])
    recorder.live.is_paused = True
    recorder.take(*show[8:12])
    recorder.live.is_paused = False
    recorder.take(*show[12:])
    recorder.live.is_paused = True
    recorder.take(*nobody(at=20))
    assert recorded(tmp_path, one) == {"0001.oga": sound(show)[:6], "0002.oga": sound(show)[10:]}
    assert is_closed(tmp_path, one)


def test_a_file_that_died_before_its_first_sound_is_begun_anew(tmp_path: Path) -> None:
    one, show = session(1, at=10)
    Recorder(tmp_path).take(*show[:4])
    path = tmp_path / "live" / str(one) / "0001.oga"
    path.write_bytes(path.read_bytes()[:200])
    Recorder(tmp_path).take(*show, *nobody(at=20))
    assert recorded(tmp_path, one) == {"0001.oga": sound(show)}


def test_a_power_cut_in_the_middle_does_not_keep_a_session_open(tmp_path: Path) -> None:
    one, show = session(1, at=10)
    Recorder(tmp_path).take(*show[:8])
    folder = tmp_path / "live" / str(one)
    (folder / "0001.json").write_bytes(b"")
    whole = (folder / "0001.oga").read_bytes()
    (folder / "0001.oga").write_bytes(whole + bytes(5000))
    (folder / "0002.oga").write_bytes(b"")
    (folder / "0002.json").write_bytes(b"")
    Recorder(tmp_path).take(*nobody(at=500))
    assert is_closed(tmp_path, one)
    assert sorted(path.name for path in folder.iterdir()) == ["0001.json", "0001.oga", "closed"]
    assert (folder / "0001.oga").read_bytes() == whole


def test_a_stream_with_a_strangers_title_is_recorded_nowhere(tmp_path: Path) -> None:
    name = uuid4()
    Recorder(tmp_path).take(*stream("../../etc 1.0"), *stream(f"{name}", serial=2), *stream("a song", serial=3))
    assert not (tmp_path / "live").exists()
