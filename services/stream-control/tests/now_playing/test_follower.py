"""The file of `/api/now-playing` follows the journal."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rig.journals import append, boot, tier, track, written
from stream_control.journal.lines import Line
from stream_control.now_playing.service import Follower
from stream_control.wanted.items import Items


def days_ago(days: int) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d}"


@pytest.fixture
def follower(tmp_path: Path) -> Follower:
    for name in ("journal", "public"):
        (tmp_path / name).mkdir()
    return Follower(tmp_path / "journal", tmp_path / "public", Items(), "Test Radio")


def add(tmp_path: Path, *lines: Line, ago: int = 0) -> None:
    append(tmp_path / "journal", [written(line) for line in lines], day=days_ago(ago))


def told(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "public" / "now-playing.json").read_text())


async def test_before_anything_is_known_the_file_says_so(follower: Follower, tmp_path: Path) -> None:
    await follower.step()
    assert (told(tmp_path)["tier"], told(tmp_path)["station"]) == (None, "Test Radio")


async def test_the_file_tells_what_is_on_air(follower: Follower, tmp_path: Path) -> None:
    add(tmp_path, boot(1), tier(2, "user"), track(3, "user", "a"))
    await follower.step()
    assert (told(tmp_path)["tier"], told(tmp_path)["started_at"]) == ("user", "1970-01-01T00:00:03Z")


async def test_the_file_is_written_only_when_it_says_another_thing(follower: Follower, tmp_path: Path) -> None:
    add(tmp_path, boot(1), tier(2, "user"))
    await follower.step()
    before = (tmp_path / "public" / "now-playing.json").stat()
    follower.changed_for_push.clear()
    for _ in range(3):
        await follower.step()
    assert (tmp_path / "public" / "now-playing.json").stat().st_ino == before.st_ino
    assert not follower.changed_for_push.is_set()
    follower.listeners = 5
    await follower.step()
    assert told(tmp_path)["listeners"] == 5
    assert follower.changed_for_push.is_set()
    assert follower.changed_for_title.is_set()


async def test_whoever_reads_the_file_reads_it_whole(follower: Follower, tmp_path: Path) -> None:
    await follower.step()
    with open(tmp_path / "public" / "now-playing.json") as reading:
        add(tmp_path, tier(2, "user"))
        await follower.step()
        assert json.load(reading)["tier"] is None, "the old file, whole"
    assert [path.name for path in (tmp_path / "public").iterdir()] == ["now-playing.json"]


async def test_the_day_before_is_read_first(follower: Follower, tmp_path: Path) -> None:
    add(tmp_path, boot(1), tier(2, "live"), track(3, "user", "a"), ago=1)
    add(tmp_path, tier(4, "user"))
    await follower.step()
    assert (follower.state.tier, follower.state.airings["user"].item) == ("user", "a")


async def test_days_long_past_are_not_read(follower: Follower, tmp_path: Path) -> None:
    add(tmp_path, tier(2, "live"), ago=2)
    await follower.step()
    assert told(tmp_path)["tier"] is None


async def test_midnight_is_passed(follower: Follower, tmp_path: Path) -> None:
    add(tmp_path, boot(1), tier(2, "live"), ago=1)
    await follower.step()
    add(tmp_path, tier(3, "user", "live"))
    await follower.step()
    assert told(tmp_path)["tier"] == "user"


async def test_a_broken_line_is_passed_over(follower: Follower, tmp_path: Path) -> None:
    append(tmp_path / "journal", ["\0\0{", written(tier(2, "user"))], day=days_ago(0))
    await follower.step()
    assert told(tmp_path)["tier"] == "user"


async def test_two_days_of_journal_are_read_within_seconds(follower: Follower, tmp_path: Path) -> None:
    lines = [written(track(number + 1, "fallback", str(number))) for number in range(20_000)]
    append(tmp_path / "journal", lines, day=days_ago(0))
    began = time.process_time()
    await follower.step()
    assert time.process_time() - began < 4
    assert follower.state.airings["fallback"].item == "19999"


async def test_whoever_waits_for_the_journal_is_woken_when_it_tells_something(
    follower: Follower, tmp_path: Path
) -> None:
    wake = asyncio.Event()
    follower.told_by_journal.append(wake)
    add(tmp_path, boot(1))
    await follower.step()
    assert not wake.is_set()
    add(tmp_path, track(2, "user", "a"))
    await asyncio.gather(*(follower.catch_up() for _ in range(5)))
    assert wake.is_set()
    assert (follower.progress.playing, follower.progress.starts) == ("a", 1)
