"""The service as it runs: under uvicorn, with its loops, on a free port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import uvicorn
from fastapi import FastAPI
from kit.testing import Servers
from stream_control.app import create_app

from rig.players import real_player
from rig.station import ADMIN_TOKENS, make_folders, station_settings
from rig.waiting import free_port, wait_until


@dataclass(frozen=True)
class Service:
    """A running service: its folders, its database, and how to ask it as an administrator."""

    app: FastAPI
    var: Path
    database_url: str
    url: str

    def client(self, token: str | None = ADMIN_TOKENS[0]) -> httpx.AsyncClient:
        """A client with this token, or without one."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, verify=False)  # no certificates to load


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[str]:
    """An application under uvicorn in a thread; yields its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(15)


@contextmanager
def running_service(servers: Servers, database_url: str) -> Iterator[Service]:
    """The service with a real player for requests; every other engine is away."""
    with TemporaryDirectory(prefix="airtight-", dir="/tmp") as name:
        var, port = Path(name), free_port()
        make_folders(var)
        settings = station_settings(var, database_url, servers.redis_url, port=port)
        with real_player(var / "mpd-user", var / "run" / "mpd-user.sock"):
            app = create_app(settings)
            with served(app, port) as url:
                yield Service(app, var, database_url, url)
