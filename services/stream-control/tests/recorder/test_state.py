"""What the recorder says of itself: what is not well, and for how long it is believed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from stream_control.recorder.state import FILE, State, Writing

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
WELL = Writing(is_connected=True)
PAUSED = Writing(is_connected=True, is_paused=True, problem="an old one")
REFUSED = Writing(is_connected=True, problem="No space left on device")
SAID = [
    (0, WELL, WELL, {}),
    (15, WELL, WELL, {}),
    (20, WELL, WELL, {"live": "nothing said for 20 s", "air": "nothing said for 20 s"}),
    (1, WELL, PAUSED, {"air": "paused, the disk is nearly full"}),
    (1, REFUSED, WELL, {"live": "No space left on device"}),
    (1, Writing(), Writing(), {"live": "the engine gives nothing", "air": "the engine gives nothing"}),
]


@pytest.mark.parametrize(("ago", "live", "air", "complaints"), SAID)
def test_what_is_not_well_is_said_by_mount(ago: float, live: Writing, air: Writing, complaints: dict[str, str]) -> None:
    state = State(at=NOON - timedelta(seconds=ago), live=live, air=air)
    assert state.complaints(NOON) == complaints


@pytest.mark.parametrize("text", [None, "", "{", '{"at": "never"}'])
def test_a_file_that_cannot_be_read_says_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text)
    assert State.read(tmp_path) is None
