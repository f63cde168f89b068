"""Tags in which programs name themselves, as ffprobe reads them."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.analysis.provenance.evidence import LONGEST_WORDS, MOST_WORDS, Declared
from api.media.names import one_line
from api.media.tools import LOCAL_ONLY, file

TAGS = (
    "encoder", "encoded_by", "encoding_tool", "tsse", "tenc", "software", "creation_tool", "generator", "made_with",
    "comment", "description", "copyright", "url", "purl", "website",
)  # fmt: skip
GENERATORS = (
    "Suno", "Udio", "Stable Audio", "MusicGen", "AudioCraft", "Riffusion", "Mubert", "AIVA", "Soundraw", "Boomy",
    "Beatoven", "ElevenLabs", "ACE-Step", "Loudly", "Lyria",
)  # fmt: skip
"""Makers of music or speech by machine, by the names that they write into files."""
SECONDS = 30


def read(original: Path) -> tuple[Declared, ...]:
    """What a file's tags say of the programs that made it; nothing when they cannot be read."""
    command = ["ffprobe", "-v", "error", *LOCAL_ONLY, "-show_format", "-show_streams", "-of", "json", file(original)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    return () if done.returncode else of_report(json.loads(done.stdout))


def of_report(report: Mapping[str, Any]) -> tuple[Declared, ...]:
    """The same from ffprobe's report: first the file's own tags, each value once."""
    found: dict[str, Declared] = {}
    for one in _named(report):
        found.setdefault(one.value, one)
    return tuple(found.values())[:MOST_WORDS]


def _named(report: Mapping[str, Any]) -> Iterator[Declared]:
    for part in (report.get("format", {}), *report.get("streams", ())):
        for name, said in part.get("tags", {}).items():
            value = one_line(str(said))
            if name.lower() in TAGS and value:
                yield Declared(tag=name.lower(), value=value[:LONGEST_WORDS], generator=generator_in(value))


def generator_in(words: str) -> str | None:
    """The maker of music by machine that is named, as a word of its own."""
    plain = "".join(one if one.isalnum() else " " for one in words.casefold())
    padded = f" {' '.join(plain.split())} "
    return next((one for one in GENERATORS if f" {one.casefold().replace('-', ' ')} " in padded), None)
