"""The copy for listening: an MP3 that says what it is and where its chapters are."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from api.airchecks.timing import Chapter
from api.media import copies
from api.media.copies import Form
from api.media.tools import LOCAL_ONLY, file

AIM_DBTP = -2.0
"""MP3 gives some peaks back higher than they were: with this the ceiling of -1 dBTP holds for what is heard."""
_SPECIAL = "=;#\\\n"
_SAID = ("-map_metadata", "1", "-map_chapters", "1", "-id3v2_version", "3", "-fflags", "+bitexact", "-f", "mp3")


def form(said: Path, *, kbits: int) -> Form:
    """How the copy is written; `said` is the file that `write_down` made."""
    codec = ("-ar", "48000", "-ac", "2", "-c:a", "libmp3lame", "-b:a", f"{kbits}k")
    return Form((*codec, *_SAID), inputs=_input(said), aim_dbtp=AIM_DBTP)


async def retag(source: Path, target: Path, said: Path, *, seconds: float) -> None:
    """Write a copy once more with other words and the same sound; raises `NotPlayable` and `DiskFull`."""
    async with copies.whole(target) as part:
        inputs = [*LOCAL_ONLY, "-i", file(source), *_input(said)]
        await copies.ffmpeg([*inputs, "-map", "0:a:0", "-c", "copy", *_SAID, file(part)], seconds=60 + seconds / 50)


def write_down(said: Path, tags: Mapping[str, str], chapters: Sequence[Chapter], seconds: float) -> None:
    """Write what a copy of so many seconds says, as ffmpeg reads it."""
    said.write_text(metadata(tags, chapters, seconds))


def metadata(tags: Mapping[str, str], chapters: Sequence[Chapter], seconds: float) -> str:
    """Tags and chapters in ffmpeg's own format. A chapter ends where the next one starts."""
    lines = [";FFMETADATA1", *(f"{name}={_escaped(text)}" for name, text in tags.items())]
    ends = [*(chapter.starts for chapter in chapters), seconds][1:]
    for chapter, end in zip(chapters, ends, strict=True):
        times = [f"START={round(chapter.starts * 1000)}", f"END={round(end * 1000)}"]
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", *times, f"title={_escaped(chapter.title)}"]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    # ffmpeg takes a backslash before the end of a line for one that escapes it, even when it is escaped itself.
    return "".join(f"\\{one}" if one in _SPECIAL else one for one in text.rstrip("\\"))


def _input(said: Path) -> tuple[str, ...]:
    return ("-f", "ffmetadata", "-i", file(said))
