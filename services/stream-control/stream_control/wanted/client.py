"""Asking api, which decides what is played."""

from typing import Any

import httpx

PATIENCE = 5.0
"""Seconds in which api has to answer."""


class Api:
    """api at `host:port`; each call raises httpx.HTTPError when it is away or refuses."""

    def __init__(self, http: httpx.AsyncClient, address: str, token: str) -> None:
        self._http = http
        self._address = address
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, *, etag: str | None = None) -> httpx.Response:
        """What is there; 304 when it is still what has this tag."""
        headers = self._headers | ({"If-None-Match": etag} if etag else {})
        answer = await self._http.get(f"http://{self._address}{path}", headers=headers, timeout=PATIENCE)
        return answer if answer.status_code == httpx.codes.NOT_MODIFIED else answer.raise_for_status()

    async def post(self, path: str, body: Any) -> httpx.Response:
        """The answer to a question with a body."""
        url = f"http://{self._address}{path}"
        return (await self._http.post(url, json=body, headers=self._headers, timeout=PATIENCE)).raise_for_status()
