"""One running service for all tests that need one."""

from collections.abc import Iterator

import pytest
from ai_brain.testing import Service, serving, settings


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    tmp_path_factory.getbasetemp()  # or pytest would put its own folder where the service must leave nothing
    with serving(settings(max_waiting=1)) as running:
        yield running
