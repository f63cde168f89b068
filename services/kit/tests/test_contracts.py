"""Facts are additive-only: what was once told can always be read."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from kit.contracts.facts import (
    AnyFact,
    LiveConnected,
    LiveEnded,
    LiveHeard,
    LiveTitle,
    QueueChanged,
    SilenceDetected,
    SilenceEnded,
    TierChanged,
    TrackAdded,
    TrackChanged,
    TrackEnded,
    TrackRemoved,
    TrackStarted,
    TrackUnplayable,
    parse_fact,
)
from pydantic import ValidationError

SNAPSHOT = Path(__file__).with_name("facts.schema.json")
HOW = (
    "Facts have changed. Readers may be older or newer than the writer, so a fact may gain a field with a default or "
    "a new fact may be added, but no field may go, change its meaning or become required. If that is so, write the "
    "schema anew: UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest services/kit/tests/test_contracts.py"
)


def schema() -> dict[str, Any]:
    return parse_fact.json_schema()


def test_the_facts_are_those_of_the_snapshot() -> None:
    text = json.dumps(schema(), indent=2, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text)
    assert SNAPSHOT.read_text() == text, HOW


AT = "2026-01-01T00:00:00Z"
SESSION = "0b8f3a52-7f0c-4f0e-9d5b-5b1f4f6f2a11"
TOLD: list[tuple[dict[str, Any], type[AnyFact]]] = [
    ({"type": "tier_changed", "at": AT, "tier": "user", "previous": None}, TierChanged),
    (
        {
            "type": "track_started",
            "at": AT,
            "airing_id": 1,
            "item_id": "a",
            "tier": "user",
            "title": None,
            "artist": "A",
        },
        TrackStarted,
    ),
    (
        {
            "type": "track_ended",
            "at": AT,
            "airing_id": 1,
            "item_id": "a",
            "tier": "user",
            "reason": "skipped",
            "heard_seconds": 1.5,
        },
        TrackEnded,
    ),
    ({"type": "track_unplayable", "at": AT, "item_id": "a", "tier": "user", "problem": "no sound"}, TrackUnplayable),
    ({"type": "queue_changed", "at": AT, "playlist": "fallback"}, QueueChanged),
    ({"type": "live_connected", "at": AT, "session_id": SESSION}, LiveConnected),
    ({"type": "live_heard", "at": AT, "session_id": SESSION, "heard_seconds": 10.0}, LiveHeard),
    ({"type": "live_title", "at": AT, "session_id": SESSION, "title": "T", "artist": None}, LiveTitle),
    ({"type": "silence_detected", "at": AT, "tier": "live", "seconds": 10.0, "session_id": SESSION}, SilenceDetected),
    ({"type": "silence_detected", "at": AT, "tier": "user", "seconds": 8.0}, SilenceDetected),
    ({"type": "silence_ended", "at": AT, "tier": "live", "seconds": 25.5, "session_id": None}, SilenceEnded),
    ({"type": "live_ended", "at": AT, "session_id": SESSION, "reason": "cut", "heard_seconds": 60.0}, LiveEnded),
    ({"type": "track_added", "at": AT, "track_id": SESSION, "version": 1, "kind": "MUS"}, TrackAdded),
    (
        {"type": "track_changed", "at": AT, "track_id": SESSION, "version": 2, "kind": "MUS", "changed": ["title"]},
        TrackChanged,
    ),
    ({"type": "track_removed", "at": AT, "track_id": SESSION, "version": 3, "kind": "ADV"}, TrackRemoved),
]


@pytest.mark.parametrize(("told", "kind"), TOLD)
def test_what_was_once_told_can_be_read(told: dict[str, Any], kind: type[AnyFact]) -> None:
    fact = parse_fact.validate_python(told)
    assert isinstance(fact, kind)
    assert parse_fact.validate_json(fact.model_dump_json()) == fact


@pytest.mark.parametrize(("told", "kind"), TOLD)
def test_a_field_that_a_newer_writer_adds_is_passed_over(told: dict[str, Any], kind: type[AnyFact]) -> None:
    assert parse_fact.validate_python({**told, "added": "later"}) == parse_fact.validate_python(told)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "unheard_of", "at": AT},
        {"type": "tier_changed", "at": "2026-01-01T00:00:00", "tier": "user", "previous": None},
        {"type": "tier_changed", "at": AT, "tier": "radio", "previous": None},
        {"type": "queue_changed", "at": AT, "playlist": "live"},
        {"type": "live_connected", "at": AT, "session_id": "somebody"},
        {"type": "live_ended", "at": AT, "session_id": SESSION, "reason": "tired", "heard_seconds": 1.0},
    ],
)
def test_what_is_no_fact_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        parse_fact.validate_python(wrong)


def test_a_fact_cannot_be_changed() -> None:
    fact = parse_fact.validate_python(TOLD[0][0])
    with pytest.raises(ValidationError, match="frozen"):
        fact.at = fact.at  # type: ignore[misc]
