"""A real MPD, with the station's own configuration."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kit.testing import free_port

from native.files import render
from rig.station import MPD_PASSWORD
from rig.waiting import wait_until

TEMPLATE = Path(__file__).parents[4] / "mpd" / "mpd.conf"


@dataclass
class RealPlayer:
    """An MPD that can be killed and started again. Its socket is short-lived like the real one's."""

    home: Path
    socket: Path
    stream_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        for name in ("empty", "playlists"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        configuration = self.home / "mpd.conf"
        values = {
            "MPD_HOME": str(self.home),
            "MPD_STATE": "",
            "MPD_BIND": "127.0.0.1",
            "MPD_SOCKET": str(self.socket),
            "MPD_PORT": str(free_port()),
            "MPD_STREAM_PORT": str(self.stream_port),
            "AIRTIGHT_MPD_PASSWORD": MPD_PASSWORD,
        }
        render(TEMPLATE, configuration, values)
        self.socket.unlink(missing_ok=True)
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["mpd", "--no-daemon", str(configuration)], stdout=log, stderr=log, env={**os.environ, "HOME": "/tmp"}
            )
        wait_until(self.socket.exists)

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def real_player(home: Path, socket: Path) -> Iterator[RealPlayer]:
    """A running MPD, gone afterwards."""
    player = RealPlayer(home, socket)
    try:
        player.start()
        yield player
    finally:
        player.kill()
