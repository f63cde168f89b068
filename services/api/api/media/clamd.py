"""Asking ClamAV about a file: its daemon's own protocol, over TCP or a Unix socket.

What is not known to be clean is never called so: without an answer there is an exception.
"""

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 256 * 1024
SILENT_AFTER = 60.0
"""Seconds that clamd may take over anything before it counts as away; it unpacks and looks while it says nothing."""
LONGEST_ANSWER = 4096
_TOO_LARGE = "size limit exceeded"


class ScannerAway(Exception):
    """clamd cannot be reached, is silent or cannot look."""


class TooLargeToScan(Exception):
    """clamd takes no file of this size (its `StreamMaxLength`)."""


@dataclass(frozen=True)
class Verdict:
    """What clamd says of a file: the name of what it found, and None for nothing."""

    found: str | None
    engine: str
    """Its version, with that of its signatures."""


async def scan(address: str, path: Path) -> Verdict:
    """Have clamd at `host:port` or `/path/of/its.socket` look at a file; raises `ScannerAway`, `TooLargeToScan`."""
    # In a thread with a plain socket: asyncio throws away what was received when sending fails, and that is the answer
    # to a file that is too large.
    try:
        engine, answer = await asyncio.to_thread(_ask, address, path)
    except OSError as error:
        raise ScannerAway(f"ClamAV at {address} does not answer: {error or type(error).__name__}") from error
    return _verdict(answer, engine)


def _verdict(answer: str, engine: str) -> Verdict:
    if _TOO_LARGE in answer:
        raise TooLargeToScan(answer)
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict(None, engine)
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND"), engine)
    raise ScannerAway(f"ClamAV says: {answer[:200]}")


def _ask(address: str, path: Path) -> tuple[str, str]:
    with _connected(address) as asking:
        asking.sendall(b"zVERSION\0")
        engine = _answer(asking)
    with _connected(address) as asking, path.open("rb") as file:
        asking.sendall(b"zINSTREAM\0")
        # When the file is too large for it, clamd says so and breaks off in the middle.
        with suppress(ConnectionError):
            while chunk := file.read(CHUNK_BYTES):
                asking.sendall(struct.pack(">I", len(chunk)) + chunk)
            asking.sendall(struct.pack(">I", 0))
        return engine, _answer(asking)


def _answer(asking: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        if not (more := asking.recv(LONGEST_ANSWER)):
            break
        said += more
    return said.rstrip(b"\0").decode(errors="replace").strip()


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SILENT_AFTER)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SILENT_AFTER)
