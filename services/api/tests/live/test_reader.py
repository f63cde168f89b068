"""stream-control's facts about live sessions: in any order of callbacks, and again, they end at the same truth."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from api.live import reader
from api.live.models import LiveSession, SessionTitle
from kit.contracts.air import LiveEnd
from kit.contracts.facts import AnyFact, LiveConnected, LiveEnded, LiveHeard, LiveTitle, QueueChanged
from kit.db import Sessions
from sqlalchemy import select

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


async def granted(sessions: Sessions, **given: object) -> UUID:
    session = LiveSession(id=uuid4(), granted_at=BEGIN, ends_at=at(600), **given)
    async with sessions.begin() as tx:
        tx.add(session)
    return session.id


async def tell(sessions: Sessions, *facts: AnyFact) -> None:
    for fact in facts:
        async with sessions.begin() as tx:
            await reader.apply(tx, fact)


async def found(sessions: Sessions, session: UUID) -> LiveSession:
    async with sessions() as tx:
        one = await tx.get(LiveSession, session)
    assert one
    return one


async def test_a_session_is_followed_from_its_beginning_to_its_end(sessions: Sessions) -> None:
    session = await granted(sessions)
    await tell(
        sessions,
        LiveConnected(at=at(1), session_id=session),
        LiveTitle(at=at(2), session_id=session, title="T", artist=None),
        LiveHeard(at=at(11), session_id=session, heard_seconds=10),
    )
    one = await found(sessions, session)
    assert (one.connected_at, one.title, one.heard_seconds, one.heard_in_all) == (at(1), "T", 10, False)
    await tell(sessions, LiveEnded(at=at(20), session_id=session, reason="cut", heard_seconds=18.5))
    one = await found(sessions, session)
    assert (one.ended_at, one.ended_because, one.heard_seconds, one.heard_in_all) == (at(20), "cut", 18.5, True)


async def test_titles_are_kept_with_their_times(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_TITLES", 2)
    session = await granted(sessions)
    said = [
        LiveTitle(at=at(seconds), session_id=session, title=title, artist="A")
        for seconds, title in ((1, "One"), (1, "Again"), (5, None), (9, "Too many"))
    ]
    await tell(sessions, *said, LiveTitle(at=at(1), session_id=uuid4(), title="Of a stranger", artist=None))
    async with sessions() as tx:
        kept = (await tx.scalars(select(SessionTitle).order_by(SessionTitle.at))).all()
    assert [(one.at, one.title) for one in kept] == [(at(1), "One"), (at(5), None)]
    assert (await found(sessions, session)).title == "Too many"


@pytest.mark.parametrize("reason", ["disconnected", "cut", "engine_restarted", "lost"])
async def test_the_journal_knows_better_why_it_ended(sessions: Sessions, reason: LiveEnd) -> None:
    session = await granted(sessions, connected_at=at(1), ended_at=at(15), ended_because="lost")
    end = LiveEnded(at=at(20), session_id=session, reason=reason, heard_seconds=12)
    await tell(sessions, end, end)
    one = await found(sessions, session)
    assert (one.ended_at, one.ended_because, one.heard_seconds) == (at(15), reason, 12)


async def test_what_comes_late_does_not_open_a_session_again(sessions: Sessions) -> None:
    session = await granted(sessions, connected_at=at(1), ended_at=at(15), ended_because="disconnected")
    await tell(
        sessions,
        LiveConnected(at=at(1), session_id=session),
        LiveHeard(at=at(11), session_id=session, heard_seconds=10),
        LiveHeard(at=at(11), session_id=session, heard_seconds=5),
    )
    one = await found(sessions, session)
    assert (one.ended_because, one.heard_seconds) == ("disconnected", 10)


async def test_a_grant_given_up_too_early_goes_on_unless_another_has_the_air(sessions: Sessions) -> None:
    early = await granted(sessions, ended_at=at(5), ended_because="not_connected")
    await tell(sessions, LiveConnected(at=at(4), session_id=early))
    assert (await found(sessions, early)).ended_at is None
    late = await granted(sessions, ended_at=at(6), ended_because="not_connected")
    await tell(sessions, LiveConnected(at=at(6), session_id=late))
    assert (await found(sessions, late)).ended_because == "not_connected"


async def test_what_is_told_of_a_stranger_or_of_something_else_changes_nothing(sessions: Sessions) -> None:
    await tell(
        sessions,
        LiveConnected(at=at(1), session_id=uuid4()),
        LiveEnded(at=at(1), session_id=uuid4(), reason="lost", heard_seconds=1),
        QueueChanged(at=at(1), playlist="user"),
    )
