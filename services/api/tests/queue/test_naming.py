"""What a song from a page is called."""

import pytest
from api.queue.fetching.naming import Name, name_of
from hypothesis import given
from hypothesis import strategies as st

CASES = [
    ({"track": "A Song", "artists": ["Anna", "Ben"], "title": "ignored"}, Name("A Song", "Anna, Ben")),
    ({"track": "A Song", "artist": "Anna"}, Name("A Song", "Anna")),
    ({"track": "A Song", "channel": "Anna - Topic"}, Name("A Song", "Anna")),
    ({"title": "Anna - A Song - Live"}, Name("A Song - Live", "Anna")),
    ({"title": "Anna – A Song", "uploader": "somebody"}, Name("A Song", "Anna")),
    ({"title": "A Song", "artist": "Anna"}, Name("A Song", "Anna")),
    ({"title": "Non-stop", "uploader": "AnnaVEVO"}, Name("Non-stop", "Anna")),
    ({"title": "Anna - A Song (1)", "extractor_key": "Generic"}, Name("A Song", "Anna")),
    ({"title": "A Song (1)", "extractor_key": "Youtube"}, Name("A Song (1)", None)),
    ({"title": "song.mp3", "direct": True}, Name("song", None, guessed=True)),
    ({"title": " two\nlines\x00 "}, Name("two lines", None)),
    ({}, Name(None, None)),
]


@pytest.mark.parametrize(("info", "name"), CASES)
def test_a_page_names_its_song(info: dict[str, object], name: Name) -> None:
    assert name_of(info) == name


KEYS = ["title", "track", "artist", "artists", "creator", "channel", "uploader", "direct", "extractor_key"]
VALUES = st.one_of(st.none(), st.text(max_size=300), st.integers(), st.lists(st.text(max_size=5), max_size=2))


@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_whatever_a_page_says_a_name_is_one_short_line_or_nothing(info: dict[str, object]) -> None:
    name = name_of(info)
    for text in (name.title, name.artist):
        assert text is None or (text.strip() == text and 0 < len(text) <= 200 and "\n" not in text)
