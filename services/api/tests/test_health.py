"""The service lives."""

import httpx


async def test_the_service_answers(anybody: httpx.AsyncClient) -> None:
    assert (await anybody.get("/health")).json() == {"status": "alive"}
