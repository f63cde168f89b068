"""What waits becomes jobs, is scanned once there is a scanner, and is given up when it is tried too often."""

from pathlib import Path

import pytest
from api.arriving import feeding
from api.arriving.preparing import Preparer
from api.arriving.rescanning import rescan
from api.arriving.rules import ATTEMPTS
from api.following import following
from api.library.models import Track
from api.programme import scan, service
from api.settings import Settings
from desk import library
from desk.clamav import MALICIOUS, clamd
from desk.intake import Intake
from desk.programme import copies_of, upload
from desk.settings import api_settings, make_folders
from desk.sounds import id3, music, sound_file, untagged_mp3
from kit.db import Sessions
from kit.testing import Servers
from redis.asyncio import Redis
from sqlalchemy import select, text, update


@pytest.fixture(autouse=True)
def lain_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files need not settle first."""
    monkeypatch.setattr(scan, "SETTLED_AFTER", -1.0)


@pytest.fixture
def settings(tmp_path: Path, database_url: str, servers: Servers) -> Settings:
    make_folders(tmp_path)
    return api_settings(tmp_path, database_url, servers.redis_url)


async def jobs_of(sessions: Sessions) -> list[tuple[str, int]]:
    """What the jobs are about, and their priorities, in the order in which they will be done."""
    query = "SELECT args->>'track_id', priority FROM procrastinate_jobs ORDER BY priority DESC, id"
    async with sessions() as tx:
        return [(row[0], row[1]) for row in await tx.execute(text(query))]


async def test_what_waits_becomes_a_job_once_and_what_somebody_waits_for_goes_first(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [Track(source="folder", path=f"{n}", size=1, changed_ns=1, state="waiting") for n in range(3)]
    async with sessions.begin() as tx:
        tx.add_all([*rows, Track(source="folder", path="ready", size=1, changed_ns=1, state="ready")])
    sent = await upload(settings, sessions)
    monkeypatch.setattr(feeding, "MOST_JOBS", 3)
    for _ in range(2):
        await feeding.feed(sessions)
        found = await jobs_of(sessions)
        assert found == [(str(sent.id), 20), (str(rows[0].id), 10), (str(rows[1].id), 10)]
    async with sessions.begin() as tx:
        await tx.execute(text("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE priority = 10"))
    await feeding.feed(sessions)
    assert len(await jobs_of(sessions)) == 5


async def test_a_file_over_which_workers_die_is_given_up(settings: Settings, sessions: Sessions, redis: Redis) -> None:
    track = await upload(settings, sessions)
    preparer = Preparer(sessions, settings, redis, following(sessions, redis))
    await preparer.prepare(track.id, attempts=ATTEMPTS)
    async with sessions() as tx:
        now = await tx.get_one(Track, track.id)
        assert (now.state, "tried 5 times" in (now.problem or "")) == ("refused", True)
        assert (await service.wanted(tx, library.now())).items == ()


async def test_the_same_upload_to_the_programme_is_kept_once(
    settings: Settings, sessions: Sessions, redis: Redis
) -> None:
    first, second = [await upload(settings, sessions) for _ in range(2)]
    intake = Intake(settings, sessions, redis)
    for _ in range(3):  # both at once: whoever is later finds the other, now or when it is tried again
        try:
            await intake.step()
        except Exception:
            continue
    async with sessions() as tx:
        states = {one.state: one.problem for one in await tx.scalars(select(Track))}
    assert states.keys() == {"ready", "refused"}
    assert "same file" in (states["refused"] or "")
    assert len(copies_of(settings)) == 1
    assert len(list(settings.library_folder.iterdir())) == 1
    assert first.id != second.id


async def test_tracks_that_nobody_looked_at_are_scanned_when_there_is_a_scanner(
    settings: Settings, sessions: Sessions, redis: Redis
) -> None:
    sound_file(settings.fallback_folder / "good.mp3", music(1))
    plain = sound_file(settings.var / "plain.wav", music(1))
    id3(untagged_mp3(settings.fallback_folder / "bad.mp3", plain), {"PRIV": b"x\0" + MALICIOUS})
    lost = sound_file(settings.fallback_folder / "lost.mp3", music(1, -25))
    await Intake(settings, sessions, redis).step()
    lost.unlink()
    followers = following(sessions, redis)

    async def states() -> dict[str, tuple[str, str]]:
        async with sessions() as tx:
            return {one.path: (one.state, one.scan_status) for one in await tx.scalars(select(Track))}

    before = dict.fromkeys(("good.mp3", "bad.mp3", "lost.mp3"), ("ready", "not_scanned"))
    await rescan(sessions, settings, redis, followers)
    assert await states() == before
    away = settings.model_copy(update={"clamav": "127.0.0.1:1"})
    await rescan(sessions, away, redis, followers)
    assert await states() == before
    async with clamd() as server:
        there = settings.model_copy(update={"clamav": server.address})
        await rescan(sessions, there, redis, followers)
        await rescan(sessions, there, redis, followers)
        assert len(server.scanned) == 2
    assert await states() == {
        "good.mp3": ("ready", "clean"),
        "bad.mp3": ("refused", "infected"),
        "lost.mp3": ("ready", "not_scanned"),
    }
    async with sessions() as tx:
        assert sorted(str(one.title) for one in (await service.wanted(tx, library.now())).items) == ["good", "lost"]
    assert (settings.fallback_folder / "bad.mp3").exists(), "a folder's files are its owner's"
    assert len(copies_of(settings)) == 2


async def test_a_copy_that_is_made_again_changes_nothing_that_is_known(
    settings: Settings, sessions: Sessions, redis: Redis
) -> None:
    sound_file(settings.fallback_folder / "a.mp3", music(2), title="Inside", artist="Somebody")
    intake = Intake(settings, sessions, redis)
    await intake.step()
    async with sessions.begin() as tx:
        mine = {"title": "Mine", "cue_in": 0.5, "intro_end": 1.0, "edited": ["title", "cue_in"], "state": "waiting"}
        await tx.execute(update(Track).values(mine))
    await intake.step()
    async with sessions() as tx:
        (track,) = await tx.scalars(select(Track))
    assert (track.state, track.title, track.artist) == ("ready", "Mine", "Somebody")
    assert (track.cue_in, track.intro_end) == (0.5, 1.0)
