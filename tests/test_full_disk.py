"""A full disk: said clearly, and not heard."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from listening import describe, encoded, longest_silence, record, stalls, tone
from station import Station, running_station

MEGABYTE = 1_000_000
RESERVES = {"API": "100", "STREAM_CONTROL": "100", "RECORDER": "200"}
"""Smaller than the defaults, for a disk that is little larger than the program."""


@pytest.fixture
def cramped(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Station, Path]]:
    """A station on a small disk of its own where one can be mounted (as root), and a place to fill it from.

    Elsewhere the disk is not filled: the station is told to keep more in reserve than there is, the same to it.
    """
    for who, reserve in RESERVES.items():
        monkeypatch.setenv(f"AIRTIGHT_{who}_DISK_RESERVE_MB", reserve)
    with tempfile.TemporaryDirectory(prefix="airtight-disk-", dir="/var/tmp", ignore_cleanup_errors=True) as name:
        disk = Path(name)
        disk.chmod(0o755)
        mounted = os.getuid() == 0
        if mounted:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1600m", "tmpfs", disk], check=True)
        try:
            with running_station(
                disk / "station", {"programme.flac": encoded(tone("programme", 300), ".flac")}
            ) as station:
                yield station, disk
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", disk], check=True)


async def test_a_full_disk_is_said_and_the_air_goes_on(cramped: tuple[Station, Path]) -> None:
    station, disk = cramped
    await station.until_settled("fallback")
    filler = disk / "filler"
    old_hour = (
        station.var / "media" / "recordings" / "air" / f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}/07.opus"
    )
    old_hour.parent.mkdir()
    old_hour.write_bytes(bytes(MEGABYTE))
    shutil.chown(old_hour.parent, station.var.owner(), station.var.group())
    await station.until(lambda: station.ready()["checks"]["recorder"]["ok"])
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_hears("programme")
        if os.getuid() == 0:
            _fill(filler)
        else:
            station.shell("AIRTIGHT_STREAM_CONTROL_DISK_RESERVE_MB=900000000 native/up", seconds=120)
        await station.until(lambda: not station.ready()["checks"]["disk"]["ok"], seconds=60, every=1)
        await ear.until_heard_for(30)
    assert "nearly full" in station.ready()["checks"]["disk"]["detail"]
    assert longest_silence(ear.heard()) == 0, describe(ear)
    assert stalls(ear.heard(), at_least=1.0) == [], describe(ear)
    assert station.pid("liquidsoap")
    if os.getuid() == 0:
        # Recordings are the first to give way.
        assert "paused" in station.ready()["checks"]["recorder"]["detail"]
        assert not old_hour.parent.exists()
    if os.getuid() == 0:
        filler.unlink()
    else:
        station.shell("AIRTIGHT_STREAM_CONTROL_DISK_RESERVE_MB=10 native/up", seconds=120)
    await station.until(lambda: station.ready()["ready"], seconds=60, every=1)
    await station.until(lambda: ".opus" in station.ready()["checks"]["recorder"]["detail"])


def _fill(filler: Path) -> None:
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(MEGABYTE))
