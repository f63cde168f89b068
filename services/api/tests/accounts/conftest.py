"""Stations with other settings than the shared one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from api.app import create_app
from api.settings import Settings
from kit.testing import free_port, served

Station = Callable[..., str]


@pytest.fixture
def station(served_settings: Settings) -> Iterator[Station]:
    """Starts one more replica, on the same database, with the given settings changed; returns its address."""
    with ExitStack() as running:

        def start(**changed: Any) -> str:
            port = free_port()
            settings = served_settings.model_copy(update={"port": port, **changed})
            return running.enter_context(served(create_app(settings), port))

        yield start
