"""The cage of the fetching child: an audit hook that sees every connection and every program before it happens.

It can not be taken away again, and nothing that a redirect or a name's look-up leads to comes past it.
"""

import socket
import sys
from collections.abc import Callable
from typing import Any

from api.addresses import Exceptions, may_reach

_CONNECTING = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_STARTING = frozenset(("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn"))


class Guard:
    """Remembers what it refused: libraries hide the exception behind others of their own."""

    def __init__(self, exceptions: Exceptions, runtime: str) -> None:
        self.refused: list[str] = []
        self._exceptions = frozenset(exceptions)
        self._runtime = runtime
        self._judges: dict[str, Callable[..., bool]] = {
            **dict.fromkeys(_CONNECTING, self._may_connect),
            **dict.fromkeys(_STARTING, _never),
            "subprocess.Popen": self._may_run,
        }

    def set(self) -> None:
        """From now on, for as long as this process lives."""
        # libcurl makes its connections itself; no hook would see them.
        sys.modules["curl_cffi"] = None  # type: ignore[assignment]
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        judge = self._judges.get(event)
        if judge is None or judge(*arguments):
            return
        if event in _CONNECTING:
            self.refused.append(str(arguments[1])[:200])
        raise PermissionError(f"{event} is not allowed here: {arguments[1:2]!r:.200}")

    def _may_connect(self, sock: socket.socket, address: Any) -> bool:
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            return False
        if address is None:
            return True  # sendmsg on what has been connected already
        return may_reach(str(address[0]), int(address[1]), self._exceptions)

    def _may_run(self, executable: Any, arguments: Any, *_: object) -> bool:
        """The JavaScript runtime only, without permissions of its own."""
        options = [str(one) for one in arguments[1:]] if isinstance(arguments, list | tuple) else ["?"]
        if str(executable) != self._runtime or options[:1] not in (["--version"], ["run"]):
            return False
        return not any(one in ("-A", "-P") or one.startswith(("--allow", "--permission")) for one in options)


def _never(*_: object) -> bool:
    return False
