"""Helper processes: humble while they live, gone when nobody needs them."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from ai_brain.music import ffmpeg
from ai_brain.music.refusals import ComposerFailed
from ai_brain.music.service import RENDER
from ai_brain.music.worker import Worker


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


async def test_the_worker_is_humble(worker: Worker, tmp_path: Path) -> None:
    await worker.run(RENDER, 1, 10, tmp_path / "sound.f32")
    assert worker.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) == min(19, os.nice(0) + 15)
    assert await worker.run("os:getenv", "OMP_NUM_THREADS") == "1"
    # Its own, the one that follows the service's life, and none of a numerical library.
    assert len(os.listdir(f"/proc/{worker.pid}/task")) == 2


async def test_work_that_kills_every_worker_is_given_up(worker: Worker) -> None:
    with pytest.raises(ComposerFailed):
        await worker.run("os:abort")
    assert await worker.run("os:getpid") == worker.pid


async def test_a_helper_that_takes_too_long_is_killed_with_its_group(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        await ffmpeg.run("-re", "-f", "lavfi", "-i", "sine", str(tmp_path / "endless.wav"), patience=0.3)
    before = (tmp_path / "endless.wav").stat().st_size if (tmp_path / "endless.wav").exists() else 0
    await asyncio.sleep(0.3)
    after = (tmp_path / "endless.wav").stat().st_size if (tmp_path / "endless.wav").exists() else 0
    assert before == after


async def test_a_helper_that_fails_is_a_plain_refusal(tmp_path: Path) -> None:
    with pytest.raises(ComposerFailed, match="logged"):
        await ffmpeg.measure(tmp_path / "missing.f32", 10)
