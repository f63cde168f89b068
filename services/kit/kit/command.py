"""Running a media tool: niced, in a cage of limits, and gone with us."""

import asyncio
import math
import os
import signal
from collections.abc import Sequence
from contextlib import suppress

NICENESS = "15"
MEMORY_BYTES = 1_000_000_000
"""Data that a tool may have. Reserved addresses do not count, or its threads would not start."""
OUTPUT_BYTES = 8_000_000_000
"""Length of any one file that a tool may write, unless its caller knows better."""
CORES = 2
"""Of this many cores a tool may use all the time that it has."""


class CommandFailed(Exception):
    """A tool that ended badly; the text is the end of what it said."""


class CommandTimedOut(CommandFailed, TimeoutError):
    """A tool that was ended because its time was up."""


async def run(command: Sequence[str], *, seconds: float, output_bytes: int = OUTPUT_BYTES) -> tuple[str, str]:
    """Standard output and error of a command; raises `CommandFailed`, or `CommandTimedOut`.

    It runs niced, so that it never takes the processor from the engines, within limits of memory, processor time and
    output, in a group of its own, which is killed when time is up or the caller is cancelled. When this process is
    killed, so is the tool. Bytes of its standard output that are no UTF-8 come as surrogates.
    """
    process = await asyncio.create_subprocess_exec(
        *_cage(seconds, output_bytes),
        *command,
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
    if process.returncode == -signal.SIGXCPU:
        raise CommandTimedOut("It took too much of the processor's time.")
    if process.returncode:
        raise CommandFailed(err.decode(errors="replace").strip()[-500:] or f"It ended with {process.returncode}.")
    return out.decode(errors="surrogateescape"), err.decode(errors="replace")


def _cage(seconds: float, output_bytes: int) -> tuple[str, ...]:
    """Programs of util-linux that become the command, one after the other."""
    limits = (f"--data={MEMORY_BYTES}", f"--fsize={output_bytes}", f"--cpu={math.ceil(seconds * CORES)}", "--core=0")
    return ("setpriv", "--pdeathsig", "KILL", "prlimit", *limits, "nice", "-n", NICENESS)
