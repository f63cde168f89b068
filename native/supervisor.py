"""Talking to the station's supervisor, and ending what a dead one left behind."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from native.environment import PROCESS_ENVIRONMENT

MARK = "AIRTIGHT_VAR"


class SupervisorFailed(Exception):
    """The supervisor did not do what it was asked; the text is its own."""


def is_running(values: Mapping[str, str]) -> bool:
    """Whether a supervisor of this station answers."""
    return _control(values, "pid").returncode == 0


def start(values: Mapping[str, str]) -> None:
    """Start the supervisor in the background; the engines start with it."""
    # Only what every process may know; each is given its own settings by the configuration.
    own = {"HOME": values["AIRTIGHT_VAR"], "USER": os.environ.get("USER", ""), **PROCESS_ENVIRONMENT}
    own[MARK] = values[MARK]
    command = [f"{values['AIRTIGHT_VENV']}/bin/supervisord", "-c", f"{values['AIRTIGHT_VAR']}/etc/supervisord.conf"]
    done = subprocess.run(
        command,
        env=own,
        cwd=values["AIRTIGHT_VAR"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if done.returncode:
        raise SupervisorFailed(done.stdout + done.stderr)


def apply(values: Mapping[str, str]) -> list[str]:
    """Restart what changed, start what is new, stop what is gone; returns what was done, a line each."""
    done = _control(values, "update")
    if done.returncode:
        raise SupervisorFailed(done.stdout + done.stderr)
    return [line for line in done.stdout.splitlines() if line]


def start_programs(values: Mapping[str, str], names: Iterable[str]) -> None:
    """Start programs that do not start by themselves, at once; no error for one that already runs."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda name: _control(values, "start", name), names))


def status(values: Mapping[str, str]) -> str:
    """The state of every program, a line each."""
    return _control(values, "status").stdout


def shut_down(values: Mapping[str, str], *, seconds: float = 60) -> None:
    """Stop every program, last started first, then the supervisor; returns when it is gone."""
    _control(values, "shutdown")
    deadline = time.monotonic() + seconds
    while is_running(values) and time.monotonic() < deadline:
        time.sleep(0.2)


def orphans(values: Mapping[str, str]) -> dict[int, str]:
    """Processes of this station, by pid: a killed supervisor leaves them running.

    They carry the data folder in the environment they were started with. PostgreSQL's children overwrite theirs, but
    end with their parent.
    """
    mark = f"{MARK}={values[MARK]}".encode()
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and mark in (entry / "environ").read_bytes().split(b"\0"):
                name = (entry / "comm").read_text().strip()
                found[int(entry.name)] = name
        except OSError:
            continue
    ancestors = _ancestors()
    return {pid: name for pid, name in found.items() if pid not in ancestors}


def end_orphans(values: Mapping[str, str]) -> list[str]:
    """End what is left of this station, politely and then not; returns their names."""
    names = sorted(orphans(values).values())
    # PostgreSQL understands SIGINT as "at once, but cleanly".
    for attempt in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        for pid, name in orphans(values).items():
            _signal(pid, signal.SIGINT if name == "postgres" and attempt == signal.SIGTERM else attempt)
        deadline = time.monotonic() + 5
        while orphans(values) and time.monotonic() < deadline:
            time.sleep(0.05)
    return names


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _ancestors() -> set[int]:
    pid, found = os.getpid(), set()
    while pid > 1:
        found.add(pid)
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return found


def _control(values: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    configuration = f"{values['AIRTIGHT_VAR']}/etc/supervisord.conf"
    command = [f"{values['AIRTIGHT_VENV']}/bin/supervisorctl", "-c", configuration, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
