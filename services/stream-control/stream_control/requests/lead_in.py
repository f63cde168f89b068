"""The noise that is played while Liquidsoap connects to the requests' player, so that no opening of a song is lost.

It is too quiet to be noticed and loud enough to fill the connection at once: digital silence would take seconds.
"""

from pathlib import Path

from kit.command import run

from stream_control.requests.rules import LEAD_IN

SECONDS = 10
AMPLITUDE = 0.00173
"""Peak of white noise at −60 dBFS."""


def path_of(media: Path) -> Path:
    """Where it is."""
    return media / f"{LEAD_IN}.flac"


async def make(media: Path) -> None:
    """Make it when it is not there; raises `kit.command.CommandFailed`."""
    path = path_of(media)
    if path.exists():
        return
    part = path.with_suffix(".part")
    noise = f"anoisesrc=color=white:amplitude={AMPLITUDE}:duration={SECONDS}:sample_rate=48000:seed=1"
    form = ["-ac", "2", "-sample_fmt", "s16", "-c:a", "flac", "-metadata", f"title={LEAD_IN}", "-f", "flac"]
    await run(
        ["ffmpeg", "-hide_banner", "-nostdin", "-y", "-f", "lavfi", "-i", noise, *form, f"file:{part}"], seconds=30
    )
    part.chmod(0o644)
    part.replace(path)
