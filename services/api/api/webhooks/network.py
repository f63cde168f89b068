"""Connections to receivers: where one leads is decided at the moment it is made, whatever a name meant before."""

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpcore
from httpcore import SOCKET_OPTION, AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

from api.addresses import Exceptions, may_reach

LOOK_UPS = 40
"""Names looked up at once: as many as tries, so that a slow answer about one holds up no other."""


class AddressForbidden(Exception):
    """A name that leads into a private network."""


class GuardedNetwork(AsyncNetworkBackend):
    """Connects to addresses of the public internet, and to hosts and ports that are meant, `exceptions`."""

    def __init__(self, exceptions: Exceptions) -> None:
        self._exceptions = frozenset(exceptions)
        self._network = AnyIOBackend()
        self._threads = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="look-up")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to one of the host's addresses; raises `AddressForbidden` when it may be reached at none."""
        addresses = [one for one in await self._resolved(host, port) if self._may_reach(host, one, port)]
        if not addresses:
            raise AddressForbidden(host)
        failed: Exception = httpcore.ConnectError(host)
        for address in addresses:
            try:
                # The very address that was judged: no second look-up could give another one.
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    def _may_reach(self, host: str, address: str, port: int) -> bool:
        return (host, port) in self._exceptions or may_reach(address, port, self._exceptions)

    async def _resolved(self, host: str, port: int) -> list[str]:
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        return [str(address[0]) for *_, address in found]
