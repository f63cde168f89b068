"""Acts on all that a filter finds."""

from typing import Any

import httpx
from desk.library import have_tracks, titles
from kit.db import Sessions


async def test_an_edit_and_a_deletion_may_be_about_all_that_a_filter_finds(
    station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    await have_tracks(
        sessions, *({"title": f"{n}", "genre": "Rock" if n % 2 else "Pop", "tags": ["x"]} for n in range(8))
    )
    which: dict[str, Any] = {"filter": {"of": [{"field": "genre", "value": "Rock"}]}}
    edit = {"set": {"mood": "loud", "year": 1999}, "add_tags": ["edited"]}
    preview = (await station_admin.post("/library/edits/preview", json={"which": which, "edit": edit})).json()
    assert (preview["tracks"], preview["changed"]) == (4, 4)
    done = await station_admin.post("/library/edits", json={"which": which, "edit": edit, "expected": 4})
    assert done.json()["changed"] == 4
    assert await titles(station_admin, mood="loud", tag="edited", year_from=1999, sort="title") == ["1", "3", "5", "7"]
    await station_admin.post(f"/library/edits/{done.json()['edit_id']}/undo")
    assert await titles(station_admin, mood="loud") == []
    assert len(await titles(station_admin, tag="x")) == 8
    other = await station_admin.post("/library/deletions", json={"which": which, "expected": 3})
    assert (other.status_code, other.json()["error_code"]) == (409, "other_number")
    deleted = await station_admin.post("/library/deletions", json={"which": which, "expected": 4})
    assert deleted.json()["deleted"] == 4
    assert sorted(t or "" for t in await titles(station_admin)) == ["0", "2", "4", "6"]
    wrong = {"filter": {"of": [{"field": "genre", "test": "at_least", "value": 1}]}}
    bad = await station_admin.post("/library/deletions", json={"which": wrong})
    assert (bad.status_code, bad.json()["error_code"]) == (422, "bad_filter")
