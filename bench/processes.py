"""CPU and memory of each process of a station over some time."""

import os
import time
from pathlib import Path

from station import Station

TICKS = os.sysconf("SC_CLK_TCK")


def watch(station: Station, programs: list[str], *, seconds: float) -> dict[str, dict[str, float]]:
    """Mean CPU in per cent of one core, and the largest memory in MB, of each program with its children."""
    first = {program: _cpu_seconds(_family(station.pid(program))) for program in programs}
    began, largest = time.monotonic(), dict.fromkeys(programs, 0.0)
    while time.monotonic() - began < seconds:
        for program in programs:
            largest[program] = max(largest[program], _memory_mb(_family(station.pid(program))))
        time.sleep(5)
    taken = time.monotonic() - began
    return {
        program: {
            "cpu_percent": round(100 * (_cpu_seconds(_family(station.pid(program))) - first[program]) / taken, 2),
            "memory_mb": round(largest[program], 1),
        }
        for program in programs
    }


def _family(pid: int) -> list[int]:
    found = [pid] if pid else []
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children")
        if children.exists():
            found += [int(child) for child in children.read_text().split()]
    return found


def _cpu_seconds(pids: list[int]) -> float:
    total = 0.0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # User and system time, and those of children that have ended (proc(5)).
        total += sum(int(field) for field in fields[11:15]) / TICKS
    return total


def _memory_mb(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        # Proportional: pages that processes share are counted once.
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
