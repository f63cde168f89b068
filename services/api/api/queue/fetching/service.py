"""Fetching a song by its link: one child process for each, which dies with its time, its request and its worker."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog
from kit.command import NICENESS
from pydantic import ValidationError

from api.queue.fetching.messages import Done, Failed, Order, Progress, parse_message
from api.queue.rules import FailureReason

logger = structlog.get_logger()
RESULT = "fetched.json"
"""What was told at the end, beside the file: a download that is complete is not done again."""
HOME = "home"


class FetchFailed(Exception):
    """The song could not be had."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        super().__init__(detail)
        self.reason: FailureReason = reason


async def fetch(order: Order, progress: Callable[[float], None]) -> Done:
    """Download the song into the order's folder, which exists; go on with what an earlier try has left there.

    `progress` is given parts of 1. Raises `FetchFailed`. Cancelling kills the child.
    """
    folder = Path(order.folder)
    result = folder / RESULT
    if result.is_file() and (folder / order.name).is_file():
        return Done.model_validate_json(result.read_bytes())
    process = await _start(folder)
    try:
        done = await _follow(process, order, progress)
    finally:
        await _end(process)
    written = folder / f"{RESULT}.part"
    written.write_text(done.model_dump_json())
    written.replace(result)
    return done


async def _start(folder: Path) -> Process:
    home = folder / HOME
    home.mkdir(exist_ok=True)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "YTDLP_NO_PLUGINS": "1",
        "DENO_NO_UPDATE_CHECK": "1",
    }
    return await asyncio.create_subprocess_exec(
        *("nice", "-n", NICENESS, sys.executable, "-I", "-m", "api.queue.fetching.child"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=environment,
        cwd=folder,
        start_new_session=True,
    )


async def _follow(process: Process, order: Order, progress: Callable[[float], None]) -> Done:
    assert process.stdin
    assert process.stdout
    with suppress(ConnectionError):
        process.stdin.write(order.model_dump_json().encode() + b"\n")
        await process.stdin.drain()
    async for line in process.stdout:
        try:
            message = parse_message.validate_json(line)
        except ValidationError as error:
            raise FetchFailed("source_failed", f"not understood: {line[:200]!r}") from error
        if isinstance(message, Progress):
            progress(message.part)
        elif isinstance(message, Failed):
            raise FetchFailed(message.reason, message.detail)
        else:
            return message
    code = await process.wait()
    raise FetchFailed("source_failed", f"the child ended with {code}")


async def _end(process: Process) -> None:
    # The group, whatever became of its first process: what that started may be left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
