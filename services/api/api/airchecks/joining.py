"""The original of an aircheck: the parts of a recording as one file, sample by sample as they were."""

from collections.abc import Sequence
from pathlib import Path

from api.media import copies
from api.media.tools import file

ONLY_OURS = ("-protocol_whitelist", "file", "-format_whitelist", "concat,ogg")


async def join(parts: Sequence[Path], target: Path, *, seconds: float) -> None:
    """Write the original in one step; raises `NotPlayable` and `DiskFull`. `seconds` are those of all parts."""
    listed = target.with_name("parts.ffconcat")
    # Names are the recorder's: digits and a suffix. They are quoted all the same.
    lines = ["ffconcat version 1.0", *(f"file '{_quoted(part)}'" for part in parts)]
    listed.write_text("\n".join(lines) + "\n")
    try:
        async with copies.whole(target) as part:
            inputs = [*ONLY_OURS, "-f", "concat", "-safe", "0", "-i", file(listed)]
            # Decoded and packed anew: frames of several streams in one are numbered twice, and players lose their way.
            packed = ["-map", "0:a:0", "-map_metadata", "-1", "-c:a", "flac", "-compression_level", "5", "-f", "flac"]
            most = int(seconds * copies.BYTES_PER_SECOND) + 1_000_000
            await copies.ffmpeg([*inputs, *packed, file(part)], seconds=60 + seconds / 5, output_bytes=most)
    finally:
        listed.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "'\\''")
