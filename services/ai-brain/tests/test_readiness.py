"""Health and readiness of the whole service."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ai_brain.testing import ADMIN, PUBLIC_KEY, Service, eventually


def test_the_service_is_alive_and_ready(service: Service) -> None:
    with service.client() as client:
        assert client.get("/health").status_code == 200
        answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"worker": True, "ffmpeg": True}}


def test_it_is_not_ready_without_ffmpeg(service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with service.client() as client:
        answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "checks": {"worker": True, "ffmpeg": False}}


def test_a_worker_that_died_idle_is_replaced_by_the_next_look(service: Service) -> None:
    first = service.studio.worker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    eventually(lambda: service.studio.worker.pid is None)
    with service.client() as client:
        assert client.get("/ready").status_code == 200
    assert service.studio.worker.pid not in {None, first}


def test_the_worker_does_not_outlive_a_killed_service() -> None:
    environment = {
        **os.environ,
        "ADMIN_API_TOKEN": ADMIN,
        "AIRTIGHT_PORT_AI_BRAIN": "0",
        "AIRTIGHT_TOKEN_PUBLIC_KEY": PUBLIC_KEY,
    }
    with subprocess.Popen([sys.executable, "-m", "ai_brain"], env=environment, stderr=subprocess.DEVNULL) as brain:
        eventually(lambda: _workers_of(brain.pid))
        worker = _workers_of(brain.pid)[0]
        time.sleep(0.5)
        brain.kill()
    eventually(lambda: not _running(worker))


def _workers_of(parent: int) -> list[int]:
    """Niced children: the worker has lowered its priority by the time it is one."""
    humble = str(min(19, os.nice(0) + 15))
    return [int(pid) for pid, nice in map(str.split, _ps("pid=,ni=", "--ppid", str(parent))) if nice == humble]


def _running(pid: int) -> bool:
    return any(not state.startswith("Z") for state in _ps("stat=", "-p", str(pid)))


def _ps(columns: str, *which: str) -> list[str]:
    return subprocess.run(
        ["ps", "-o", columns, *which], check=False, capture_output=True, text=True
    ).stdout.splitlines()
