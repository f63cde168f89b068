"""What tests of the queue share."""

import shutil
from collections.abc import Iterator

import pytest
from api.settings import Settings


@pytest.fixture(autouse=True)
def empty_folders(served_settings: Settings) -> Iterator[None]:
    """No files of requests from another test."""
    yield
    for folder in (served_settings.incoming_folder, served_settings.requests_folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
