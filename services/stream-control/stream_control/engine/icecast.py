"""Icecast's own count of who listens."""

from xml.etree import ElementTree

import httpx

from stream_control.engine.unreachable import EngineUnreachable

MOUNTS = ("/radio", "/radio.mp3", "/radio.low", "/standby", "/standby.mp3", "/standby.low")


class Icecast:
    """The server that listeners are connected to; `address` is host:port."""

    def __init__(self, client: httpx.AsyncClient, address: str, admin_password: str) -> None:
        self._client = client
        self.address = address
        self._auth = httpx.BasicAuth("admin", admin_password)

    async def listeners(self) -> dict[str, int]:
        """Listeners by mount; a mount without a source is absent."""
        try:
            answer = await self._client.get(f"http://{self.address}/admin/stats", auth=self._auth, timeout=3)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise EngineUnreachable(f"Icecast does not answer: {type(error).__name__}.") from error
        told = ElementTree.fromstring(answer.content)  # noqa: S314  # our own Icecast, not a stranger
        sources = told.iterfind("source")
        counts = {source.get("mount", ""): int(source.findtext("listeners", "0")) for source in sources}
        return {mount: count for mount, count in counts.items() if mount in MOUNTS}
