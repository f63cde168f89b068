"""The journal's lines are read, and what is no line is refused."""

import json
from uuid import UUID

import pytest
from pydantic import ValidationError
from stream_control.journal.lines import (
    Boot,
    Line,
    Noted,
    PlayerLost,
    Pulse,
    Resumed,
    SilenceTold,
    SoundTold,
    TierEntered,
    TrackBegan,
    parse,
)

LINES = [
    ('{"at":1.5,"event":"boot"}', Boot(at=1.5, event="boot")),
    ('{"at":2,"event":"pulse"}', Pulse(at=2, event="pulse")),
    (
        '{"at":3.25,"event":"tier","tier":"user","previous":"","fade":2}',
        TierEntered(at=3.25, event="tier", tier="user", previous=None),
    ),
    (
        '{"at":4,"event":"tier","tier":"noise","previous":"live","fade":0.3}',
        TierEntered(at=4, event="tier", tier="noise", previous="live"),
    ),
    ('{"at":5,"event":"track","tier":"user","item":"x"}', TrackBegan(at=5, event="track", tier="user", item="x")),
    ('{"at":6,"event":"lost","tier":"fallback"}', PlayerLost(at=6, event="lost", tier="fallback")),
    ('{"at":7,"event":"note","tier":"user","note":"skipped"}', Noted(at=7, event="note", tier="user", note="skipped")),
    ('{"at":8,"event":"resumed","tier":"user"}', Resumed(at=8, event="resumed", tier="user")),
    (
        '{"at":8.5,"event":"silence","tier":"user","seconds":8.0,"session":""}',
        SilenceTold(at=8.5, event="silence", tier="user", seconds=8, session=None),
    ),
    (
        '{"at":8.5,"event":"silence","tier":"live","seconds":10,"session":"00000000-0000-0000-0000-000000000001"}',
        SilenceTold(at=8.5, event="silence", tier="live", seconds=10, session=UUID(int=1)),
    ),
    ('{"at":8.7,"event":"sound","tier":"live"}', SoundTold(at=8.7, event="sound", tier="live")),
    ('{"at":9,"event":"pulse","added":"later"}', Pulse(at=9, event="pulse")),
]

NO_LINES = [
    "",
    "x",
    "null",
    "[]",
    "{}",
    '{"at":1,"event":"boo',
    '{"at":1}',
    '{"event":"boot"}',
    '{"at":0,"event":"boot"}',
    '{"at":-1,"event":"boot"}',
    '{"at":1e999,"event":"boot"}',
    '{"at":1e300,"event":"boot"}',
    '{"at":"soon","event":"boot"}',
    '{"at":1,"event":"unheard_of"}',
    '{"at":1,"event":"tier","tier":"tier 9","previous":""}',
    '{"at":1,"event":"tier","tier":"user","previous":"tier 9"}',
    '{"at":1,"event":"track","tier":"user"}',
    '{"at":1,"event":"track","tier":"user","item":7}',
    '{"at":1,"event":"note","tier":"user","note":"bored"}',
    '{"at":1,"event":"silence","tier":"user","seconds":-1}',
    '{"at":1,"event":"silence","tier":"user","seconds":1e300}',
    '{"at":1,"event":"silence","tier":"user","seconds":8,"session":"somebody"}',
    '{"at":1,"event":"sound"}',
    "\0\0\0\0",
]


@pytest.mark.parametrize(("text", "line"), LINES)
def test_each_kind_of_line_is_read(text: str, line: Line) -> None:
    assert parse(text) == line


@pytest.mark.parametrize("text", NO_LINES)
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse(text)


@pytest.mark.parametrize("item", ["\0", "a\0b", "x" * 4097])
def test_an_item_that_the_database_could_not_hold_is_refused(item: str) -> None:
    with pytest.raises(ValidationError):
        parse(json.dumps({"at": 1, "event": "track", "tier": "user", "item": item}))


@pytest.mark.parametrize("item", ['"', "\\", "\n", "名前 🎶", "\u202eשלום"])
def test_awkward_items_survive(item: str) -> None:
    line = parse(json.dumps({"at": 1, "event": "track", "tier": "user", "item": item}))
    assert line == TrackBegan(at=1, event="track", tier="user", item=item)
