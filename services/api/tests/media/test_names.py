"""Names that come from outside."""

import pytest
from api.media.names import LONGEST_NAME, file_name, one_line, safe_suffix, without_suffix
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("song.mp3", "song.mp3"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Music\\song.mp3", "song.mp3"),
        ("", "unnamed"),
        ("a/", "unnamed"),
        ("one\ntwo\x07.mp3", "one two .mp3"),
        ("名前 🎶.flac", "名前 🎶.flac"),
    ],
)
def test_a_sent_name_is_shown_without_its_folders(sent: str, shown: str) -> None:
    assert file_name(sent) == shown


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.MP3", ".mp3"), ("a.tar.gz", ".gz"), ("a", ""), (".mp3", ""), ("a.é", ""), ("a.b/../c", ""), ("a.toolong", "")],
)
def test_only_a_plain_ending_reaches_the_disk(name: str, suffix: str) -> None:
    assert safe_suffix(name) == suffix


@given(st.text())
def test_nothing_that_is_shown_breaks_a_line_or_a_page(text: str) -> None:
    shown = one_line(text)
    assert shown is None or (0 < len(shown) <= LONGEST_NAME and shown == shown.strip())
    assert "/" not in file_name(text)
    assert file_name(text)


@given(st.text())
def test_an_ending_is_short_and_plain(text: str) -> None:
    suffix = safe_suffix(text)
    assert suffix == "" or (suffix.isascii() and suffix[0] == "." and suffix[1:].isalnum() and len(suffix) <= 6)


def test_a_title_is_the_name_without_its_ending() -> None:
    assert [without_suffix(name) for name in ("a.mp3", "a.b.flac", "a", ".mp3")] == ["a", "a.b", "a", ".mp3"]
