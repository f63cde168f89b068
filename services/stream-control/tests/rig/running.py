"""The service as it runs: under uvicorn, with its loops, on a free port."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from fastapi import FastAPI
from kit.testing import Servers, free_port, served
from stream_control.app import create_app

from rig.players import real_player
from rig.station import ADMIN_TOKENS, make_folders, station_settings


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
