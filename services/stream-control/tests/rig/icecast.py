"""A real Icecast with the station's configuration."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kit.testing import AS_USER, free_port

from native.files import render
from native.icecast import recorders
from rig.station import ICECAST_PASSWORD
from rig.waiting import answers, wait_until

TEMPLATE = Path(__file__).parents[4] / "icecast" / "icecast.xml"
SOURCE_PASSWORD = "source-password-for-tests"
RECORDER_PASSWORD = "recorder-password-for-tests"


@contextmanager
def real_icecast() -> Iterator[str]:
    """Its address, host:port; nobody is connected."""
    port = free_port()
    with TemporaryDirectory(prefix="airtight-", dir="/tmp") as name:
        folder = Path(name)
        values = {
            "AIRTIGHT_ICECAST_SOURCE_PASSWORD": SOURCE_PASSWORD,
            "AIRTIGHT_ICECAST_ADMIN_PASSWORD": ICECAST_PASSWORD,
            "AIRTIGHT_ICECAST_RECORDERS": str(folder / "recorders"),
            "AIRTIGHT_PORT_ICECAST": str(port),
            "AIRTIGHT_ICECAST_BIND": "127.0.0.1",
            "AIRTIGHT_LOG": name,
        }
        render(TEMPLATE, folder / "icecast.xml", values)
        (folder / "recorders").write_text(recorders(RECORDER_PASSWORD))
        folder.chmod(0o777)
        (folder / "icecast.xml").chmod(0o644)
        server = subprocess.Popen(
            ["icecast2", "-c", folder / "icecast.xml"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **AS_USER,
        )
        try:
            wait_until(lambda: answers(port))
            time.sleep(0.7)  # 2.4.4 can crash when a source connects the moment it starts
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)
