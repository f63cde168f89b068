"""Listening to tracks in the library."""

from uuid import uuid4

import httpx
from api.media import copies
from api.settings import Settings
from desk.asking import track
from desk.signing_in import problem
from kit.db import Sessions


async def test_a_copy_is_heard_in_parts_and_not_sent_twice(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    one = await track(sessions, artist="Ann", title="Song/1")
    path = copies.path_of(served_settings.programme_folder, one.id)
    path.write_bytes(bytes(range(100)))
    address = f"/library/tracks/{one.id}/audio"
    whole = await station_admin.get(address)
    assert (whole.status_code, whole.headers["content-type"], len(whole.content)) == (200, "audio/flac", 100)
    assert whole.headers["content-disposition"] == 'inline; filename="Ann - Song-1.flac"'
    part = await station_admin.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert problem(await station_admin.get(address, headers={"Range": "bytes=200-"}))[0] == 416
    again = await station_admin.get(address, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await station_admin.head(address)
    assert (head.status_code, head.headers["content-length"]) == (200, "100")
    path.unlink()
    assert problem(await station_admin.get(address)) == (404, "no_such_file")
    assert problem(await station_admin.get(f"/library/tracks/{uuid4()}/audio")) == (404, "no_such_track")
