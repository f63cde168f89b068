"""What is new about a file, and when the folder is looked through."""

from datetime import UTC, datetime, time, timedelta

import pytest
from api.importing.rules import FileState, Found, Known, News, is_due, kind_of, news_of
from hypothesis import given
from hypothesis import strategies as st

CHECKED = datetime(2026, 11, 27, 12, tzinfo=UTC)
BEFORE, AFTER = int((CHECKED.timestamp() - 60) * 1e9), int((CHECKED.timestamp() + 60) * 1e9)


def known(state: FileState) -> Known:
    return Known(100, 7, state, CHECKED)


@pytest.mark.parametrize(
    ("found", "before", "news"),
    [
        (Found("a", 100, 7, BEFORE), None, "new"),
        (Found("a", 101, 7, BEFORE), known("imported"), "changed"),
        (Found("a", 100, 8, BEFORE), known("imported"), "changed"),
        (Found("a", 100, 8, BEFORE), known("missing"), "changed"),
        (Found("a", 100, 7, AFTER), known("imported"), "same"),
        (Found("a", 100, 7, AFTER), known("waiting"), "same"),
        (Found("a", 100, 7, BEFORE), known("missing"), "returned"),
        (Found("a", 100, 7, BEFORE), known("refused"), "same"),
        (Found("a", 100, 7, AFTER), known("refused"), "again"),
        (Found("a", 100, 7, AFTER, "It is a link."), known("refused"), "same"),
    ],
)
def test_what_is_new_about_a_file(found: Found, before: Known | None, news: News) -> None:
    assert news_of(found, before) == news


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        ("2026-11-27 02:00", None, True),
        ("2026-11-27 03:29", "2026-11-26 03:30", False),
        ("2026-11-27 03:30", "2026-11-26 03:30", True),
        ("2026-11-27 12:00", "2026-11-27 03:30", False),
        ("2026-11-27 12:00", "2026-11-27 03:29", True),
        ("2026-11-30 01:00", "2026-11-27 03:30", True),
        ("2026-11-27 01:00", "2026-11-26 20:00", False),
    ],
)
def test_the_folder_is_looked_through_once_a_night(now: str, last: str | None, due: bool) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert is_due(at(now), at(last) if last else None, time(3, 30)) is due


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.times())
def test_after_a_look_the_next_is_due_within_a_day_and_not_at_once(moment: datetime, at: time) -> None:
    now = moment.replace(tzinfo=UTC)
    assert not is_due(now, now, at)
    assert is_due(now + timedelta(days=1), now, at)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("song.mp3", "MUS"), ("ADV/spot.wav", "ADV"), ("lin/a/b.wav", "LIN"), ("Rock/ADV/a.mp3", "MUS"),
        ("ADV", "MUS"), ("ADVERTS/a.mp3", "MUS"),
    ],
)  # fmt: skip
def test_a_folder_that_is_called_as_a_kind_holds_such(path: str, kind: str) -> None:
    assert kind_of(path) == kind
