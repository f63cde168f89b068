"""Reading the journal's files from a place one keeps: `YYYY-MM-DD.jsonl`, one a day, only ever appended to."""

from dataclasses import dataclass
from pathlib import Path

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Position:
    """A place in the journal: bytes read of a file. The empty name is the very beginning."""

    file: str = ""
    offset: int = 0


def read(folder: Path, position: Position) -> tuple[list[tuple[str, Position]], Position]:
    """Whole lines after a position, each with the position behind it, and where to go on.

    At most `CHUNK` bytes are read. A line without its end is left for later: it is still being written, unless a newer
    file exists. Then nobody will end it, and it is given as it is. So is a line longer than `CHUNK`, in pieces: it is
    no line of the engine's, and must not hold up what follows.
    """
    names = sorted(path.name for path in folder.glob("*.jsonl") if path.name >= position.file)
    if not names:
        return [], position
    if names[0] != position.file:
        position = Position(names[0], 0)
    with open(folder / position.file, "rb") as file:
        file.seek(position.offset)
        data = file.read(CHUNK)
    complete, end, _ = data.rpartition(b"\n")
    if not end and (len(names) > 1 or len(data) == CHUNK):
        if not data:
            return [], Position(names[1], 0)
        complete = data
    lines, offset = [], position.offset
    for raw in (complete + end).splitlines(keepends=True):
        offset += len(raw)
        text = raw.decode("utf-8", errors="replace").strip()
        if text:
            lines.append((text, Position(position.file, offset)))
    return lines, Position(position.file, offset)
