"""Several replicas of api: whoever a listener is connected to, the same is told."""

import httpx
from api.app import create_app
from api.settings import Settings
from desk.asking import ask
from desk.people import user
from desk.stream import listening
from kit.db import Sessions
from kit.testing import free_port, served


async def test_what_one_replica_takes_in_is_told_by_the_other(
    anybody: httpx.AsyncClient, service_url: str, served_settings: Settings, sessions: Sessions
) -> None:
    _, token = await user(sessions, served_settings)
    port = free_port()
    with served(create_app(served_settings.model_copy(update={"port": port})), port) as other:
        async with listening(service_url) as here, listening(other) as there:
            for stream in (here, there):
                await stream.next("state")
            asked = await ask(anybody, token, url="https://example.org/song.mp3")
            assert asked.status_code == 202, asked.text
            for stream in (here, there):
                # That the database was emptied for this test may only now be told, too.
                told = await stream.until("queue", lambda queue: queue["preparing"])
                assert [item["id"] for item in told.body["preparing"]] == [asked.json()["id"]]
