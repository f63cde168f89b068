"""For tests: a real ai-brain on a free loopback port, in this process so that a test sees its worker and its folder."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from kit.tokens import new_private_key, public_key_of
from pydantic import SecretStr

from ai_brain.app import create_app
from ai_brain.music.service import Studio
from ai_brain.settings import Settings

ADMIN = "an-administrators-token"
API = "the-token-of-api"
PUBLIC_KEY = public_key_of(new_private_key())


@dataclass(frozen=True)
class Service:
    """A running service: its application, its address, and the only folder it may leave nothing in."""

    app: FastAPI
    url: str
    folder: Path

    @property
    def studio(self) -> Studio:
        """What it makes pieces with."""
        studio: Studio = self.app.state.studio
        return studio

    def client(self, token: str = ADMIN, timeout: float = 60) -> httpx.Client:
        """A client that comes with a token; timeout in seconds."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=timeout)

    def leftovers(self) -> list[Path]:
        """Temporary files that exist now."""
        return list(self.folder.iterdir())


def eventually(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never became so"
        time.sleep(0.02)


def settings(*, max_waiting: int = 4, timeout: float = 120) -> Settings:
    """Settings with the tokens of this module and without a log to read by machine."""
    return Settings(
        admin_api_token=SecretStr(ADMIN),
        api_token=SecretStr(API),
        token_public_key=PUBLIC_KEY,
        log_json=False,
        max_waiting=max_waiting,
        timeout=timeout,
    )


@contextmanager
def serving(chosen: Settings) -> Iterator[Service]:
    """Serve until the block ends. Temporary files go to a folder of their own."""
    usual = tempfile.gettempdir()
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        app = create_app(chosen)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            eventually(lambda: server.started or not thread.is_alive())
            port = server.servers[0].sockets[0].getsockname()[1]
            yield Service(app, f"http://127.0.0.1:{port}", Path(folder))
        finally:
            server.should_exit = True
            thread.join()
            tempfile.tempdir = usual
