"""Counting listeners and measuring the stream as one of them hears it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from kit.contracts.air import TIERS
from prometheus_client import Gauge

from stream_control.engine.icecast import Icecast
from stream_control.monitor.level import measure
from stream_control.now_playing.service import Follower

LEVEL = Gauge("airtight_level_dbfs", "Mean level of the stream as a listener gets it")
LISTENERS = Gauge("airtight_listeners", "Connected listeners")
ON_AIR = Gauge("airtight_tier_on_air", "1 for the tier that listeners hear", ["tier"])


@dataclass
class Heard:
    """The last measurement of the stream."""

    level_dbfs: float | None = None
    at: datetime | None = None


class Monitor:
    """Counts listeners and measures the stream, one after the other: its own ear is not counted."""

    def __init__(self, icecast: Icecast, follower: Follower) -> None:
        self._icecast = icecast
        self._follower = follower
        self.heard = Heard()

    async def step(self) -> None:
        """Count and measure once."""
        counts = await self._icecast.listeners()
        self._follower.listeners = sum(counts.values())
        level = await measure(f"http://{self._icecast.address}/radio")
        self.heard = Heard(level, datetime.now(UTC))
        LISTENERS.set(self._follower.listeners)
        LEVEL.set(level if level is not None else float("-inf"))
        for tier in TIERS:
            ON_AIR.labels(tier).set(self._follower.state.tier == tier)
