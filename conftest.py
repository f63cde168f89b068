"""What every test may ask for: private servers (kit.testing), and what was logged."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from kit import log

# A machine that is busy with other tests is no fault of the code: only what comes out is judged.
settings.register_profile("airtight", deadline=None)
settings.load_profile("airtight")
pytest_plugins = ["kit.testing"]


class Events(logging.Handler):
    """Keeps structlog's events as they come: names and fields."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, dict):
            self.seen.append(record.msg)


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """Events logged while the test runs. An application built by the test takes the place of this: build it first."""
    log.configure(json=True)
    events = Events()
    logging.getLogger().addHandler(events)
    yield events.seen
    logging.getLogger().removeHandler(events)
