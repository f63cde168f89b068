"""Is it on air? Asked as a listener would: by hearing it."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

AUDIBLE_DB = -60.0


def mean_volume(url: str, *, seconds: float = 1.0) -> float | None:
    """Level in dBFS of what a new listener hears first, or None when nothing comes."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-rw_timeout", "3000000", "-t", str(seconds), "-i", url]
    try:
        heard = subprocess.run(
            [*command, "-af", "volumedetect", "-f", "null", "-"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    found = re.search(r"mean_volume: (-?[\d.]+) dB", heard.stderr)
    return float(found[1]) if found else None


def wait_for_audio(values: Mapping[str, str], *, seconds: float) -> bool:
    """Wait until a listener hears the engine's sound: the standby alone is not the station."""
    url = f"http://{values['AIRTIGHT_ICECAST_ADDRESS']}/radio"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        level = mean_volume(url)
        if level is not None and level > AUDIBLE_DB and tier(values):
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
