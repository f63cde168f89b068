"""What listeners are told, from what the journal said and what items are called."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from kit.contracts.air import NowPlaying, Tier
from kit.contracts.queues import NamedItem
from rig.journals import boot, lengths, live, run_from, tier, titled, track
from stream_control.journal.lines import Line
from stream_control.journal.rules import AirState
from stream_control.now_playing.rules import describe

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = {"a": NamedItem(id="a", title="Title", artist="Artist", length_seconds=100, artwork="/artwork/a.jpg")}
SESSION = UUID(int=1)
CASES: dict[str, tuple[list[Line], tuple[Tier | None, str | None, float | None]]] = {
    "nothing is known": ([], (None, None, None)),
    "the engine has just started": ([tier(1, "user"), track(2, "user", "a"), boot(3)], (None, None, None)),
    "a song": ([tier(1, "user"), track(2, "user", "a")], ("user", "Title", 2)),
    "a song that began before its tier was heard": ([track(2, "user", "a"), tier(5, "user")], ("user", "Title", 2)),
    "a song on a tier that is not heard": ([tier(1, "live"), track(2, "user", "a")], ("live", None, None)),
    "a song nobody knows": ([tier(1, "user"), track(2, "user", "?")], ("user", None, 2)),
    "a streamer": ([live(1, SESSION, name="DJ"), tier(2, "live")], ("live", "DJ", 1)),
    "a streamer with a title": ([live(1, SESSION), tier(2, "live"), titled(3, SESSION, "T")], ("live", "T", 1)),
    "a streamer who is silent": ([live(1, SESSION, name="DJ"), tier(2, "fallback")], ("fallback", None, None)),
    "a streamer who has left": ([live(1, SESSION), tier(2, "live"), live(3, SESSION, "cut")], ("live", None, None)),
    "noise": ([track(1, "fallback", "a"), tier(2, "noise")], ("noise", None, 2)),
}


def told(lines: list[Line]) -> NowPlaying:
    state, _ = run_from(AirState(), lines, lengths({}))
    return describe(state, lambda item: NAMES.get(item, NamedItem(id=item)), listeners=3, station="Test Radio", now=NOW)


@pytest.mark.parametrize("case", CASES)
def test_listeners_are_told_what_they_hear(case: str) -> None:
    lines, (on_air, title, started) = CASES[case]
    now = told(lines)
    assert (now.tier, now.title) == (on_air, title)
    assert now.started_at == (datetime.fromtimestamp(started, UTC) if started else None)


def test_everything_that_is_known_of_a_song_is_told() -> None:
    assert told([tier(1, "user"), track(2, "user", "a")]) == NowPlaying(
        tier="user",
        title="Title",
        artist="Artist",
        started_at=datetime.fromtimestamp(2, UTC),
        length_seconds=100,
        artwork="/artwork/a.jpg",
        listeners=3,
        station="Test Radio",
        updated_at=NOW,
    )
