"""A folder as people have them: hundreds of short files of every kind, with tags in every encoding, some broken."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

from desk.bad_files import BAD
from desk.sounds import ffmpeg, id3, id3v1, music, sound_file, untagged_mp3

TITLE_BYTES = 40
PLACE = "@" * TITLE_BYTES
"""What stands in a template for the title that each of its copies has."""
WORDS = ("Song", "Ümläut Café", "Привет", "שלום עולם", "🎶 emoji 👩‍🚀", "名前", "Łódź")
BROKEN = ("executable", "zip_after", "page_in_tag", "playlist", "empty", "no_frames", "truncated", "no_sound")
SECONDS = 0.7


def collection(folder: Path, count: int) -> set[str]:
    """Fill a folder with so many files; returns the paths of the good ones. One in twenty is broken."""
    source = folder.with_name("templates")
    source.mkdir(parents=True, exist_ok=True)
    sound = sound_file(source / "plain.wav", music(SECONDS))
    templates = _templates(source, sound)
    bad = cycle(BROKEN)
    good: set[str] = set()
    with ThreadPoolExecutor(2) as pool:
        for number in range(count):
            below = folder / f"{number % 7}" / f"{number % 3}"
            below.mkdir(parents=True, exist_ok=True)
            if number % 20 == 19:
                name = next(bad)
                # Each of its own content, or it were refused for being there twice.
                path = below / f"{number} {name}.mp3"
                BAD[name](path, source / "untagged.mp3")
                continue
            make, suffix = templates[number % len(templates)]
            path = below / f"{number}{suffix}"
            pool.submit(make, path, f"{WORDS[number % len(WORDS)]} {number}").add_done_callback(_require_done)
            good.add(str(path.relative_to(folder)))
    for left in folder.rglob("*.part"):
        left.unlink()
    return good


def _require_done(done: object) -> None:
    done.result()  # type: ignore[attr-defined]


Make = Callable[[Path, str], None]


def _templates(source: Path, sound: Path) -> list[tuple[Make, str]]:
    """How files are made, and how they are called; the quick ways come more often."""
    plain = untagged_mp3(source / "untagged.mp3", sound)
    made: list[tuple[Make, str]] = [
        (_with_id3(plain, b"\1", "utf-16"), ".mp3"),
        (_with_id3(plain, b"\0", "latin-1"), ".mp3"),
        (_with_id3v1(plain), ".mp3"),
    ]
    picture = ("-f", "lavfi", "-i", f"testsrc=s=64x64:d={SECONDS}")
    for suffix, more in ((".flac", ()), (".m4a", ()), (".wav", ()), (".mp4", picture)):
        template = source / f"template{suffix}"
        ffmpeg(*more, "-i", sound, "-metadata", f"title={PLACE}", "-metadata", "artist=Somebody feat. Else", template)
        made.append((_replacing(template.read_bytes()), suffix))
    made *= 3
    for suffix in (".ogg", ".opus"):
        template = sound_file(source / f"template{suffix}", music(SECONDS))
        made.append((_tagging(template), suffix))
    random.Random(1).shuffle(made)
    return made


def _with_id3(plain: Path, mark: bytes, encoding: str) -> Make:
    def make(path: Path, title: str) -> None:
        path.write_bytes(plain.read_bytes())
        id3(path, {"TIT2": mark + title.encode(encoding, "replace"), "TPE1": b"\0Zo\xeb"})

    return make


def _with_id3v1(plain: Path) -> Make:
    def make(path: Path, title: str) -> None:
        path.write_bytes(plain.read_bytes())
        # The number goes first: 30 bytes are all there is.
        id3v1(path, title=title[::-1].encode("latin-1", "replace")[:30], year=b"1987")

    return make


def _replacing(template: bytes) -> Make:
    """These kinds do not sum their tags up: the title may be written over."""

    def make(path: Path, title: str) -> None:
        said = title.encode()[:TITLE_BYTES].ljust(TITLE_BYTES)
        path.write_bytes(template.replace(PLACE.encode(), said))

    return make


def _tagging(template: Path) -> Make:
    def make(path: Path, title: str) -> None:
        ffmpeg("-i", template, "-c", "copy", "-metadata", f"title={title}", path)

    return make
