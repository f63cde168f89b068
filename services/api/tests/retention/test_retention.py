"""The policy over HTTP: what it would delete is said before, and just that is deleted in the night."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from api.airchecks import files
from api.airchecks.models import Aircheck
from api.retention import service
from api.retention.models import RetentionPolicy
from api.settings import Settings
from desk.airchecks import found, have, show
from desk.signing_in import problem
from kit.db import Sessions
from sqlalchemy import update

NOTHING = {"unpublished_days": None, "published_days": None, "originals_days": None, "keep_last": 0, "total_gb": None}


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


async def aircheck(sessions: Sessions, settings: Settings, days: float, **given: Any) -> Aircheck:
    """One that began so many days ago."""
    return await have(sessions, settings, began_at=ago(days), ended_at=ago(days - 0.05), **given)


async def night(sessions: Sessions, settings: Settings) -> None:
    """Let the policy be carried out, as if it had been set yesterday and it were after four."""
    async with sessions.begin() as tx:
        await tx.execute(update(RetentionPolicy).values(carried_out_on=ago(1).date()))
    await service.each_night(sessions, settings)


async def kept(sessions: Sessions, airchecks: Sequence[Aircheck]) -> list[tuple[bool, bool]]:
    """Of each whether it is out of the trash, and whether it has its original."""
    rows = [await found(sessions, one.id) for one in airchecks]
    return [(row.deleted_at is None, row.original_bytes is not None) for row in rows if row]


@pytest.fixture(autouse=True)
def always_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.retention.rules.NIGHT", datetime.min.time())


async def test_what_a_preview_says_is_what_the_night_does(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    one = await show(sessions, name="Night")
    of_show = {"show_id": one.id, "show_name": one.name}
    airchecks = [
        await aircheck(sessions, served_settings, 40, title="Old", **of_show),
        await aircheck(sessions, served_settings, 50, title="Episode", published_at=ago(49), **of_show),
        await aircheck(sessions, served_settings, 35, title="The Last One", **of_show),
        await aircheck(sessions, served_settings, 5, title="New"),
        await aircheck(sessions, served_settings, 99, title="Deleted", deleted_at=ago(1), deleted_because="staff"),
    ]
    wish = {**NOTHING, "unpublished_days": 30, "originals_days": 45, "keep_last": 1}
    preview = (await station_admin.post("/admin/retention/preview", json=wish)).json()
    assert [(item["title"], item["what"], item["because"], item["bytes"]) for item in preview["items"]] == [
        ("Episode", "original", "too_old", 5000),
        ("Old", "aircheck", "too_old", 6000),
    ]
    assert [item["why"] for item in preview["items"]] == [
        "Originals are kept for 45 days.",
        "What is no episode is kept for 30 days.",
    ]
    assert (preview["total"], preview["frees_bytes"]) == (2, 11_000)
    assert (preview["bytes_now"], preview["bytes_after"]) == (24_000, 13_000)
    page = (await station_admin.post("/admin/retention/preview?offset=1&limit=1", json=wish)).json()
    assert ([item["title"] for item in page["items"]], page["total"]) == (["Old"], 2)
    before = await kept(sessions, airchecks)
    assert before == [(True, True)] * 4 + [(False, True)], "nothing was deleted"
    assert (await station_admin.put("/admin/retention", json=wish)).status_code == 200
    await night(sessions, served_settings)
    assert await kept(sessions, airchecks) == [(False, True), (True, False), (True, True), (True, True), (False, True)]
    originals = [(files.folder_of(served_settings, one.id) / files.ORIGINAL).exists() for one in airchecks]
    assert originals == [True, False, True, True, True]
    old = await found(sessions, airchecks[0].id)
    assert old
    assert old.deleted_because == "policy"
    assert (await station_admin.post(f"/airchecks/{old.id}/restore")).status_code == 200
    assert (await station_admin.post("/admin/retention/preview", json=wish)).json()["total"] == 1, "it is old again"


async def test_an_episode_goes_only_when_that_was_said(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    episode = await aircheck(sessions, served_settings, 400, published_at=ago(399))
    for wish, there in (({"unpublished_days": 1, "total_gb": 0.000001}, True), ({"published_days": 365}, False)):
        await station_admin.put("/admin/retention", json={**NOTHING, **wish})
        await night(sessions, served_settings)
        row = await found(sessions, episode.id)
        assert row
        assert (row.deleted_at is None, row.published_at is not None) == (there, there)


async def test_a_policy_is_carried_out_once_a_night_and_not_on_the_day_it_was_set(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    assert (await station_admin.get("/admin/retention")).json() == NOTHING
    first = await aircheck(sessions, served_settings, 40)
    await service.each_night(sessions, served_settings)
    wish = {**NOTHING, "unpublished_days": 30}
    assert (await station_admin.put("/admin/retention", json=wish)).json() == wish
    assert (await station_admin.get("/admin/retention")).json() == wish
    await service.each_night(sessions, served_settings)
    assert await kept(sessions, [first]) == [(True, True)], "whoever mistook a number has time"
    await night(sessions, served_settings)
    second = await aircheck(sessions, served_settings, 40)
    await service.each_night(sessions, served_settings)
    assert await kept(sessions, [first, second]) == [(False, True), (True, True)]


@pytest.mark.parametrize(
    "wish",
    [
        {"unpublished_days": 0}, {"keep_last": -1}, {"total_gb": 0}, {"total_gb": 1e9}, {"originals_days": "soon"},
        {"days": 3},
    ],
)  # fmt: skip
async def test_a_policy_that_makes_no_sense_is_refused(station_admin: httpx.AsyncClient, wish: dict[str, Any]) -> None:
    for method, path in (("PUT", "/admin/retention"), ("POST", "/admin/retention/preview")):
        assert problem(await station_admin.request(method, path, json=wish)) == (422, "invalid_input")


async def test_ten_thousand_airchecks_are_looked_through_in_no_time(
    station_admin: httpx.AsyncClient, sessions: Sessions
) -> None:
    # Rows only; in one statement.
    async with sessions.begin() as tx:
        await tx.execute(
            Aircheck.__table__.insert(),  # type: ignore[attr-defined]
            [
                {
                    "state": "ready", "title": f"{day}", "began_at": ago(day / 10), "ended_at": ago(day / 10),
                    "length_seconds": 1.0, "copy": "copy.mp3", "copy_bytes": 1, "gaps": [], "chapters": [], "tags": {},
                }
                for day in range(10_000)
            ],
        )  # fmt: skip
    began = time.monotonic()
    preview = await station_admin.post("/admin/retention/preview?limit=500", json={**NOTHING, "unpublished_days": 500})
    assert preview.json()["total"] == 5000
    assert time.monotonic() - began < 10
