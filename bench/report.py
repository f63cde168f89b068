"""What a bench prints: where it ran, each distribution, and one JSON line last."""

import json
import math
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path


def environment() -> dict[str, object]:
    """The machine, as far as it explains a figure."""
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ":")
    memory = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "cpu": cpu.partition(":")[2].strip(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**20, 1),
        "system": platform.platform(),
        "load": round(os.getloadavg()[0], 2),
    }


def percentile(values: Sequence[float], rank: float) -> float:
    """The smallest value that is at least as large as `rank` per cent of them."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(rank / 100 * len(ordered)) - 1)]


def distribution(values: Sequence[float]) -> dict[str, float]:
    """Number, median, 90th percentile and extremes."""
    return {
        "n": len(values),
        "min": round(min(values), 3),
        "p50": round(statistics.median(values), 3),
        "p90": round(percentile(values, 90), 3),
        "max": round(max(values), 3),
    }


def show(name: str, values: Sequence[float], *, limit: float | None = None) -> dict[str, float]:
    """Print a distribution, with the figure it is held to, and return it."""
    told = distribution(values)
    held = f"   limit {limit:g}" if limit is not None else ""
    print(f"{name:<44}" + "  ".join(f"{key} {value:g}" for key, value in told.items()) + held, flush=True)
    return told


def last_line(name: str, results: dict[str, object]) -> None:
    """The line that machines read."""
    print(json.dumps({"bench": name, "environment": environment(), **results}))
