"""One track from its copy to what is known of it: once, whoever asks how often, and whatever fails."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest
from api.analysis import outcomes, similar, sweep, waveforms
from api.analysis.analyst import QUEUE, TASK, Analyst
from api.analysis.models import Analysis, SimilarPair
from api.library.models import Track, TrackChange
from api.settings import Settings
from desk.analysing import AsIs, Have
from desk.music import melody
from desk.sounds import music
from desk.waiting import facts_told
from kit.db import Sessions
from listening import RATE, join, silence, tone
from sqlalchemy import select, text

JOBS = text(
    "SELECT args->>'track_id', priority FROM procrastinate_jobs WHERE task_name = :task ORDER BY priority DESC, id"
)


async def waiting_jobs(sessions: Sessions) -> list[tuple[UUID, int]]:
    async with sessions() as tx:
        return [(UUID(row[0]), row[1]) for row in await tx.execute(JOBS, {"task": TASK})]


async def set_analysis(sessions: Sessions, track_id: UUID, **given: object) -> None:
    async with sessions.begin() as tx:
        await tx.merge(Analysis(track_id=track_id, **{"attempts": 0, "priority": 0, **given}))


async def test_a_track_is_measured_once_and_told_once(
    analyst: Analyst, have: Have, as_is: AsIs, sessions: Sessions, settings: Settings
) -> None:
    track = await have(join(silence(0.5), tone(440, 4)))
    for _ in range(2):
        await analyst.analyse(track.id)
    known, analysis = await as_is(track.id)
    assert analysis
    assert (analysis.state, analysis.algorithm, analysis.problem, analysis.lease_until) == ("done", 1, None, None)
    assert known.cue_in == pytest.approx(0.5, abs=0.02)
    assert known.length_seconds == pytest.approx(4.5, abs=0.01)
    assert known.gain_db == pytest.approx(4.0)
    assert known.energy is not None
    assert known.provenance
    assert known.provenance["credentials"]["state"] == "none"
    assert waveforms.path_of(settings, track.id).is_file()
    [told] = await facts_told(sessions)
    assert told["type"] == "track_changed"
    assert {"cue_in", "cue_out", "energy", "gain_db", "waveform", "provenance"} <= set(told["changed"])
    async with sessions() as tx:
        assert (await tx.scalars(select(TrackChange))).all() == []


async def test_looking_again_changes_and_tells_nothing_that_is_the_same(
    analyst: Analyst, have: Have, as_is: AsIs, sessions: Sessions
) -> None:
    track = await have()
    await analyst.analyse(track.id)
    before, _ = await as_is(track.id)
    await set_analysis(sessions, track.id, state="waiting", algorithm=1)
    await analyst.analyse(track.id)
    after, analysis = await as_is(track.id)
    assert analysis
    assert analysis.state == "done"
    assert after.version == before.version
    assert after.provenance == before.provenance


async def test_loudness_and_true_peak_of_an_older_track_are_measured_from_its_original(
    analyst: Analyst, have: Have, as_is: AsIs
) -> None:
    # At a quarter of the rate every sample lies 3 dB below the peaks of the wave between them.
    wave = np.sin(np.pi / 2 * np.arange(3 * RATE) + np.pi / 4) * 10 ** (-6 / 20)
    edges = np.minimum(1, np.minimum(np.arange(3 * RATE), np.arange(3 * RATE)[::-1]) / 2400)
    track = await have(tone(997, 3, -20), loudness_lufs=None, true_peak_dbtp=None)
    between = await have((wave * edges).astype(np.float32), loudness_lufs=None, true_peak_dbtp=None)
    for one in (track, between):
        await analyst.analyse(one.id)
    plain, _ = await as_is(track.id)
    # A mono file is 3 dB lower in each of two channels, as loud as its level says, less those.
    assert plain.loudness_lufs == pytest.approx(-23, abs=0.3)
    assert plain.true_peak_dbtp == pytest.approx(-23, abs=0.3)
    assert plain.gain_db == pytest.approx(7, abs=0.3)
    caught, _ = await as_is(between.id)
    assert caught.true_peak_dbtp == pytest.approx(-9, abs=0.3)


async def test_what_a_person_set_stands_and_the_measurement_is_proposed(
    analyst: Analyst, have: Have, as_is: AsIs, sessions: Sessions
) -> None:
    track = await have(join(silence(0.5), tone(440, 4)), cue_in=2.0, energy=0.9, edited=["cue_in", "energy"])
    await analyst.analyse(track.id)
    known, _ = await as_is(track.id)
    assert (known.cue_in, known.energy) == (2.0, 0.9)
    assert known.proposed.keys() == {"cue_in", "energy"}
    assert known.proposed["cue_in"] == pytest.approx(0.5, abs=0.02)
    assert known.cue_out


async def test_a_value_that_a_measurement_changes_is_written_into_the_history(
    analyst: Analyst, have: Have, sessions: Sessions
) -> None:
    track = await have(cue_in=1.0, gain_db=2.0)
    await analyst.analyse(track.id)
    async with sessions() as tx:
        found = {one.field: one for one in await tx.scalars(select(TrackChange))}
    assert found.keys() == {"cue_in", "gain_db"}
    assert (found["gain_db"].by, found["gain_db"].before, found["gain_db"].after) == ("analysis", 2.0, 4.0)


async def test_a_track_that_cannot_be_measured_stays_usable_with_the_reason_noted(
    analyst: Analyst, have: Have, as_is: AsIs, settings: Settings
) -> None:
    track = await have()
    (settings.programme_folder / f"{track.id}.flac").write_bytes(b"broken")
    for attempt in (1, 2, 3, 3):
        await analyst.analyse(track.id)
        known, analysis = await as_is(track.id)
        assert analysis
        assert (analysis.state, analysis.attempts) == ("failed" if attempt == 3 else "waiting", attempt)
        assert analysis.problem
        assert analysis.problem.startswith("Measuring it failed")
        assert (known.state, known.problem) == ("ready", None)


async def test_whoever_dies_of_a_track_three_times_leaves_it_alone(
    analyst: Analyst, have: Have, as_is: AsIs, sessions: Sessions
) -> None:
    track = await have()
    for _ in range(3):
        assert await outcomes.begin(sessions, track.id)
        assert await outcomes.begin(sessions, track.id) is None, "somebody else is at it"
        long_ago = datetime.now(UTC) - timedelta(seconds=1)
        async with sessions.begin() as tx:
            (await tx.get_one(Analysis, track.id)).lease_until = long_ago
        await sweep.sweep(sessions)
    await analyst.analyse(track.id)
    _, analysis = await as_is(track.id)
    assert analysis
    assert (analysis.state, analysis.problem) == ("failed", "Whoever measured it died of it, each time.")


@pytest.mark.parametrize("given", [{"state": "waiting"}, {"state": "gone"}, {"deleted_at": datetime.now(UTC)}])
async def test_a_track_without_a_copy_is_left_alone(
    analyst: Analyst, have: Have, as_is: AsIs, sessions: Sessions, given: dict[str, object]
) -> None:
    track = await have(**given)
    await analyst.analyse(track.id)
    await analyst.analyse(uuid4())
    await sweep.sweep(sessions)
    assert (await as_is(track.id))[1] is None


async def test_every_track_is_ordered_once_and_new_ones_go_first(have: Have, sessions: Sessions) -> None:
    again = await have()
    await set_analysis(sessions, again.id, state="waiting", priority=-10, algorithm=1)
    done = await have()
    await set_analysis(sessions, done.id, state="done", algorithm=1)
    new = await have()
    for _ in range(2):
        await sweep.sweep(sessions)
    assert await waiting_jobs(sessions) == [(new.id, 0), (again.id, -10)]


async def test_only_so_many_orders_are_jobs_at_once(have: Have, sessions: Sessions) -> None:
    rows = [Track(source="upload", path=str(number), size=1, changed_ns=1, state="ready") for number in range(70)]
    async with sessions.begin() as tx:
        tx.add_all(rows)
    for _ in range(3):
        await sweep.sweep(sessions)
    assert len(await waiting_jobs(sessions)) == sweep.MOST_JOBS
    async with sessions() as tx:
        queues = await tx.scalars(text("SELECT DISTINCT queue_name FROM procrastinate_jobs"))
        assert queues.all() == [QUEUE]


async def test_what_somebody_left_is_given_to_somebody_else(have: Have, sessions: Sessions, as_is: AsIs) -> None:
    left, held = await have(), await have()
    now = datetime.now(UTC)
    await set_analysis(sessions, left.id, state="running", attempts=1, lease_until=now - timedelta(seconds=1))
    await set_analysis(sessions, held.id, state="running", attempts=1, lease_until=now + timedelta(seconds=60))
    await sweep.sweep(sessions)
    assert [one for one, _ in await waiting_jobs(sessions)] == [left.id]
    assert (await as_is(held.id))[1]


async def test_copies_of_a_recording_are_found_noted_and_forgotten(
    analyst: Analyst, have: Have, sessions: Sessions
) -> None:
    recording = melody(16, seed=1)
    one, other, third = await have(recording), await have(recording[48_000:]), await have(melody(16, seed=2))
    for track in (one, other, third):
        await analyst.analyse(track.id)
    async with sessions.begin() as tx:
        [pair] = await tx.scalars(select(SimilarPair))
        assert {pair.first_id, pair.second_id} == {one.id, other.id}
        assert pair.confidence > 0.8
        assert abs(pair.offset_seconds) == pytest.approx(1, abs=0.2)
        pair.dismissed_at = datetime.now(UTC)
        fingerprint = await tx.scalar(select(Track.fingerprint).where(Track.id == one.id))
    assert fingerprint
    # Looking again neither doubles a pair nor asks again about one that was dismissed.
    assert await similar.relate(sessions, one.id, fingerprint) == [other.id]
    async with sessions() as tx:
        [pair] = await tx.scalars(select(SimilarPair))
        assert pair.dismissed_at
    assert await similar.relate(sessions, one.id, b"") == []
    async with sessions() as tx:
        assert (await tx.scalars(select(SimilarPair))).all() == []


async def test_waveforms_of_tracks_that_are_no_more_are_deleted(
    analyst: Analyst, have: Have, sessions: Sessions, settings: Settings
) -> None:
    track = await have(music(1))
    await analyst.analyse(track.id)
    waveforms.write(settings, uuid4(), "{}")
    (waveforms.path_of(settings, track.id).parent / "left.part").write_text("half")
    await sweep.delete_waveforms(sessions, settings)
    folder = waveforms.path_of(settings, track.id).parent
    assert [one.name for one in folder.iterdir()] == [f"{track.id}.json"]
