"""The logger's hours: listed, heard, and nothing else of the disk."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from api.logger import rules
from api.settings import Settings
from desk.signing_in import problem

DAY = "2026-03-01"


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.fixture
def hours(served_settings: Settings) -> Path:
    """What the recorder wrote on two days."""
    folder = served_settings.logger_folder
    for name in ("20.opus", "21.1.opus", "21.2.opus", "21.10.opus", "21.opus"):
        write(folder / DAY / name, f"OggS {name}")
    write(folder / "2026-02-28" / "00.opus", "another day")
    for odd in ("24.opus", "20.opus.part", "notes.txt", "2.opus", "20.opus~"):
        write(folder / DAY / odd, "x")
    (folder / "lost+found").mkdir(exist_ok=True)
    (folder / "2026-02-30").mkdir(exist_ok=True)
    os.utime(folder / DAY / "20.opus", (1_772_398_800, 1_772_398_800))
    return folder


async def test_the_hours_of_a_day_are_listed_in_their_order(station_admin: httpx.AsyncClient, hours: Path) -> None:
    told = (await station_admin.get("/admin/logger", params={"date": DAY})).json()
    assert [one["name"] for one in told["hours"]] == ["20.opus", "21.opus", "21.1.opus", "21.2.opus", "21.10.opus"]
    assert told["hours"][0] == {
        "name": "20.opus",
        "starts_at": "2026-03-01T20:00:00Z",
        "bytes": 12,
        "changed_at": "2026-03-01T21:00:00Z",
    }
    assert told["days"] == [DAY, "2026-02-28"]
    today = (await station_admin.get("/admin/logger")).json()
    assert (today["date"], today["hours"]) == (datetime.now(UTC).date().isoformat(), [])


async def test_an_hour_is_heard_in_parts_and_saved(station_admin: httpx.AsyncClient, hours: Path) -> None:
    address = f"/admin/logger/{DAY}/21.1.opus"
    whole = await station_admin.get(address, params={"download": True})
    assert (whole.content, whole.headers["content-type"]) == (b"OggS 21.1.opus", "audio/ogg")
    assert whole.headers["content-disposition"] == 'attachment; filename="Airtight 2026-03-01 21.1.opus"'
    part = await station_admin.get(address, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"OggS")
    assert (await station_admin.head(address)).headers["content-length"] == "14"


@pytest.mark.parametrize(
    "path",
    [
        f"{DAY}/19.opus", f"{DAY}/24.opus", f"{DAY}/notes.txt", f"{DAY}/20.opus.part", f"{DAY}/%2e%2e",
        f"{DAY}/20.opus%00", "2026-03-02/20.opus", f"{DAY}/..%2f2026-02-28%2f00.opus",
    ],
)  # fmt: skip
async def test_nothing_else_is_sent(station_admin: httpx.AsyncClient, hours: Path, path: str) -> None:
    answer = await station_admin.get(f"/admin/logger/{path}")
    assert answer.status_code == 404
    assert answer.json()["error_code"] in ("no_such_hour", "not_found")


async def test_a_day_that_is_none_is_refused(station_admin: httpx.AsyncClient, hours: Path) -> None:
    for path in ("/admin/logger?date=2026-02-30", "/admin/logger/2026-02-30/20.opus", "/admin/logger/../20.opus"):
        assert problem(await station_admin.get(path))[0] in (404, 422)


@pytest.mark.parametrize(
    ("name", "hour"),
    [
        ("00.opus", 0), ("23.opus", 23), ("07.12.opus", 7), ("24.opus", None), ("7.opus", None), ("07.opus\n", None),
        ("07..opus", None), ("07.x.opus", None), ("../07.opus", None), ("07.12345.opus", None), ("", None),
        ("0٧.opus", None),
    ],
)  # fmt: skip
def test_a_name_says_its_hour_or_is_none(name: str, hour: int | None) -> None:
    starts = rules.starts_at(date(2026, 3, 1), name)
    assert (starts.hour if starts else None) == hour
