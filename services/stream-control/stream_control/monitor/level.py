"""The level of what a listener gets, measured on the stream itself."""

import re

from kit.command import CommandFailed, run

AUDIBLE_DBFS = -60.0
"""A stream below this is silent to a listener."""


async def measure(url: str) -> float | None:
    """Mean level in dBFS of the first second that a new listener hears; None when nothing comes."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-rw_timeout", "3000000", "-t", "1", "-i", url]
    try:
        _, said = await run([*command, "-af", "volumedetect", "-f", "null", "-"], seconds=8)
    except CommandFailed:
        return None
    found = re.search(r"mean_volume: (-?[\d.]+) dB", said)
    return float(found[1]) if found else None
