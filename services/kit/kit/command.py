"""Running a media tool: niced, with a time limit, and gone with us."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress

NICENESS = "15"


class CommandFailed(Exception):
    """A tool that ended badly; the text is the end of what it said."""


class CommandTimedOut(CommandFailed, TimeoutError):
    """A tool that was ended because its time was up."""


async def run(command: Sequence[str], *, seconds: float) -> tuple[str, str]:
    """Standard output and error of a command; raises `CommandFailed`, or `CommandTimedOut`.

    It runs niced, so that it never takes the processor from the engines, in a group of its own, which is killed when
    time is up or the caller is cancelled.
    """
    process = await asyncio.create_subprocess_exec(
        *("nice", "-n", NICENESS, *command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise CommandTimedOut(f"It took longer than {seconds:.0f} seconds.") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        raise CommandFailed(err.decode(errors="replace").strip()[-500:] or f"It ended with {process.returncode}.")
    return out.decode(errors="replace"), err.decode(errors="replace")
