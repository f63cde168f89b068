"""Is it on air? Asked as a listener would: by hearing it."""

import asyncio
import json
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stream_control.monitor.level import AUDIBLE_DBFS, measure


def wait_for_audio(values: Mapping[str, str], *, seconds: float) -> bool:
    """Wait until a listener hears the engine's sound: the standby alone is not the station."""
    url = f"http://{values['AIRTIGHT_ICECAST_ADDRESS']}/radio"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        level = asyncio.run(measure(url))
        if level is not None and level > AUDIBLE_DBFS and tier(values):
            return True
        time.sleep(0.2)
    return False


def engine(values: Mapping[str, str]) -> dict[str, Any]:
    """The engine's own word on tiers and gates; empty when it does not answer."""
    try:
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(3)
            control.connect(values["AIRTIGHT_LIQUIDSOAP_SOCKET"])
            control.sendall(b"air.status\nquit\n")
            return dict(json.loads(control.makefile().readline()))
    except (OSError, ValueError):
        return {}


def tier(values: Mapping[str, str]) -> str | None:
    """The tier on air, None while there is none."""
    return engine(values).get("tier") or None


def wait_for_music(values: Mapping[str, str], *, seconds: float) -> str | None:
    """Wait until something better than noise is on air, unless the programme is paused; returns the tier."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        told = engine(values)
        if told and (told["tier"] not in ("", "noise") or not told["fallback"]["gate"]):
            break
        time.sleep(0.2)
    return tier(values)


def now_playing(values: Mapping[str, str]) -> dict[str, object]:
    """What stream-control last told the world; empty when it has not yet."""
    try:
        told = json.loads((Path(values["AIRTIGHT_PUBLIC"]) / "now-playing.json").read_text())
    except (OSError, ValueError):
        return {}
    return dict(told)
