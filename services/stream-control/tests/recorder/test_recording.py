"""The recorder itself on a real Icecast: killed, refused, and on a disk that takes nothing."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from rig.icecast import RECORDER_PASSWORD, SOURCE_PASSWORD
from rig.ogg import pages_of
from rig.waiting import until
from stream_control.recorder.state import State


@contextmanager
def source(address: str, mount: str, codec: str, title: str) -> Iterator[None]:
    """In the engine's place: a tone on a mount, under this title."""
    sound = ["-re", "-f", "lavfi", "-i", "sine=440:r=48000", "-ac", "2", "-c:a", codec, "-metadata", f"title={title}"]
    target = ["-page_duration", "60000", "-content_type", "audio/ogg", "-f", "ogg"]
    url = f"icecast://source:{SOURCE_PASSWORD}@{address}/recorder/{mount}"
    process = subprocess.Popen(["ffmpeg", "-v", "error", "-nostdin", *sound, *target, url])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
async def recorder(folder: Path, icecast_address: str) -> AsyncIterator["Recorder"]:
    recorder = Recorder(folder, icecast_address)
    recorder.start()
    yield recorder
    recorder.kill()


class Recorder:
    """The process, and what it says of itself."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "AIRTIGHT_ICECAST_ADDRESS": address,
            "AIRTIGHT_ICECAST_RECORDER_PASSWORD": RECORDER_PASSWORD,
            "AIRTIGHT_RUN": str(folder / "run"),
            "AIRTIGHT_VAR": str(folder),
            "AIRTIGHT_RECORDER_DISK_RESERVE_MB": "0",
        }

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "stream_control.recorder"], env=self._environment)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def sound(path: Path) -> int:
    """Pages of sound in a file while it is written: its last page may not be there yet."""
    return len(path.read_bytes().split(b"OggS")) - 3 if path.exists() else 0


async def test_a_recorder_that_is_killed_goes_on_in_the_same_files(recorder: Recorder, icecast_address: str) -> None:
    session = uuid4()
    media = recorder.folder / "media" / "recordings"
    part = media / "live" / str(session) / "0001.oga"

    async def grows(by: int = 8) -> None:
        before = sound(part)

        async def has_grown() -> bool:
            return sound(part) >= before + by

        await until(has_grown, 15)

    with (
        source(icecast_address, "live", "flac", f"{session} {time.time():.3f}"),
        source(icecast_address, "air", "libopus", ""),
    ):
        await grows()
        for _ in range(2):
            recorder.kill()
            recorder.start()
            await grows()
        recorder.kill()
    pages = pages_of(part.read_bytes())
    assert [page.sequence for page in pages] == list(range(len(pages)))
    frames = [page.granule for page in pages[2:]]
    assert frames == [frames[0] * (at + 1) for at in range(len(frames))]
    assert [path.name for path in part.parent.iterdir() if path.suffix == ".oga"] == ["0001.oga"]
    hours = list(media.glob("air/*/*.opus"))
    assert 1 <= len(hours) <= 2
    for hour in hours:
        numbers = [page.sequence for page in pages_of(hour.read_bytes())]
        assert numbers == list(range(len(numbers)))
    assert part.stat().st_mode & 0o777 == 0o644
    assert part.parent.stat().st_mode & 0o777 == 0o755


async def test_a_disk_that_takes_nothing_is_said_and_the_recorder_goes_on(
    recorder: Recorder, icecast_address: str
) -> None:
    session = uuid4()
    media = recorder.folder / "media" / "recordings"

    async def says(problem: bool) -> bool:
        state = State.read(recorder.folder / "run")
        return state is not None and (state.live.problem is not None) == problem and state.live.is_connected

    async def is_recording() -> bool:
        return sound(media / "live" / str(session) / "0001.oga") > 5

    await until(lambda: asyncio.sleep(0, media.exists()))
    (media / "live").write_text("no folder")
    with source(icecast_address, "live", "flac", f"{session} {time.time():.3f}"):
        await until(lambda: says(True), 15)
        (media / "live").unlink()
        await until(is_recording, 15)
        await until(lambda: says(False), 15)
    assert recorder.process.poll() is None


async def test_the_mounts_are_open_to_the_recorder_alone(icecast_address: str) -> None:
    with source(icecast_address, "live", "flac", ""):
        async with httpx.AsyncClient() as http:
            for auth, expected in (
                (None, 401),
                (("recorder", "wrong"), 401),
                (("source", SOURCE_PASSWORD), 401),
                (("recorder", RECORDER_PASSWORD), 200),
            ):

                async def answers() -> bool:
                    url = f"http://{icecast_address}/recorder/live"
                    async with http.stream("GET", url, auth=auth) as answer:  # noqa: B023
                        return answer.status_code == expected  # noqa: B023

                await until(answers)
            assert "/recorder/live" not in (await http.get(f"http://{icecast_address}/status-json.xsl")).text
