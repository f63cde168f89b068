"""A real station for tests and benches: `make up` in a folder of its own, beside whatever else runs."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from mpd.base import MPDClient

ROOT = Path(__file__).parents[1]
CROSSFADE = 2.5


@dataclass
class Station:
    """A running station. Moments are `time.monotonic()` seconds."""

    var: Path
    offset: int
    started_in: float = 0.0
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What its make targets are given."""
        own = {
            "AIRTIGHT_VAR": str(self.var),
            "AIRTIGHT_PORT_OFFSET": str(self.offset),
            "AIRTIGHT_API_AIRCHECK_MIN_SECONDS": "8",
            "AIRTIGHT_API_WEBHOOK_ALLOW": f"127.0.0.1:{self.receiver_port}",
        }
        return {**os.environ, **own}

    @property
    def receiver_port(self) -> int:
        """Where a test may receive webhooks on this machine."""
        return 8090 + self.offset

    @property
    def front(self) -> str:
        """Address of the front door."""
        return f"http://127.0.0.1:{8080 + self.offset}"

    @property
    def icecast(self) -> str:
        """Address of Icecast itself."""
        return f"http://127.0.0.1:{8005 + self.offset}"

    @property
    def control(self) -> str:
        """Address of stream-control behind the front door."""
        return f"http://127.0.0.1:{8385 + self.offset}"

    @property
    def api(self) -> str:
        """Address of api behind the front door."""
        return f"http://127.0.0.1:{8383 + self.offset}"

    @property
    def run(self) -> Path:
        """Where its sockets are."""
        done = self.shell("source native/common.sh && echo $AIRTIGHT_RUN")
        return Path(done.stdout.strip())

    @property
    def admin(self) -> dict[str, str]:
        """Headers of an administrator."""
        return {"Authorization": f"Bearer {self.settings['ADMIN_API_TOKEN']}"}

    def make(self, target: str, *, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a make target as a person would."""
        return self.shell(f"make --no-print-directory {target}", seconds=seconds)

    def shell(self, command: str, *, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout, with this station's settings."""
        return subprocess.run(
            ["bash", "-c", command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def up(self) -> str:
        """Put it on air; returns what the command said."""
        began = time.monotonic()
        done = self.make("up")
        assert done.returncode == 0, done.stdout + done.stderr
        self.started_in = time.monotonic() - began
        lines = (self.var / "station.env").read_text().splitlines()
        self.settings = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
        return done.stdout

    def drop(self, files: Mapping[str, bytes]) -> None:
        """Put files into the programme folder, as a person would."""
        folder = self.var / "fallback"
        folder.mkdir(exist_ok=True)
        shutil.chown(folder, self.var.owner(), self.var.group())
        for name, data in files.items():
            (folder / name).write_bytes(data)

    def remove(self) -> None:
        """Take it down and leave nothing of it on the machine."""
        self.make("down")
        shutil.rmtree(self.run, ignore_errors=True)
        shutil.rmtree(self.var, ignore_errors=True)

    def pid(self, program: str) -> int:
        """Process id of a supervised program, 0 when it does not run."""
        said = self.supervise("pid", program).strip()
        return int(said) if said.isdecimal() else 0

    def supervise(self, *words: str) -> str:
        """Say something to the station's supervisor; returns its answer."""
        control: list[str | Path] = [self.var / "venv/bin/supervisorctl", "-c", self.var / "etc/supervisord.conf"]
        command: list[str | Path] = [*control, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout

    def kill(self, program: str, number: signal.Signals = signal.SIGKILL) -> float:
        """Send a signal to a program; returns the moment."""
        pid = self.pid(program)
        assert pid, f"{program} does not run"
        moment = time.monotonic()
        os.kill(pid, number)
        return moment

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask stream-control as an administrator, through the front door."""
        return httpx.request(method, f"{self.front}/api/air{path}", headers=self.admin, timeout=10, **options)

    def now_playing(self) -> dict[str, Any]:
        """What the front door says is on air."""
        return dict(httpx.get(f"{self.front}/api/now-playing", timeout=5).json())

    def ready(self) -> dict[str, Any]:
        """stream-control's own word on each part."""
        return dict(httpx.get(f"{self.control}/ready", timeout=10).json())

    def as_run(self, **query: Any) -> list[dict[str, Any]]:
        """What aired, newest first."""
        return list(self.ask("GET", "/admin/as-run", params=query).json()["items"])

    @contextmanager
    def player(self, name: str) -> Iterator[MPDClient]:
        """An MPD of the station, over its Unix socket."""
        client = MPDClient()
        client.timeout = 5
        client.connect(str(self.run / f"mpd-{name}.sock"))
        client.password(self.settings["AIRTIGHT_MPD_PASSWORD"])
        yield client
        client.disconnect()

    def call(self, method: str, path: str, *, token: str | None = None, **options: Any) -> httpx.Response:
        """Ask api through the front door: with somebody's token, or as an administrator."""
        headers = {"Authorization": f"Bearer {token}"} if token else self.admin
        return httpx.request(method, f"{self.front}/api{path}", headers=headers, timeout=20, **options)

    def register(self, name: str) -> str:
        """A new listener; returns the access token."""
        person = {"email": f"{name}-{time.monotonic_ns()}@example.org", "password": "correct horse battery"}
        answer = httpx.post(f"{self.front}/api/auth/register", json=person, timeout=20)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["access_token"])

    def guest(self) -> str:
        """Somebody with a guest token, good for three songs at a time."""
        limits = {"duration_seconds": 3600, "max_queue_songs": 3, "max_add_requests": 20}
        answer = self.call("POST", "/admin/token", json=limits)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def submit(self, path: Path, *, token: str | None = None) -> str:
        """Upload a request; returns its id."""
        with path.open("rb") as file:
            answer = self.call("POST", "/queue", token=token, files={"file": (path.name, file)})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def request(self, item: str) -> dict[str, Any]:
        """What became of a request."""
        answer = self.call("GET", f"/queue/{item}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def play_request(self, path: Path) -> float:
        """Ask for a song and wait until it is in the queue; returns the moment at which it came there."""
        item, deadline = self.submit(path), time.monotonic() + 30
        while (told := self.request(item))["state"] in ("fetching", "ready"):
            assert time.monotonic() < deadline, told
            time.sleep(0.05)
        assert told["state"] in ("queued", "playing"), told
        queued = datetime.fromisoformat(told["queued_at"]).timestamp()
        return time.monotonic() - (time.time() - queued)

    def clear_requests(self) -> None:
        """Take all requests out, and end the one that plays."""
        assert self.call("DELETE", "/admin/queue").status_code in (200, 204)
        self.ask("POST", "/admin/skip?playlist=user")

    def is_reset(self) -> bool:
        """Let both playlists play and take all requests out; whether nothing is left of them."""
        answers = [self.ask("POST", f"/admin/play?playlist={name}") for name in ("user", "fallback")]
        self.clear_requests()
        queue = self.call("GET", "/queue").json()
        return all(answer.status_code == 200 for answer in answers) and not (queue["playing"] or queue["items"])

    async def until(self, what: Callable[[], Any], *, seconds: float = 20, every: float = 0.1) -> float:
        """Wait until something is true; returns the moment. Errors on the way count as not yet."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if await asyncio.to_thread(what):
                    return time.monotonic()
                last: object = "it stayed false"
            except Exception as error:
                last = error
            assert time.monotonic() < deadline, f"not within {seconds} s: {last}"
            await asyncio.sleep(every)

    async def until_settled(self, tier: str, *, seconds: float = 30) -> None:
        """Wait until a tier is on air and its crossfade is over."""
        await self.until_tier(tier, seconds=seconds)
        last = max((self.var / "journal").glob("*.jsonl")).read_text().rpartition('"event":"tier"')[2]
        since = float(json.loads("{" + last.splitlines()[0].lstrip(","))["at"]) if last else 0.0
        await asyncio.sleep(max(0.0, since + CROSSFADE - time.time()))

    async def until_tier(self, tier: str, *, seconds: float = 20) -> float:
        """Wait until a tier is on air by the public word."""
        return await self.until(lambda: self.now_playing()["tier"] == tier, seconds=seconds)


def free_offset() -> int:
    """A port offset at which every port of a station is free."""
    for offset in range(20000, 50000, 500):
        if all(
            _free(port + offset) for port in (8080, 8090, 8383, 8385, 8386, 6600, 6601, 8001, 8002, 8003, 1234, 8005)
        ):
            return offset
    raise RuntimeError("no free ports for a station")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def running_station(folder: Path, programme: Mapping[str, bytes]) -> Iterator[Station]:
    """A station on air with these programme files; taken down and removed afterwards."""
    station = Station(folder, free_offset())
    try:
        installed = station.shell("native/packages && native/install", seconds=300)
        assert installed.returncode == 0, installed.stdout + installed.stderr
        station.drop(programme)
        station.up()
        yield station
    finally:
        station.remove()
