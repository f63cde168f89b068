"""From an upload to what staff sees of it, with a real worker and its children."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from api.library.models import Track
from api.settings import Settings
from desk.music import at_level, melody, song
from desk.signed import Studio
from desk.sounds import sound_file
from desk.worker import running_worker
from kit.db import Sessions
from listening import join, silence

ANALYSIS, PROGRAMME = "/library/analysis", "/admin/programme"
PATIENCE = 200


async def analysed(client: httpx.AsyncClient, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await client.get(ANALYSIS)).json()["counts"] != {"waiting": 0, "running": 0, "done": count, "failed": 0}:
            await asyncio.sleep(0.3)


async def upload(client: httpx.AsyncClient, paths: list[Path]) -> dict[str, str]:
    """The tracks' ids by their files' names."""
    files = [("file", (one.name, one.read_bytes())) for one in paths]
    answer = await client.post(PROGRAMME, files=files)
    assert answer.status_code == 202, answer.text
    return {path.stem: one["id"] for path, one in zip(paths, answer.json(), strict=True)}


async def person_moves_the_beginning(client: httpx.AsyncClient, track_id: str, count: int) -> dict[str, Any]:
    """Set a cue, have the track looked at again, and return what is proposed then; the cue stays where it was set."""
    moved = await client.patch(f"/library/tracks/{track_id}", json={"set": {"cue_in": 2.0}})
    assert moved.status_code == 200, moved.text
    assert (await client.post(ANALYSIS, json={"track_ids": [track_id]})).json() == {"ordered": 1}
    await analysed(client, count)
    accepted = await client.post(f"/library/tracks/{track_id}/proposals/accept", json={})
    assert accepted.status_code == 200, accepted.text
    return dict(accepted.json())


async def test_uploads_are_measured_known_again_and_shown(
    station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings, tmp_path: Path
) -> None:
    recording, steady = melody(14, seed=3), song(120, 13)
    original = sound_file(tmp_path / "original.flac", join(silence(0.8), recording))
    paths = [
        original,
        sound_file(tmp_path / "shorter.mp3", recording[3 * 48_000 :]),
        sound_file(tmp_path / "loud.flac", at_level(steady, -3)),
        sound_file(tmp_path / "quiet.flac", at_level(steady, -21)),
        Studio().sign(sound_file(tmp_path / "plain.wav"), tmp_path / "signed.wav"),
    ]
    with running_worker(served_settings):
        ids = await upload(station_admin, paths)
        await analysed(station_admin, len(paths))
        accepted = await person_moves_the_beginning(station_admin, ids["original"], len(paths))
    # The copy begins a tenth of a second before the music.
    assert accepted["values"]["cue_in"] == pytest.approx(0.1, abs=0.02)
    assert (accepted["edited"], accepted["proposed"]) == (["cue_in"], {})
    async with sessions() as tx:
        loud, quiet = [await tx.get_one(Track, UUID(ids[name])) for name in ("loud", "quiet")]
    assert loud.tempo_bpm == quiet.tempo_bpm == 120
    assert loud.energy == pytest.approx(quiet.energy, abs=0.05)
    assert (quiet.gain_db or 0) - (loud.gain_db or 0) == pytest.approx(18, abs=0.2)
    alike = (await station_admin.get("/library/similar")).json()["items"]
    assert {frozenset((one["first"]["id"], one["second"]["id"])) for one in alike} == {
        frozenset((ids["original"], ids["shorter"])),
        frozenset((ids["loud"], ids["quiet"])),
    }
    evidence = (await station_admin.get(f"/library/tracks/{ids['signed']}/provenance")).json()
    assert evidence["evidence"]["credentials"]["state"] == "present_untrusted"
    assert "trainedAlgorithmicMedia" in evidence["findings"][0]["found"]
    drawn = (await station_admin.get(f"/library/tracks/{ids['loud']}/waveform")).json()
    assert drawn["length"] * drawn["samples_per_pixel"] / drawn["sample_rate"] > 12
