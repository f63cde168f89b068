"""Counting listeners and measuring the stream as one of them hears it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kit.contracts.air import TIERS
from prometheus_client import Gauge

from stream_control.engine.icecast import Icecast
from stream_control.monitor.level import measure
from stream_control.now_playing.service import Follower
from stream_control.recorder.state import MOUNTS, State

LEVEL = Gauge("airtight_level_dbfs", "Mean level of the stream as a listener gets it")
LISTENERS = Gauge("airtight_listeners", "Connected listeners")
RECORDING = Gauge("airtight_recording", "1 while the recorder writes what it should, by mount", ["mount"])
ON_AIR = Gauge("airtight_tier_on_air", "1 for the tier that listeners hear", ["tier"])


@dataclass
class Heard:
    """The last measurement of the stream."""

    level_dbfs: float | None = None
    at: datetime | None = None


class Monitor:
    """Counts listeners and measures the stream, one after the other: its own ear is not counted."""

    def __init__(self, icecast: Icecast, follower: Follower, run: Path) -> None:
        self._icecast = icecast
        self._follower = follower
        self._run = run
        self.heard = Heard()

    async def step(self) -> None:
        """Count and measure once."""
        self._look_at_the_recorder()
        counts = await self._icecast.listeners()
        self._follower.listeners = sum(counts.values())
        level = await measure(f"http://{self._icecast.address}/radio")
        self.heard = Heard(level, datetime.now(UTC))
        LISTENERS.set(self._follower.listeners)
        LEVEL.set(level if level is not None else float("-inf"))
        for tier in TIERS:
            ON_AIR.labels(tier).set(self._follower.state.tier == tier)

    def _look_at_the_recorder(self) -> None:
        state = State.read(self._run)
        complaints = state.complaints(datetime.now(UTC)) if state else {}
        for mount in MOUNTS:
            RECORDING.labels(mount).set(state is not None and mount not in complaints)
