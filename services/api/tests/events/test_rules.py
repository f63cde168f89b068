"""What is worth an event, and what is not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from api.events.rules import Change, looks_the_same, told_by
from api.events.schemas import body_of
from api.queue.schemas import QueueEntry, QueueShown
from hypothesis import given
from hypothesis import strategies as st
from kit.contracts.air import TIERS, NowPlaying

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAYING = NowPlaying(
    tier="user",
    title="Song",
    artist="Somebody",
    started_at=NOON,
    length_seconds=200,
    artwork=None,
    listeners=3,
    station="Airtight",
    updated_at=NOON,
)


def changed(**what: Any) -> NowPlaying:
    return PLAYING.model_copy(update={"updated_at": NOON + timedelta(seconds=5), **what})


def names(before: NowPlaying | None, now: NowPlaying) -> list[Change]:
    return list(told_by(before, now))


def test_the_first_word_is_told_whole() -> None:
    assert names(None, PLAYING) == ["tier", "now_playing", "listeners"]


def test_each_change_is_told_by_its_own_event() -> None:
    assert names(PLAYING, changed()) == []
    assert names(PLAYING, changed(listeners=4)) == ["listeners"]
    assert names(PLAYING, changed(title="Other")) == ["now_playing"]
    assert names(PLAYING, changed(tier="live", title=None)) == ["tier", "now_playing"]


@given(st.sampled_from(TIERS), st.none() | st.text(), st.integers(0, 100))
def test_what_is_told_brings_whoever_follows_up_to_date(tier: Any, title: str | None, listeners: int) -> None:
    now = changed(tier=tier, title=title, listeners=listeners)
    known = PLAYING.model_dump()
    for change in told_by(PLAYING, now):
        known |= body_of(change, now).model_dump()
    assert {**known, "updated_at": now.updated_at} == now.model_dump()


def entry(number: int, *, expected: datetime | None = None, **given: Any) -> QueueEntry:
    known: dict[str, Any] = {
        "id": UUID(int=number),
        "state": "queued",
        "position": number,
        "title": "T",
        "artist": None,
        "length_seconds": 60,
        "artwork": None,
        "progress": 100,
        "started_at": None,
        "expected_at": expected,
        "mine": False,
    }
    return QueueEntry(**{**known, **given})


def queue(*items: QueueEntry, playing: QueueEntry | None = None, preparing: tuple[QueueEntry, ...] = ()) -> QueueShown:
    return QueueShown(playing=playing, items=items, preparing=preparing)


def test_a_queue_whose_expected_times_move_a_little_looks_the_same() -> None:
    before = queue(entry(1, expected=NOON), entry(2, expected=None))
    assert looks_the_same(before, queue(entry(1, expected=NOON + timedelta(seconds=1)), entry(2)))
    assert not looks_the_same(before, queue(entry(1, expected=NOON + timedelta(seconds=3)), entry(2)))
    assert not looks_the_same(before, queue(entry(1, expected=None), entry(2)))


def test_a_queue_in_which_something_moved_looks_different() -> None:
    before = queue(entry(1), entry(2))
    assert looks_the_same(before, queue(entry(1), entry(2)))
    assert not looks_the_same(before, queue(entry(2), entry(1)))
    assert not looks_the_same(before, queue(entry(1)))
    assert not looks_the_same(before, queue(entry(2), playing=entry(1)))
    assert not looks_the_same(before, queue(entry(1), preparing=(entry(2),)))
    assert not looks_the_same(before, queue(entry(1), entry(2, progress=50)))
