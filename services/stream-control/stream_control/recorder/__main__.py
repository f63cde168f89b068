"""`python -m stream_control.recorder`: record what the engine gives, until it is killed."""

import asyncio
import os
from datetime import UTC, datetime

import httpx
from kit import log
from kit.loops import repeat, run_all

from stream_control.recorder.air import AirLogger
from stream_control.recorder.live import LiveRecorder
from stream_control.recorder.mount import Mount
from stream_control.recorder.room import DiskGuard
from stream_control.recorder.settings import Settings
from stream_control.recorder.state import Report

USER = "recorder"
PATIENCE = httpx.Timeout(3, read=10)
"""Seconds; a mount that is there always has sound."""


async def record(settings: Settings) -> None:
    """Listen to both mounts, watch the disk, and say every second how it goes."""
    folder, report = settings.folder, Report(settings.run)
    folder.mkdir(parents=True, exist_ok=True)
    live, air = LiveRecorder(folder / "live", report), AirLogger(folder / "air")
    guard = DiskGuard(folder, folder / "air", reserve_mb=settings.disk_reserve_mb, air_days=settings.air_days)

    async def watch() -> None:
        room = guard.look(now=datetime.now(UTC))
        live.is_paused, air.is_paused = not room.live, not room.air

    async def tell() -> None:
        for recorder, writing in ((live, report.state.live), (air, report.state.air)):
            writing.is_paused = recorder.is_paused
            writing.file = str(recorder.file.relative_to(folder)) if recorder.file else None
        report.state.free_mb = int(guard.free_mb)
        report.write()

    auth = httpx.BasicAuth(USER, settings.password.get_secret_value())
    async with httpx.AsyncClient(auth=auth, timeout=PATIENCE) as http:
        mounts = {name: f"http://{settings.icecast_address}/recorder/{name}" for name in ("live", "air")}
        await run_all(
            repeat("room", watch, every=2),
            repeat("live", Mount(http, mounts["live"], live, report.state.live).listen, every=0.5),
            repeat("air", Mount(http, mounts["air"], air, report.state.air).listen, every=0.5),
            repeat("tell", tell, every=1),
        )


if __name__ == "__main__":
    os.umask(0o022)
    settings = Settings()
    log.configure(json=settings.log_json)
    asyncio.run(record(settings))
