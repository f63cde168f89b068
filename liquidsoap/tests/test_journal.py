"""What stream-control reads of the lines that the engine writes; `make check` runs the scripts by themselves."""

import os
import subprocess
from pathlib import Path

from stream_control.journal.lines import (
    Boot,
    LiveTold,
    Noted,
    PlayerLost,
    Pulse,
    Resumed,
    TierEntered,
    TitleTold,
    TrackBegan,
    parse,
)
from stream_control.journal.tail import Position, read

HERE = Path(__file__).parent


def run(script: str, folder: Path) -> None:
    """Run a script; what it writes goes to `folder`."""
    own = {"AIRTIGHT_ALLOW_ROOT": "1", "TZ": "UTC", "AIRTIGHT_TEST_FOLDER": str(folder)}
    command = ["liquidsoap", str(HERE / script)]
    done = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_line_that_the_engine_writes_is_read_by_stream_control(tmp_path: Path) -> None:
    run("journal.liq", tmp_path)
    lines = [parse(text) for text, _ in read(tmp_path, Position())[0]]
    assert isinstance(lines[0], Boot)
    assert isinstance(lines[1], TierEntered)
    assert (lines[1].tier, lines[1].previous) == ("user", None)
    assert isinstance(lines[4], TrackBegan)
    assert [type(line) for line in lines[-7:]] == [Noted, Resumed, LiveTold, TitleTold, LiveTold, PlayerLost, Pulse]
    assert [(line.state, line.encoder, line.name) for line in lines if isinstance(line, LiveTold)] == [
        ("connected", "Lavf/59", 'say "hello" \\ there'),
        ("cut", "", ""),
    ]
    assert [(line.title, line.artist) for line in lines if isinstance(line, TitleTold)] == [
        ("Grüße 名前 🎶", "tab bell escape")
    ]
    items = [line.item for line in lines if isinstance(line, TrackBegan)]
    assert items[:4] == ["plain", "", "two\nlines", 'say "hello" \\ there']
    assert "Grüße 名前 🎶" in items
