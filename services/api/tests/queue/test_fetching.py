"""Songs by link, from a local server: what can be had is had, and nothing else is reached."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from api.queue.fetching.messages import Done, Order
from api.queue.fetching.service import FetchFailed, fetch
from desk.sounds import music, sound_file
from desk.source import Source, source

MOST = 2_000_000


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return sound_file(tmp_path_factory.mktemp("songs") / "song.mp3", music(3)).read_bytes()


@pytest.fixture
def server(song: bytes) -> Iterator[Source]:
    with source() as made:
        made.files = {"/song.mp3": song, "/b.mp3": song, "/empty.mp3": b"", "/long.mp3": (song * 100)[:1_000_000]}
        yield made


def order(server: Source, folder: Path, link: str, *, allowed: bool = True) -> Order:
    host, port = server.address.split(":")
    return Order(
        url=server.url(link) if link.startswith("/") else link,
        folder=str(folder),
        name="song",
        max_bytes=MOST,
        max_seconds=60,
        cpu_seconds=60,
        exceptions=((host, int(port)),) if allowed else (),
    )


async def had(wanted: Order) -> Done:
    return await fetch(wanted, lambda part: None)


async def test_a_plain_file_is_fetched_whole(server: Source, song: bytes, tmp_path: Path) -> None:
    done = await had(order(server, tmp_path, "/song.mp3"))
    assert (done.title, done.guessed) == ("song", True)
    assert (tmp_path / "song").read_bytes() == song


async def test_a_song_on_a_page_is_fetched_and_named_as_the_page_says(
    server: Source, song: bytes, tmp_path: Path
) -> None:
    done = await had(order(server, tmp_path, "/page"))
    assert (done.title, done.artist, done.guessed) == ("A Song", "Anna", False)
    assert (tmp_path / "song").read_bytes() == song


async def test_a_redirect_is_followed(server: Source, song: bytes, tmp_path: Path) -> None:
    await had(order(server, tmp_path, "/redirect?to=/song.mp3"))
    assert (tmp_path / "song").read_bytes() == song


REFUSED = [
    ("/pages", "playlist"),
    ("/live.m3u8", "live_stream"),
    ("/nothing", "not_audio"),
    ("/empty.mp3", "not_audio"),
    ("/missing.mp3", "not_found"),
    ("/error", "source_failed"),
    ("/cut.mp3", "source_failed"),
    ("/reset", "unreachable"),
    ("http://no-such-host.invalid/a.mp3", "unreachable"),
    ("/endless.mp3", "too_large"),
    ("/claims.mp3", "too_large"),
    ("/redirect?to=http://169.254.169.254/latest/meta-data", "forbidden_address"),
    ("/redirect?to=http://127.0.0.1:1/song.mp3", "forbidden_address"),
    ("http://localhost:1/song.mp3", "forbidden_address"),
    ("http://2130706433/song.mp3", "forbidden_address"),
    ("http://[::1]:8383/song.mp3", "forbidden_address"),
    ("http://[::ffff:127.0.0.1]:8383/song.mp3", "forbidden_address"),
    ("/redirect?to=file:///etc/passwd", "source_failed"),
    ("file:///etc/passwd", "source_failed"),
]


@pytest.mark.parametrize(("link", "reason"), REFUSED)
async def test_what_cannot_be_had_is_told_with_its_reason(
    server: Source, tmp_path: Path, link: str, reason: str
) -> None:
    with pytest.raises(FetchFailed) as failed:
        await had(order(server, tmp_path, link))
    assert failed.value.reason == reason, str(failed.value)
    assert not (tmp_path / "song").exists()


async def test_without_the_exception_the_same_server_is_out_of_reach(server: Source, tmp_path: Path) -> None:
    for link in ("/song.mp3", f"http://localhost:{server.address.split(':')[1]}/song.mp3"):
        with pytest.raises(FetchFailed) as failed:
            await had(order(server, tmp_path, link, allowed=False))
        assert failed.value.reason == "forbidden_address"
    assert server.asked == []


async def test_a_download_that_was_cut_off_is_continued(server: Source, tmp_path: Path) -> None:
    server.pause = 0.02
    parts: list[float] = []
    going = asyncio.create_task(fetch(order(server, tmp_path, "/long.mp3"), parts.append))
    part = tmp_path / "song.part"
    while not (part.exists() and part.stat().st_size > 200_000):
        assert not going.done(), going.result()
        await asyncio.sleep(0.05)
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    assert parts
    server.pause = 0
    server.asked.clear()
    await had(order(server, tmp_path, "/long.mp3"))
    assert (tmp_path / "song").read_bytes() == server.files["/long.mp3"]
    first = [asked for _, asked in server.asked if asked and asked != "bytes=0-"]
    assert int(first[0].removeprefix("bytes=").rstrip("-")) >= 200_000


async def test_what_is_there_already_is_not_fetched_again(server: Source, tmp_path: Path) -> None:
    done = await had(order(server, tmp_path, "/song.mp3"))
    server.asked.clear()
    assert await had(order(server, tmp_path, "/song.mp3")) == done
    assert server.asked == []


async def test_the_child_ends_with_whoever_gives_it_up(server: Source, tmp_path: Path) -> None:
    going = asyncio.create_task(had(order(server, tmp_path, "/silent")))
    while not server.asked:
        await asyncio.sleep(0.05)
    assert children(tmp_path)
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    assert not children(tmp_path)


def test_the_child_ends_with_its_worker(server: Source, tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from api.queue.fetching.messages import Order;"
        "from api.queue.fetching.service import fetch;"
        "asyncio.run(fetch(Order.model_validate_json(sys.argv[1]), print))"
    )
    wanted = order(server, tmp_path, "/silent").model_dump_json()
    worker = subprocess.Popen([sys.executable, "-c", script, wanted])
    until(lambda: bool(server.asked))
    worker.kill()
    worker.wait()
    until(lambda: not children(tmp_path))


def children(folder: Path) -> list[str]:
    """Processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def until(true: object) -> None:
    assert callable(true)
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def test_nothing_of_the_stations_environment_goes_along(
    server: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMIN_API_TOKEN", "secret-of-the-station")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    going = asyncio.create_task(had(order(server, tmp_path, "/silent")))
    while not server.asked:
        await asyncio.sleep(0.05)
    [pid] = [process.name for process in Path("/proc").glob("[0-9]*") if cwd(process) == tmp_path]
    environment = (Path("/proc") / pid / "environ").read_text()
    nice = os.getpriority(os.PRIO_PROCESS, int(pid))
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    assert "secret-of-the-station" not in environment
    assert f"HOME={tmp_path}/home" in environment
    assert nice >= 15


def cwd(process: Path) -> Path | None:
    try:
        return (process / "cwd").readlink()
    except OSError:
        return None
