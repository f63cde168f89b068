"""ClamAV is asked by its daemon's protocol, and nothing is called clean that it did not call so."""

from pathlib import Path

import pytest
from api.media import clamd as client
from api.media.clamd import ScannerAway, TooLargeToScan, Verdict, scan
from desk.clamav import MALICIOUS, NAME, VERSION, clamd


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.mp3"
    path.write_bytes(bytes(range(256)) * 4000)
    return path


async def test_a_clean_file_is_clean_and_was_seen_whole(clean: Path) -> None:
    async with clamd() as server:
        assert await scan(server.address, clean) == Verdict(None, VERSION)
        assert server.scanned == [clean.stat().st_size]


async def test_it_is_reached_over_a_unix_socket_as_well(clean: Path, tmp_path: Path) -> None:
    async with clamd(tmp_path / "s") as server:
        assert (await scan(server.address, clean)).found is None


async def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    async with clamd() as server:
        assert (await scan(server.address, tmp_path / "empty")).found is None


async def test_what_is_found_has_its_name(tmp_path: Path) -> None:
    path = tmp_path / "bad.mp3"
    path.write_bytes(bytes(600_000) + MALICIOUS)
    async with clamd() as server:
        assert (await scan(server.address, path)).found == NAME


async def test_a_file_that_is_too_large_for_it_was_not_scanned(tmp_path: Path) -> None:
    path = tmp_path / "large.mp3"
    path.write_bytes(bytes(5_000_000))
    async with clamd() as server:
        server.stream_max_length = 1_000_000
        with pytest.raises(TooLargeToScan):
            await scan(server.address, path)
        assert server.scanned == []


async def test_a_scanner_that_is_away_is_away(clean: Path, tmp_path: Path) -> None:
    for address in ("127.0.0.1:1", str(tmp_path / "nobody"), "no.such.host.invalid:3310"):
        with pytest.raises(ScannerAway):
            await scan(address, clean)


async def test_a_scanner_that_says_nothing_is_away(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "SILENT_AFTER", 0.3)
    async with clamd() as server:
        server.answers = False
        with pytest.raises(ScannerAway):
            await scan(server.address, clean)


@pytest.mark.parametrize("said", ["COMMAND READ TIMED OUT", "stream: Can't allocate memory ERROR", "", "OK?"])
async def test_any_other_answer_is_none(clean: Path, said: str) -> None:
    async with clamd() as server:
        server.says = said
        with pytest.raises(ScannerAway):
            await scan(server.address, clean)
