"""Files that must not get in, made from real sounds; each of them small, whatever it claims."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from listening import silence, tone
from listening.signals import write as write_sound

from desk.sounds import ffmpeg

Make = Callable[[Path, Path], None]
"""Writes a bad file to the first path; the second is a good MP3 of a second."""


def executable(target: Path, _: Path) -> None:
    """A program under a song's name."""
    target.write_bytes(Path("/bin/true").read_bytes())


def script(target: Path, _: Path) -> None:
    """A shell script."""
    target.write_bytes(b"#!/bin/sh\nrm -rf /\n" * 50)


def zip_before(target: Path, sound: Path) -> None:
    """An archive that goes on as sound: a player skips what it does not know."""
    target.write_bytes(_archive() + sound.read_bytes())


def zip_after(target: Path, sound: Path) -> None:
    """A sound that goes on as an archive: such is read from its end."""
    target.write_bytes(sound.read_bytes() + _archive())


def zip_inside(target: Path, sound: Path) -> None:
    """An archive with a little more after it."""
    target.write_bytes(sound.read_bytes() + _archive() + b"\0" * 900)


def page_before(target: Path, sound: Path) -> None:
    """A web page that goes on as sound."""
    target.write_bytes(b"<html><script>alert(1)</script></html>" + sound.read_bytes())


def page_in_tag(target: Path, sound: Path) -> None:
    """A web page in the tag: what is read begins as MP3, and a browser may see otherwise."""
    target.write_bytes(_tagged(b"COMM", b"\0eng\0<HTML><body>hello</body></HTML>") + sound.read_bytes())


def document_in_tag(target: Path, sound: Path) -> None:
    """A PDF in the tag."""
    target.write_bytes(_tagged(b"PRIV", b"x\0%PDF-1.7\n1 0 obj\n") + sound.read_bytes())


def playlist(target: Path, sound: Path) -> None:
    """A playlist of another file of the machine."""
    target.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{sound}\n#EXT-X-ENDLIST\n")


def concatenation(target: Path, sound: Path) -> None:
    """ffmpeg's own kind of playlist."""
    target.write_text(f"ffconcat version 1.0\nfile '{sound}'\n")


def empty(target: Path, _: Path) -> None:
    """Nothing."""
    target.touch()


def no_frames(target: Path, _: Path) -> None:
    """A WAV of no samples."""
    write_sound(target.with_suffix(".wav"), silence(0))
    target.with_suffix(".wav").replace(target)


def truncated(target: Path, sound: Path) -> None:
    """A FLAC without its second half."""
    whole = target.with_suffix(".flac")
    ffmpeg("-i", sound, whole)
    data = whole.read_bytes()
    whole.unlink()
    target.write_bytes(data[: len(data) // 2])


def silent_hours(target: Path, _: Path) -> None:
    """Ten hours of nothing, in a few kilobytes."""
    _rewrite(target, write_sound(target.with_suffix(".wav"), silence(2)), chunks=36_000)


def endless(target: Path, sound: Path) -> None:
    """A video's container that plays the same second for a hundred hours, and claims to be of one second."""
    _rewrite(target, sound, chunks=360_000, claimed=1)


def many_channels(target: Path, _: Path) -> None:
    """Sixteen channels."""
    inputs = [part for _ in range(16) for part in ("-f", "lavfi", "-i", "sine=440:d=1")]
    ffmpeg(*inputs, "-filter_complex", "amerge=inputs=16", "-c:a", "pcm_s16le", "-f", "wav", target)


def no_sound(target: Path, _: Path) -> None:
    """A video without sound."""
    ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:d=1", "-f", "mp4", target)


def inaudible(target: Path, _: Path) -> None:
    """A tone that nobody hears."""
    write_sound(target.with_suffix(".wav"), tone(440, 1.0, -90)).replace(target)


def noise_of_bytes(target: Path, _: Path) -> None:
    """Zeros."""
    target.write_bytes(bytes(100_000))


BAD: dict[str, Make] = {
    make.__name__: make
    for make in (
        executable, script, zip_before, zip_after, zip_inside, page_before, page_in_tag, document_in_tag, playlist,
        concatenation, empty, no_frames, truncated, silent_hours, endless, many_channels, no_sound, inaudible,
        noise_of_bytes,
    )
}  # fmt: skip


def _archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("autorun.exe", b"MZ" + bytes(500))
    return packed.getvalue()


def _tagged(frame: bytes, content: bytes) -> bytes:
    body = frame + struct.pack(">I", len(content)) + b"\0\0" + content
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + body


def _rewrite(target: Path, sound: Path, *, chunks: int, claimed: int | None = None) -> None:
    """An MP4 of so many seconds which are all the same one, and of `claimed` seconds by what it says."""
    plain = target.with_suffix(".m4a")
    ffmpeg("-i", sound, "-ac", "1", "-ar", "8000", "-c:a", "pcm_s16be", "-use_editlist", "0", "-f", "mov", plain)
    data = plain.read_bytes()
    plain.unlink()
    at = data.index(b"stco") - 4
    offset = struct.unpack_from(">I", data, at + 16)[0]
    table = struct.pack(">I4sII", 16 + 4 * chunks, b"stco", 0, chunks) + struct.pack(">I", offset) * chunks
    old_length = struct.unpack_from(">I", data, at)[0]
    moved = bytearray(data[:at] + table + data[at + old_length :])
    for box in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        begin = data.index(box) - 4
        struct.pack_into(">I", moved, begin, struct.unpack_from(">I", data, begin)[0] + len(table) - old_length)
    samples, each = 8_000, moved.index(b"stsc") + 4
    struct.pack_into(">IIII", moved, each + 4, 1, 1, samples, 1)
    struct.pack_into(">I", moved, moved.index(b"stsz") + 12, samples * chunks)
    struct.pack_into(">III", moved, moved.index(b"stts") + 8, 1, samples * chunks, 1)
    rate = struct.unpack_from(">I", moved, moved.index(b"mdhd") + 16)[0]
    struct.pack_into(">I", moved, moved.index(b"mdhd") + 20, min(rate * (claimed or chunks), 0xFFFFFFFF))
    target.write_bytes(moved)
