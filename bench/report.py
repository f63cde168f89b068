"""What a bench prints: where it ran, each distribution, and one JSON line last."""

import json
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


def distribution(values: Sequence[float]) -> dict[str, float]:
    """Number, median, 90th percentile and extremes."""
    ordered = sorted(values)
    rank = max(0, -(-9 * len(ordered) // 10) - 1)
    return {
        "n": len(ordered),
        "min": round(ordered[0], 3),
        "p50": round(statistics.median(ordered), 3),
        "p90": round(ordered[rank], 3),
        "max": round(ordered[-1], 3),
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
