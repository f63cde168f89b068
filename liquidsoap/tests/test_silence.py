"""Silence of a tier is written down with whose it was and how long it took to notice: silence.liq, faster than time."""

import os
import subprocess
from pathlib import Path
from uuid import UUID

import pytest
from stream_control.journal.lines import SilenceTold, SoundTold, parse
from stream_control.journal.tail import Position, read

HERE = Path(__file__).parent
AUDIO_BEGAN = 1_000_000_000
ONE, TWO = UUID(int=1), UUID(int=2)


def test_silence_is_told_once_with_its_end_and_a_new_show_has_its_own_time(tmp_path: Path) -> None:
    own = {"AIRTIGHT_TEST_FOLDER": str(tmp_path), "AIRTIGHT_ALLOW_ROOT": "1", "TZ": "UTC"}
    command = ["liquidsoap", str(HERE / "silence.liq")]
    done = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    lines = [parse(text) for text, _ in read(tmp_path, Position())[0]]
    told = [line for line in lines if isinstance(line, SilenceTold | SoundTold)]
    assert told == lines
    assert [(line.event, line.tier, getattr(line, "session", None)) for line in told] == [
        ("silence", "user", None),
        ("silence", "live", ONE),
        ("sound", "user", None),
        ("sound", "live", None),
        ("silence", "live", ONE),
        ("sound", "live", None),
        ("silence", "live", TWO),
        ("sound", "live", None),
    ]
    assert [line.seconds for line in told if isinstance(line, SilenceTold)] == [8, 10, 10, 10]
    # What comes back is believed after 0.3 s of it; what leaves is silent no more at once.
    moments = [line.at - AUDIO_BEGAN for line in told]
    assert moments == pytest.approx([11, 12, 15, 16.3, 30, 32, 45, 47.3], abs=0.25)
