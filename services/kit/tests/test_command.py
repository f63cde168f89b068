"""A tool runs in its cage: limited in every way, and gone with whoever started it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kit.command import CommandFailed, CommandTimedOut, run

PYTHON = (sys.executable, "-c")


async def test_what_a_tool_says_comes_back_whatever_its_bytes_are() -> None:
    out, err = await run(["printf", r"caf\xe9"], seconds=5)
    assert out.encode("utf-8", "surrogateescape") == b"caf\xe9"
    assert err == ""


async def test_a_tool_that_fails_tells_the_end_of_what_it_said() -> None:
    with pytest.raises(CommandFailed, match="no such thing"):
        await run(["sh", "-c", "echo no such thing >&2; exit 3"], seconds=5)


async def test_a_tool_that_takes_too_long_is_killed() -> None:
    with pytest.raises(CommandTimedOut):
        await run(["sleep", "60"], seconds=0.2)


async def test_a_tool_gets_only_so_much_memory() -> None:
    with pytest.raises(CommandFailed, match="MemoryError"):
        await run([*PYTHON, "bytearray(1_500_000_000)"], seconds=20)


async def test_a_tool_writes_only_so_much(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(CommandFailed):
        await run(["dd", "if=/dev/zero", f"of={target}", "bs=1000", "count=50"], seconds=5, output_bytes=10_000)
    assert target.stat().st_size <= 10_000


async def test_a_tool_leaves_no_core_is_nice_and_has_two_cores_at_most() -> None:
    out, _ = await run(["sh", "-c", "ulimit -c; ulimit -t; nice"], seconds=5)
    assert out.split() == ["0", "10", str(min(os.nice(0) + 15, 19))]


async def test_a_tool_that_used_up_the_processors_time_has_timed_out() -> None:
    with pytest.raises(CommandTimedOut):
        await run(["sh", "-c", "kill -XCPU $$"], seconds=5)


async def test_a_tool_is_killed_with_whoever_waits_for_it_no_more(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    task = asyncio.create_task(run(["sh", "-c", f"echo $$ > {pid}; exec sleep 60"], seconds=60))
    await until_written(pid)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not lives(int(pid.read_text()))


WORKER = """
import asyncio, sys
from kit.command import run
asyncio.run(run(["sh", "-c", f"echo $$ > {sys.argv[1]}; exec sleep 60"], seconds=60))
"""


async def test_a_tool_dies_with_a_process_that_is_killed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(pid)], env=paths)
    await until_written(pid)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    deadline = time.monotonic() + 5
    while lives(int(pid.read_text())) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert not lives(int(pid.read_text()))


async def until_written(path: Path) -> None:
    async with asyncio.timeout(10):
        while not (path.exists() and path.read_text().strip()):
            await asyncio.sleep(0.02)


def lives(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
