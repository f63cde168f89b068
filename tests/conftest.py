"""One station for all listening tests, and one ear for a test."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from listening import encoded, tone, write
from station import Station, running_station
from streamer import Streamer


@pytest.fixture(scope="session")
def started_station() -> Iterator[Station]:
    """A station whose programme is one long tone."""
    folder = Path(tempfile.mkdtemp(prefix="airtight-", dir="/var/tmp"))
    folder.chmod(0o755)
    with running_station(folder, {"programme.flac": encoded(tone("programme", 900), ".flac")}) as station:
        yield station


@pytest.fixture
async def station(started_station: Station) -> AsyncIterator[Station]:
    """The station with its programme on air; what a test left behind is cleared away."""
    await started_station.until_settled("fallback")
    yield started_station
    await started_station.until(started_station.is_reset)


@pytest.fixture(scope="session")
def request_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A listener's song: another tone, one minute long."""
    return write(tmp_path_factory.mktemp("songs") / "request.flac", tone("user", 60), {"title": "request-1"})


@pytest.fixture
def streamer(station: Station) -> Iterator[Streamer]:
    """Somebody who may stream; whoever is live at the end of a test is sent away."""
    yield Streamer(station, "streamer")
    station.call("POST", "/admin/livestream/kick", json={})
