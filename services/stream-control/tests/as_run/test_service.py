"""The journal becomes rows and facts, each exactly once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from kit.contracts.facts import AnyFact, LiveEnded, TierChanged, TrackEnded, TrackStarted
from kit.contracts.queues import NamedItem
from kit.db import Sessions
from kit.facts import read
from rig.api import wanting_api
from rig.journals import append, boot, live, lost, noted, pulse, tier, titled, track, written
from rig.station import NOWHERE, STREAM_CONTROL_TOKEN
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from stream_control import tables
from stream_control.as_run.models import AsRun
from stream_control.as_run.service import catch_up, forget_old
from stream_control.journal import tail
from stream_control.journal.lines import Line
from stream_control.wanted.client import Api
from stream_control.wanted.items import Items

NOBODY = Api(httpx.AsyncClient(), NOWHERE, "")
"""api is away."""
AT = 1_767_225_600.0
"""2026-01-01 00:00 UTC."""
REFUSE_ENDINGS = """
CREATE FUNCTION stream_control.refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.fact->>'type' = 'track_ended' THEN RAISE 'killed'; END IF; RETURN NEW; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON stream_control.facts FOR EACH ROW EXECUTE FUNCTION stream_control.refuse();
"""


async def rows(sessions: Sessions) -> list[AsRun]:
    async with sessions() as tx:
        return list(await tx.scalars(select(AsRun).order_by(AsRun.id)))


async def feed(sessions: Sessions) -> list[AnyFact]:
    async with sessions() as tx:
        return [numbered.fact for numbered in await read(tx, tables.facts, after=0, limit=1000)]


async def set_aside(sessions: Sessions) -> Sequence[Any]:
    async with sessions() as tx:
        return (await tx.execute(select(tables.set_aside).order_by(tables.set_aside.c.id))).all()


async def execute(sessions: Sessions, statements: str) -> None:
    async with sessions.begin() as tx:
        connection = await (await tx.connection()).get_raw_connection()
        assert connection.driver_connection
        await connection.driver_connection.execute(statements)


def known(*more: NamedItem) -> Items:
    """The items of the hour, and more."""
    items = Items()
    items.learn("fallback", [NamedItem(id="a"), NamedItem(id="b"), *more])
    return items


def texts(*lines: Line) -> list[str]:
    return [written(line) for line in lines]


AN_HOUR = texts(
    boot(AT),
    tier(AT + 1, "fallback"),
    track(AT + 10, "fallback", "a"),
    noted(AT + 39, "fallback", "skipped"),
    track(AT + 40, "fallback", "b"),
    tier(AT + 50, "noise", "fallback"),
    lost(AT + 50, "fallback"),
    tier(AT + 60, "fallback", "noise"),
    pulse(AT + 65),
)


async def test_the_journal_becomes_rows(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, AN_HOUR)
    await catch_up(sessions, tmp_path, known(), NOBODY)
    assert [
        (row.tier, row.item_id, row.started_at.timestamp() - AT, row.ended_reason, row.heard_seconds)
        for row in await rows(sessions)
    ] == [
        ("fallback", "a", 10, "skipped", 30),
        ("fallback", "b", 40, "interrupted", 10),
        ("noise", "", 50, "recovered", 10),
    ]


async def test_each_change_is_told_in_order_with_the_row_it_is_about(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, AN_HOUR)
    await catch_up(sessions, tmp_path, known(), NOBODY)
    told = await feed(sessions)
    assert [fact.type for fact in told] == [
        "tier_changed",
        "track_started",
        "track_ended",
        "track_started",
        "tier_changed",
        "track_started",
        "track_ended",
        "tier_changed",
        "track_ended",
    ]
    first, second, *_ = await rows(sessions)
    started = [fact for fact in told if isinstance(fact, TrackStarted)]
    ended = [fact for fact in told if isinstance(fact, TrackEnded)]
    assert [fact.airing_id for fact in started[:2]] == [first.id, second.id]
    assert (ended[0].airing_id, ended[0].item_id, ended[0].reason) == (first.id, "a", "skipped")
    assert [fact.previous for fact in told if isinstance(fact, TierChanged)] == [None, "fallback", "noise"]


async def test_a_live_session_is_told_once_however_the_journal_is_read(sessions: Sessions, tmp_path: Path) -> None:
    one = UUID(int=1)
    show = texts(
        live(AT, one),
        tier(AT + 1, "live"),
        titled(AT + 2, one, "T"),
        pulse(AT + 12),
        tier(AT + 20, "fallback", "live"),
        live(AT + 21, one, "cut"),
    )
    for line in show:
        append(tmp_path, [line])
        await catch_up(sessions, tmp_path, known(), NOBODY)
    told = [fact for fact in await feed(sessions) if fact.type.startswith("live")]
    assert [fact.type for fact in told] == ["live_connected", "live_title", "live_heard", "live_ended"]
    assert isinstance(told[-1], LiveEnded)
    assert (told[-1].session_id, told[-1].reason, told[-1].heard_seconds) == (one, "cut", 19)


async def test_what_plays_has_an_open_row(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, AN_HOUR[:3])
    await catch_up(sessions, tmp_path, known(), NOBODY)
    (row,) = await rows(sessions)
    assert (row.ended_at, row.ended_reason, row.heard_seconds) == (None, None, 0)


async def test_reading_line_by_line_gives_what_reading_at_once_gives(sessions: Sessions, tmp_path: Path) -> None:
    for line in AN_HOUR:
        append(tmp_path, [line])
        await catch_up(sessions, tmp_path, known(), NOBODY)
    assert len(await rows(sessions)) == 3
    assert len(await feed(sessions)) == 9


async def test_reading_again_adds_nothing(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, AN_HOUR)
    for _ in range(2):
        await catch_up(sessions, tmp_path, known(), NOBODY)
    assert len(await feed(sessions)) == 9


async def test_a_death_in_the_middle_of_the_journal_loses_and_doubles_nothing(
    sessions: Sessions, tmp_path: Path
) -> None:
    pulses = [written(pulse(AT + 1), pad="x" * 1000)] * (2 * tail.CHUNK // 1000)
    append(tmp_path, [*AN_HOUR[:3], *pulses, *AN_HOUR[3:]])
    await execute(sessions, REFUSE_ENDINGS)
    try:
        with pytest.raises(DBAPIError, match="killed"):
            await catch_up(sessions, tmp_path, known(), NOBODY)
        assert len(await rows(sessions)) == 1, "the first batch was complete"
    finally:
        await execute(sessions, "DROP TRIGGER refuse ON stream_control.facts; DROP FUNCTION stream_control.refuse()")
    await catch_up(sessions, tmp_path, known(), NOBODY)
    assert [row.ended_reason for row in await rows(sessions)] == ["skipped", "interrupted", "recovered"]
    assert len(await feed(sessions)) == 9


@pytest.mark.parametrize(
    "broken", ['{"at":1,"eve', "\0\0\0\0", "\ufffd", '{"at":1,"event":"party"}', '{"at":1e300,"event":"tier"}']
)
async def test_a_line_that_cannot_be_read_is_set_aside_and_the_rest_goes_on(
    sessions: Sessions, tmp_path: Path, broken: str
) -> None:
    append(tmp_path, [*AN_HOUR[:3], broken, *AN_HOUR[3:]])
    await catch_up(sessions, tmp_path, known(), NOBODY)
    assert len(await rows(sessions)) == 3
    (kept,) = await set_aside(sessions)
    assert kept.source == "journal"
    assert kept.body == broken.replace("\0", "\ufffd")
    assert kept.error


async def test_an_item_that_no_database_can_hold_is_set_aside(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, [written(track(AT, "user", "a")).replace('"a"', '"\\u0000"'), *AN_HOUR])
    await catch_up(sessions, tmp_path, known(), NOBODY)
    assert (len(await rows(sessions)), len(await set_aside(sessions))) == (3, 1)


async def test_what_is_set_aside_is_cut_to_a_sensible_length(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, ["x" * 100_000])
    await catch_up(sessions, tmp_path, known(), NOBODY)
    (kept,) = await set_aside(sessions)
    assert len(kept.body) == 4096


async def test_rows_carry_the_names_of_their_items(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, texts(track(AT, "fallback", "c")))
    await catch_up(sessions, tmp_path, known(NamedItem(id="c", title="T", artist="A")), NOBODY)
    (airing,) = await rows(sessions)
    (fact,) = await feed(sessions)
    assert isinstance(fact, TrackStarted)
    assert (airing.title, airing.artist, fact.title, fact.artist) == ("T", "A", "T", "A")


async def test_whoever_writes_as_run_is_told_whether_facts_were_told(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, AN_HOUR)
    assert await catch_up(sessions, tmp_path, known(), NOBODY)
    append(tmp_path, texts(pulse(AT + 70)))
    assert not await catch_up(sessions, tmp_path, known(), NOBODY)


async def test_lines_about_an_unknown_item_wait_for_its_name(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, [*AN_HOUR, *texts(track(AT + 70, "user", "new"))])
    with pytest.raises(httpx.HTTPError):
        await catch_up(sessions, tmp_path, known(), NOBODY)
    assert await rows(sessions) == []
    with wanting_api() as desk:
        desk.names["new"] = NamedItem(id="new", title="New")
        async with httpx.AsyncClient() as http:
            await catch_up(sessions, tmp_path, known(), Api(http, desk.address, STREAM_CONTROL_TOKEN))
    assert [row.title for row in await rows(sessions)] == [None, None, None, "New"]


async def test_the_length_of_what_played_before_a_restart_is_asked_for_too(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, texts(track(AT, "user", "a")))
    await catch_up(sessions, tmp_path, known(), NOBODY)
    append(tmp_path, texts(lost(AT + 30, "user")))
    with wanting_api() as desk:
        desk.names["a"] = NamedItem(id="a", length_seconds=30)
        async with httpx.AsyncClient() as http:
            await catch_up(sessions, tmp_path, Items(), Api(http, desk.address, STREAM_CONTROL_TOKEN))
    assert [row.ended_reason for row in await rows(sessions)] == ["finished"]


async def test_a_journal_that_is_not_there_yet_is_waited_for(sessions: Sessions, tmp_path: Path) -> None:
    await catch_up(sessions, tmp_path / "absent", known(), NOBODY)
    assert await rows(sessions) == []


async def test_a_day_that_follows_is_read_on(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, AN_HOUR[:4])
    await catch_up(sessions, tmp_path, known(), NOBODY)
    append(tmp_path, AN_HOUR[4:], day="2026-01-02")
    await catch_up(sessions, tmp_path, known(), NOBODY)
    assert len(await rows(sessions)) == 3


def day(ago: int) -> str:
    return f"{datetime.now(UTC) - timedelta(days=ago):%Y-%m-%d}"


async def test_old_journals_are_forgotten_once_as_run_has_them(sessions: Sessions, tmp_path: Path) -> None:
    for ago in (10, 5, 2, 0):
        append(tmp_path, texts(pulse(AT + 10 - ago)), day=day(ago))
    await forget_old(sessions, tmp_path, keep=timedelta(days=3))
    assert len(list(tmp_path.iterdir())) == 4, "nothing has been read yet"
    await catch_up(sessions, tmp_path, known(), NOBODY)
    await forget_old(sessions, tmp_path, keep=timedelta(days=3))
    assert sorted(path.stem for path in tmp_path.iterdir()) == [day(2), day(0)]


async def test_a_journal_that_as_run_has_not_read_to_its_end_is_kept(sessions: Sessions, tmp_path: Path) -> None:
    append(tmp_path, texts(pulse(AT)), day=day(10))
    await catch_up(sessions, tmp_path, known(), NOBODY)
    append(tmp_path, texts(pulse(AT + 1)), day=day(9))
    await forget_old(sessions, tmp_path, keep=timedelta(days=3))
    assert sorted(path.stem for path in tmp_path.iterdir()) == [day(10), day(9)]
