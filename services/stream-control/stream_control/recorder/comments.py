"""The comments of a stream, in its second header packet: Vorbis comments, as FLAC and Opus have them in Ogg."""

from collections.abc import Mapping

OPUS = b"OpusTags"
FLAC_BLOCK = 4
"""Bytes before the comments in FLAC: the block's type and its length."""


def read(packet: bytes) -> dict[str, str]:
    """Comments by name in small letters; raises ValueError when the packet holds none."""
    data = packet[len(_prefix(packet)) :]
    _, data = _text(data)
    count, data = int.from_bytes(data[:4], "little"), data[4:]
    found = {}
    for _ in range(count):
        text, data = _text(data)
        name, _, value = text.decode("utf-8", errors="replace").partition("=")
        found[name.lower()] = value
    return found


def replaced(packet: bytes, comments: Mapping[str, str]) -> bytes:
    """The same packet with these comments only."""
    prefix = _prefix(packet)
    vendor, _ = _text(packet[len(prefix) :])
    lines = [f"{name.upper()}={value}".encode() for name, value in comments.items()]
    body = _sized(vendor) + len(lines).to_bytes(4, "little") + b"".join(_sized(line) for line in lines)
    return (prefix if prefix == OPUS else prefix[:1] + len(body).to_bytes(3, "big")) + body


def _prefix(packet: bytes) -> bytes:
    if packet.startswith(OPUS):
        return OPUS
    # FLAC: a metadata block of type 4, which may be the last one.
    if len(packet) > FLAC_BLOCK and packet[0] & 0x7F == 4:
        return packet[:FLAC_BLOCK]
    raise ValueError(f"no comments: {packet[:8]!r}")


def _text(data: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(data[:4], "little")
    if len(data) < end:
        raise ValueError("comments that are cut off")
    return data[4:end], data[end:]


def _sized(text: bytes) -> bytes:
    return len(text).to_bytes(4, "little") + text
