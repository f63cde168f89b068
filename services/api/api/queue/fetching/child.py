"""`python -m api.queue.fetching.child`: fetches one song for the worker, in a cage. `messages` says how they talk."""

import os
import resource
import signal
import socket
import sys
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from api.queue.fetching.guard import Guard
from api.queue.fetching.messages import Done, Failed, Order

MEMORY = 2_000_000_000
"""Bytes of data that the child, or its JavaScript runtime, may have. Reserved addresses do not count, or the runtime
would not start."""
SOME_MORE = 1_000_000
"""Bytes that a file may be longer than allowed: the limit itself is told by yt-dlp's progress, this is the backstop."""
LONGEST_DETAIL = 500


def main() -> None:
    """Do as ordered and tell how it went."""
    order = Order.model_validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_worker, daemon=True).start()
    out = os.dup(1)
    os.dup2(2, 1)

    def tell(message: BaseModel) -> None:
        os.write(out, message.model_dump_json().encode() + b"\n")

    _limit(order)
    runtime = str(Path(sysconfig.get_path("scripts")) / "deno")
    guard = Guard(list(_resolved(order)), runtime)
    guard.set()
    # Only now, so that not even its import happens outside the cage.
    from api.queue.fetching import download, problems  # noqa: PLC0415

    result: Done | Failed
    try:
        result = download.fetch(order, runtime, tell)
    except Exception as error:
        reason = "forbidden_address" if guard.refused else problems.reason_of(error)
        result = Failed(reason=reason, detail=f"{guard.refused} {error!r}"[:LONGEST_DETAIL])
    tell(result)
    # A thread still waits for the worker's end; nothing is left to be cleaned up.
    os._exit(0)


def _end_with_the_worker() -> None:
    """The worker holds the other end of standard input: when it dies, so does all that was begun here."""
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


def _limit(order: Order) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (order.cpu_seconds, order.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    most = order.max_bytes + SOME_MORE
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def _resolved(order: Order) -> Iterator[tuple[str, int]]:
    for host, port in order.exceptions:
        yield host, port
        try:
            for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                yield str(address[0]), port
        except OSError:
            continue


if __name__ == "__main__":
    main()
