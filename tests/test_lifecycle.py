"""`make up` and `make down` as people use and misuse them; on a station of its own, which starts without any file."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from listening import longest_silence, loudness, record
from station import ROOT, Station, free_offset

PROGRAMS = (
    *("icecast", "mpd-user", "mpd-fallback", "standby", "liquidsoap", "postgres", "redis", "caddy"),
    *("ai-brain", "api", "api-worker", "stream-control"),
)


@pytest.fixture(scope="module")
def lone() -> Iterator[Station]:
    """A station of these tests alone; each test finds it as the one before left it."""
    folder = Path(tempfile.mkdtemp(prefix="airtight-life-", dir="/var/tmp"))
    folder.chmod(0o755)
    station = Station(folder, free_offset())
    try:
        yield station
    finally:
        station.remove()


async def test_a_first_start_without_any_file_has_music_within_a_minute_of_audio(lone: Station) -> None:
    said = lone.up()
    assert "is on air (fallback) after" in said, said
    assert f"{lone.front}/".replace("127.0.0.1", "localhost") in said
    assert lone.settings["ADMIN_API_TOKEN"] not in said
    assert _signed_in(lone, _password(said, "admin@example.org"), "admin@example.org")["must_change_password"]
    await lone.until(lambda: lone.now_playing()["title"])
    async with record(f"{lone.icecast}/radio") as ear:
        await ear.until_heard_for(8)
    assert longest_silence(ear.heard()) < 0.1
    assert loudness(ear.heard(channels=2).pcm).integrated > -40


async def test_three_different_starter_pieces_of_two_minutes_are_made(lone: Station) -> None:
    def ready() -> list[dict[str, object]]:
        items = lone.call("GET", "/admin/programme").json()["items"]
        return [item for item in items if item["source"] == "starter" and item["state"] == "ready"]

    await lone.until(lambda: len(ready()) == 3, seconds=120, every=1)
    assert {round(float(str(item["length_seconds"]))) for item in ready()} == {120}
    assert len({item["title"] for item in ready()}) == 3
    assert all(abs(float(str(item["loudness_lufs"])) + 16) < 0.6 for item in ready())


def test_a_second_start_changes_nothing_and_restarts_nothing(lone: Station) -> None:
    before = {program: lone.pid(program) for program in PROGRAMS}
    began = time.monotonic()
    assert "Sign in" not in lone.up(), "a password is shown once"
    assert time.monotonic() - began < 30
    assert {program: lone.pid(program) for program in PROGRAMS} == before


def test_an_administrator_is_made_with_a_password_that_has_to_be_changed(lone: Station) -> None:
    said = lone.make("admin email=Second@Example.org").stdout
    told = _signed_in(lone, _password(said, "second@example.org"), "second@example.org")
    assert (told["user"]["role"], told["must_change_password"]) == ("admin", True)
    refused = lone.call("GET", "/admin/users", token=told["access_token"])
    assert (refused.status_code, refused.json()["error_code"]) == (403, "password_change_required")


def test_two_starts_at_once_end_with_one_healthy_station(lone: Station) -> None:
    starts = [_start(lone) for _ in range(2)]
    assert [process.wait(120) for process in starts] == [0, 0]
    assert _supervisors(lone) == 1
    assert lone.now_playing()["tier"] == "fallback"


def test_status_names_every_process_and_the_tier(lone: Station) -> None:
    done = lone.make("status")
    assert done.returncode == 0
    assert all(program in done.stdout for program in PROGRAMS)
    assert "On air: fallback" in done.stdout


async def test_a_killed_supervisor_leaves_the_air_on_and_a_start_ends_with_one_station(lone: Station) -> None:
    os.kill(int((lone.run / "supervisord.pid").read_text()), signal.SIGKILL)
    async with record(f"{lone.icecast}/radio") as ear:
        await ear.until_heard_for(2)
    assert ear.closed_at is None
    assert lone.make("status").returncode != 0
    said = lone.up()
    assert "Ended what a dead supervisor had left" in said
    assert _supervisors(lone) == 1
    assert all(len(_processes(lone, name)) == 1 for name in ("liquidsoap", "icecast2"))
    await lone.until(lambda: lone.ready()["ready"], seconds=40, every=0.5)


@pytest.mark.parametrize("seconds", [0.3, 1.5, 3.0])
async def test_an_interrupted_start_is_mended_by_the_next(lone: Station, seconds: float) -> None:
    assert lone.make("down").returncode == 0
    assert _processes(lone, "") == []
    process = _start(lone)
    await asyncio.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert "is on air" in lone.up()
    assert _supervisors(lone) == 1
    await lone.until(lambda: lone.ready()["ready"], seconds=40, every=0.5)


def test_down_leaves_no_process_behind_and_can_be_said_twice(lone: Station) -> None:
    assert lone.make("down").returncode == 0
    assert _processes(lone, "") == []
    assert lone.make("down").returncode == 0


def test_a_busy_port_is_named_with_a_way_out(lone: Station) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 8005 + lone.offset))
        other.listen()
        done = lone.make("up")
    assert done.returncode != 0
    assert f"{8005 + lone.offset} (icecast)" in done.stderr
    assert "AIRTIGHT_PORT_OFFSET" in done.stderr
    assert _processes(lone, "") == []


def test_a_data_folder_of_somebody_else_is_refused(lone: Station) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        (folder / "theirs").write_text("not yours")
        folder.chmod(0o755)
        if os.getuid() == 0:
            os.chown(folder, 65534, 65534)
            done = Station(folder, lone.offset).make("up")
        else:
            done = Station(Path("/etc"), lone.offset).make("up")
    assert done.returncode != 0
    assert "belongs to" in done.stderr
    assert "AIRTIGHT_VAR" in done.stderr


@pytest.mark.parametrize(("setting", "value"), [("AIRTIGHT_PORT_OFFSET", "many"), ("AIRTIGHT_MPD_PASSWORD", "a b<c>")])
def test_a_setting_that_cannot_work_is_named(lone: Station, setting: str, value: str) -> None:
    done = subprocess.run(
        ["native/up"], cwd=ROOT, env={**lone.environment, setting: value}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert setting in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_packages_are_named_to_somebody_who_may_not_install_them() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        place = Path(name)
        place.chmod(0o755)
        shutil.copytree(ROOT / "native", place / "native")
        (place / "bin").mkdir()
        for tool in ("bash", "cat", "cksum", "cut", "dirname", "env", "grep", "id", "realpath"):
            (place / "bin" / tool).symlink_to(f"/usr/bin/{tool}")
        # As far as this machine knows no package is installed, and there is no sudo.
        (place / "bin" / "dpkg-query").symlink_to("/usr/bin/false")
        as_nobody = ["setpriv", "--reuid", "nobody", "--clear-groups"] if os.getuid() == 0 else []
        done = subprocess.run(
            [*as_nobody, "env", f"PATH={place}/bin", place / "native/packages"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert "these packages are missing" in done.stderr
    assert "apt-get install" in done.stderr
    assert "liquidsoap" in done.stderr


def test_elsewhere_than_on_debian_docker_is_named(lone: Station) -> None:
    with tempfile.NamedTemporaryFile("w") as release:
        release.write('ID=fedora\nPRETTY_NAME="Fedora Linux 41"\n')
        release.flush()
        done = lone.shell(f"AIRTIGHT_OS_RELEASE={release.name} native/up")
    assert done.returncode != 0
    assert "Fedora Linux 41" in done.stderr
    assert "docker compose up" in done.stderr


def test_the_settings_of_the_environment_win_and_stay(lone: Station) -> None:
    done = lone.shell("AIRTIGHT_STATION_NAME='Radio Æther' native/up", seconds=200)
    assert "Radio Æther is on air" in done.stdout, done.stderr
    assert lone.up().count("Radio Æther is on air") == 1
    assert httpx.get(f"{lone.front}/api/now-playing").json()["station"] == "Radio Æther"


def _password(said: str, email: str) -> str:
    [line] = [line for line in said.splitlines() if email in line]
    return line.split()[-1]


def _signed_in(station: Station, password: str, email: str) -> dict[str, Any]:
    answer = httpx.post(f"{station.front}/api/auth/login", json={"email": email, "password": password}, timeout=20)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _start(station: Station) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        ["make", "up"], cwd=ROOT, env=station.environment, stdout=quiet, stderr=quiet, start_new_session=True
    )


def _supervisors(station: Station) -> int:
    return len(_processes(station, "supervisord"))


def _processes(station: Station, name: str) -> list[int]:
    """Processes of the station that are called so, by the mark they all carry."""
    mark = f"AIRTIGHT_VAR={station.var}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            marked = entry.name.isdecimal() and mark in (entry / "environ").read_bytes().split(b"\0")
            if marked and name in (entry / "comm").read_text():
                found.append(int(entry.name))
        except OSError:
            continue
    return found
