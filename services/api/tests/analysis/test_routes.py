"""The analysis over HTTP: looking again, proposals, waveforms, evidence, and pairs that sound alike."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from api.analysis import waveforms
from api.analysis.models import Analysis, SimilarPair
from api.library.models import Track
from api.settings import Settings
from desk import people
from desk.asking import bearer, track
from desk.signing_in import problem
from desk.waiting import facts_told
from kit.db import Sessions

ANALYSIS, SIMILAR = "/library/analysis", "/library/similar"
EVIDENCE = {
    "credentials": {"state": "present_untrusted", "generator": "Song Machine", "signer": "Somebody"},
    "declared": [{"tag": "encoder", "value": "LAME3.100"}],
    "looked_at": "2026-11-01T10:00:00Z",
}


@pytest.fixture
async def producer(anybody: httpx.AsyncClient, sessions: Sessions, served_settings: Settings) -> httpx.AsyncClient:
    _, token = await people.user(sessions, served_settings, "producer")
    anybody.headers.update(bearer(token))
    return anybody


async def analysed(sessions: Sessions, **given: Any) -> Track:
    """A track, and its analysis as `given` says."""
    made = await track(sessions)
    known = {"attempts": 1, "priority": 0, "state": "done", "algorithm": 1, **given}
    async with sessions.begin() as tx:
        tx.add(Analysis(track_id=made.id, **known))
    return made


async def test_progress_is_counted_and_what_failed_is_listed_with_its_reason(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    await analysed(sessions)
    await analysed(sessions, algorithm=0)
    await analysed(sessions, state="waiting", algorithm=None)
    failed = await analysed(sessions, state="failed", problem="Measuring it failed: x", attempts=3)
    await track(sessions, deleted_at=datetime.now(UTC))
    told = (await producer.get(ANALYSIS)).json()
    assert told["counts"] == {"waiting": 1, "running": 0, "done": 2, "failed": 1}
    assert (told["algorithm"], told["outdated"], told["total"]) == (1, 1, 1)
    [shown] = told["items"]
    assert (shown["track_id"], shown["problem"], shown["attempts"]) == (str(failed.id), "Measuring it failed: x", 3)
    page = (await producer.get(ANALYSIS, params={"state": "done", "limit": 1, "offset": 1})).json()
    assert (len(page["items"]), page["total"]) == (1, 2)


@pytest.mark.parametrize(("asked", "ordered"), [("all", 3), ("outdated", 1), ("failed", 1)])
async def test_tracks_are_looked_at_again_by_word(
    producer: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions, asked: str, ordered: int
) -> None:
    await analysed(sessions)
    await analysed(sessions, algorithm=0)
    await analysed(sessions, state="failed", problem="x", attempts=3)
    waiting = await analysed(sessions, state="waiting", algorithm=None)
    answer = await station_admin.post(ANALYSIS, json={"which": asked})
    assert (answer.status_code, answer.json()) == (202, {"ordered": ordered})
    told = (await producer.get(ANALYSIS, params={"state": "waiting"})).json()
    # What is new goes first.
    assert (told["items"][0]["track_id"], told["total"]) == (str(waiting.id), ordered + 1)
    assert {one["attempts"] for one in told["items"][1:]} == {0}


async def test_some_tracks_are_looked_at_again_and_all_only_for_an_administrator(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    one = await analysed(sessions)
    never = await track(sessions)
    await analysed(sessions)
    asked = {"track_ids": [str(one.id), str(never.id), str(uuid4())]}
    assert (await producer.post(ANALYSIS, json=asked)).json() == {"ordered": 2}
    assert problem(await producer.post(ANALYSIS, json={"which": "all"})) == (403, "not_allowed")
    wrong: list[dict[str, Any]] = [{}, {"which": "all", **asked}, {"track_ids": []}, {"which": "none"}]
    for bad in wrong:
        assert (await producer.post(ANALYSIS, json=bad)).status_code == 422


async def test_a_proposal_is_accepted_as_a_persons_edit(producer: httpx.AsyncClient, sessions: Sessions) -> None:
    proposed = {"cue_in": 0.1, "energy": 0.5, "intro_end": 8.0}
    one = await track(sessions, cue_in=2.0, energy=0.9, edited=["cue_in", "energy"], proposed=proposed)
    address = f"/library/tracks/{one.id}/proposals"
    told = (await producer.post(f"{address}/accept", json={"fields": ["cue_in", "intro_end"]})).json()
    assert (told["values"]["cue_in"], told["values"]["intro_end"], told["values"]["energy"]) == (0.1, 8.0, 0.9)
    assert told["edited"] == ["cue_in", "energy", "intro_end"]
    assert told["proposed"] == {"energy": 0.5}
    history = (await producer.get(f"/library/tracks/{one.id}/history")).json()["items"]
    assert {(entry["field"], entry["by"]) for entry in history} == {("cue_in", "person"), ("intro_end", "person")}
    assert {"cue_in", "intro_end"} <= set((await facts_told(sessions))[-1]["changed"])
    told = (await producer.post(f"{address}/dismiss", json={})).json()
    assert (told["proposed"], told["values"]["energy"]) == ({}, 0.9)
    for way in ("accept", "dismiss"):
        assert problem(await producer.post(f"{address}/{way}", json={})) == (409, "nothing_proposed")


async def test_a_proposal_that_contradicts_another_point_is_refused_and_stays(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    one = await track(sessions, cue_in=20.0, edited=["cue_in"], proposed={"cue_in": 0.1, "intro_end": 8.0})
    address = f"/library/tracks/{one.id}/proposals/accept"
    assert problem(await producer.post(address, json={"fields": ["intro_end"]})) == (422, "invalid_edit")
    told = (await producer.post(address, json={})).json()
    assert (told["values"]["cue_in"], told["values"]["intro_end"], told["proposed"]) == (0.1, 8.0, {})


async def test_a_waveform_is_sent_once_to_whoever_keeps_it(
    producer: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    one = await track(sessions)
    address = f"/library/tracks/{one.id}/waveform"
    assert problem(await producer.get(address)) == (404, "no_waveform")
    waveforms.write(served_settings, one.id, '{"version":2,"data":[-1,1]}')
    answer = await producer.get(address)
    assert answer.json() == {"version": 2, "data": [-1, 1]}
    assert answer.headers["content-type"] == "application/json"
    again = await producer.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_evidence_of_origin_is_shown_with_what_it_proves_and_what_not(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    made = await track(sessions, provenance=EVIDENCE, source="starter")
    told = (await producer.get(f"/library/tracks/{made.id}/provenance")).json()
    assert told["state"] == "looked_at"
    assert [(one["kind"], one["confidence"]) for one in told["findings"]] == [
        ("station", "high"),
        ("content_credentials", "medium"),
        ("tag", "low"),
    ]
    assert told["evidence"]["credentials"]["generator"] == "Song Machine"
    bare = await track(sessions)
    told = (await producer.get(f"/library/tracks/{bare.id}/provenance")).json()
    assert (told["state"], told["findings"], told["evidence"]) == ("not_looked_at_yet", [], None)


async def test_pairs_are_listed_by_certainty_until_somebody_says_that_they_are_two_things(
    producer: httpx.AsyncClient, sessions: Sessions
) -> None:
    a, b, c = sorted([await track(sessions, title=name) for name in "abc"], key=lambda one: one.id)
    gone = await track(sessions, deleted_at=datetime.now(UTC))
    await pairs(sessions, {(a.id, b.id): 0.9, (b.id, c.id): 0.5, (a.id, gone.id): 1.0})
    told = (await producer.get(SIMILAR)).json()
    assert [(one["first"]["id"], one["second"]["id"]) for one in told["items"]] == [
        (str(a.id), str(b.id)),
        (str(b.id), str(c.id)),
    ]
    assert told["total"] == 2
    for params, count in (({"least": 0.6}, 1), ({"track_id": str(c.id)}, 1), ({"offset": 1}, 1)):
        assert len((await producer.get(SIMILAR, params=params)).json()["items"]) == count
    assert (await producer.delete(f"{SIMILAR}/{b.id}/{a.id}")).status_code == 204
    assert (await producer.get(SIMILAR)).json()["total"] == 1
    assert problem(await producer.delete(f"{SIMILAR}/{a.id}/{c.id}")) == (404, "no_such_pair")


async def pairs(sessions: Sessions, found: dict[tuple[UUID, UUID], float]) -> None:
    async with sessions.begin() as tx:
        tx.add_all(
            SimilarPair(
                first_id=min(pair), second_id=max(pair), confidence=confidence, offset_seconds=0, overlap_seconds=9
            )
            for pair, confidence in found.items()
        )


@pytest.mark.parametrize(
    ("method", "way"),
    [("GET", "waveform"), ("GET", "provenance"), ("POST", "proposals/accept"), ("POST", "proposals/dismiss")],
)
async def test_what_is_not_there_or_deleted_is_not_found(
    producer: httpx.AsyncClient, sessions: Sessions, method: str, way: str
) -> None:
    deleted = await track(sessions, deleted_at=datetime.now(UTC), proposed={"cue_in": 1.0})
    for one in (uuid4(), deleted.id):
        answer = await producer.request(method, f"/library/tracks/{one}/{way}", json={} if method == "POST" else None)
        assert problem(answer) == (404, "no_such_track")
