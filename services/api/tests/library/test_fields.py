"""What may be said about a track is brought into one shape, or refused."""

from typing import Any

import pytest
from api.library.fields import TrackFields
from api.library.rules import EDITABLE
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError


def test_the_fields_are_those_that_a_person_may_set() -> None:
    assert set(TrackFields.model_fields) == set(EDITABLE)


@pytest.mark.parametrize(
    ("field", "sent", "kept"),
    [
        ("title", "  Two \n words ", "Two words"),
        ("title", "Cafe\u0301", "Café"),
        ("title", "   ", None),
        ("title", "עברית 🎵", "עברית 🎵"),
        ("isrc", "us-rc1-76-07839", "USRC17607839"),
        ("iswc", "T-034.524.680-1", "T0345246801"),
        ("upc", "0 12345 67890 5", "012345678905"),
        ("isrc", "", None),
        ("language", "FR_ca", "fr-CA"),
        ("tags", ["Rock", "rock ", "Pop"], ["Rock", "Pop"]),
        ("hours", [0] * 7, [0] * 7),
        ("hours", [], []),
        ("year", 1723, 1723),
    ],
)
def test_a_field_is_kept_as(field: str, sent: Any, kept: Any) -> None:
    fields = TrackFields.model_validate({field: sent})
    assert getattr(fields, field) == kept
    assert fields.model_fields_set == {field}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title": "a\x00b"}, "one line"),
        ({"title": "evil\u202egnp.exe"}, "one line"),
        ({"title": "x" * 501}, "500"),
        ({"isrc": "USRC1760783"}, "ISRC"),
        ({"iswc": "034524680"}, "ISWC"),
        ({"upc": "12"}, "UPC"),
        ({"language": "english!"}, "pattern"),
        ({"hours": [1]}, "seven days"),
        ({"hours": [1 << 24] * 7}, "less than or equal"),
        ({"energy": 2}, "less than or equal"),
        ({"cue_in": 5, "cue_out": 4}, "cue_in must lie before cue_out"),
        ({"valid_from": "2030-01-01T00:00:00Z", "valid_until": "2029-01-01T00:00:00Z"}, "before valid_until"),
        ({"valid_from": "2030-01-01T00:00:00"}, "timezone"),
        ({"kind": "SFX"}, "MUS"),
        ({"colour": "red"}, "not permitted"),
    ],
)
def test_what_cannot_be_is_refused_and_named(sent: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TrackFields.model_validate(sent)


@given(st.text(max_size=40))
def test_a_text_that_was_taken_is_taken_again_as_it_is(text: str) -> None:
    try:
        title = TrackFields(title=text).title
    except ValidationError:
        return
    assert TrackFields(title=title).title == title
