"""What a dead supervisor left behind is found by its mark, and ended."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from native.supervisor import end_orphans, orphans

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a process that carries a mark; it is gone afterwards."""
    started: list[subprocess.Popen[bytes]] = []

    def run(mark: str = str(tmp_path), *command: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(command or ("sleep", "60"), env={**os.environ, "AIRTIGHT_VAR": mark})
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def test_a_process_of_this_station_is_found(start: Start, tmp_path: Path) -> None:
    process = start()
    assert orphans({"AIRTIGHT_VAR": str(tmp_path)}) == {process.pid: "sleep"}


def test_processes_of_another_station_are_left_alone(start: Start, tmp_path: Path) -> None:
    start(f"{tmp_path}2")
    start(str(tmp_path.parent))
    assert orphans({"AIRTIGHT_VAR": str(tmp_path)}) == {}


def test_whoever_asks_and_whoever_started_them_are_never_among_them(tmp_path: Path) -> None:
    asking = f"from native.supervisor import orphans; print(orphans({{'AIRTIGHT_VAR': {str(tmp_path)!r}}}))"
    answer = subprocess.run(
        ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", asking],
        env={**os.environ, "AIRTIGHT_VAR": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "{}"


def test_what_is_left_is_ended_and_named(start: Start, tmp_path: Path) -> None:
    first, second = start(), start(str(tmp_path), "tail", "-f", "/dev/null")
    # As init would, when their parent is dead.
    reapers = [threading.Thread(target=process.wait) for process in (first, second)]
    for reaper in reapers:
        reaper.start()
    assert end_orphans({"AIRTIGHT_VAR": str(tmp_path)}) == ["sleep", "tail"]
    for reaper in reapers:
        reaper.join(5)
    assert orphans({"AIRTIGHT_VAR": str(tmp_path)}) == {}


def test_where_nothing_is_left_nothing_is_ended(tmp_path: Path) -> None:
    assert end_orphans({"AIRTIGHT_VAR": str(tmp_path)}) == []
