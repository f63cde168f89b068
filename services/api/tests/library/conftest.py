"""Clients of people with a role, and a library to search."""

from collections.abc import AsyncIterator

import httpx
import pytest
from api.settings import Settings
from desk import people
from desk.asking import bearer
from kit.db import Sessions


@pytest.fixture
async def producer(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of somebody who plans what is on air."""
    _, token = await people.user(sessions, served_settings, "producer")
    async with httpx.AsyncClient(base_url=anybody.base_url, headers=bearer(token), verify=False, timeout=20) as client:
        yield client


@pytest.fixture
async def listener(
    anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of somebody who listens."""
    _, token = await people.user(sessions, served_settings)
    async with httpx.AsyncClient(base_url=anybody.base_url, headers=bearer(token), verify=False, timeout=20) as client:
        yield client
