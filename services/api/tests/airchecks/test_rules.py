"""Who may do what with an aircheck, and when a recording is whole."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import get_args
from uuid import uuid4

import pytest
from api.airchecks import cursor
from api.airchecks.cursor import Place
from api.airchecks.rules import (
    Asking,
    Doing,
    NoSuchAircheck,
    NotYourAircheck,
    Whose,
    default_title,
    is_whole,
    may,
    require,
)
from hypothesis import given
from hypothesis import strategies as st

STREAMER, OWNER, STRANGER = uuid4(), uuid4(), uuid4()
NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)
ASKING = {
    "nobody": Asking(),
    "stranger": Asking(STRANGER),
    "streamer": Asking(STREAMER),
    "owner": Asking(OWNER),
    "producer": Asking(STRANGER, is_producer=True),
    "admin": Asking(STRANGER, is_producer=True, is_admin=True),
    "station": Asking(None, is_producer=True, is_admin=True),
}
MAY: dict[Doing, set[str]] = {
    "see": {"streamer", "owner", "producer", "admin", "station"},
    "change": {"streamer", "owner", "producer", "admin", "station"},
    "publish": {"owner", "producer", "admin", "station"},
    "delete": {"streamer", "owner", "admin", "station"},
}


@pytest.mark.parametrize(("who", "what"), list(product(ASKING, get_args(Doing))))
def test_who_may_do_what(who: str, what: Doing) -> None:
    private, public = Whose(STREAMER, OWNER, public=False), Whose(STREAMER, OWNER, public=True)
    assert may(ASKING[who], what, private) is (who in MAY[what])
    assert may(ASKING[who], what, public) is (who in MAY[what] or what == "see")
    # Streamer and owner are gone: nobody is taken for them.
    assert may(ASKING[who], what, Whose(None, None, public=False)) is (
        who in MAY[what] & {"producer", "admin", "station"}
    )


def test_whoever_does_not_see_it_is_not_told_that_it_is_there() -> None:
    for public, refusal in ((False, NoSuchAircheck), (True, NotYourAircheck)):
        with pytest.raises(refusal):
            require(Asking(STRANGER), "change", Whose(STREAMER, OWNER, public))


@pytest.mark.parametrize(
    ("closed", "ended", "changed", "whole"),
    [
        (True, None, 0, True),
        (True, 1, 0, True),
        (False, None, 9999, False),  # the session goes on, whatever the recorder does
        (False, 59, 59, False),
        (False, 61, 29, False),  # the recorder still writes
        (False, 61, 31, True),
        (False, 9999, 9999, True),
    ],
)
def test_a_recording_is_whole_when_it_is_closed_or_the_recorder_is_dead(
    closed: bool, ended: float | None, changed: float, whole: bool
) -> None:
    session_ended_at = None if ended is None else NOW - timedelta(seconds=ended)
    changed_at = NOW - timedelta(seconds=changed)
    assert is_whole(closed=closed, session_ended_at=session_ended_at, changed_at=changed_at, now=NOW) is whole


def test_a_title_names_show_and_day_but_no_person() -> None:
    assert default_title("Night", NOW) == "Night, 1 March 2026"
    assert default_title(None, NOW) == "Live, 1 March 2026, 20:00"


@given(st.builds(Place, st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)), st.uuids()))
def test_a_cursor_is_read_as_it_was_written(place: Place) -> None:
    assert cursor.read(cursor.write(place)) == place


@pytest.mark.parametrize("text", ["", ".", "1", "x.y", f"{'9' * 18}.{'0' * 32}", "1.zz", "1." + "0" * 31])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        cursor.read(text)
