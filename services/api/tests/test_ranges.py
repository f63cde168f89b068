"""Which part of a file is wanted, and under which name it is saved."""

import re
from datetime import UTC, datetime

import pytest
from api import ranges, sending
from api.ranges import RangeNotSatisfiable
from hypothesis import given
from hypothesis import strategies as st

HEADER = re.compile(r"""attachment; filename="[ !#-\[\]-~]+\.mp3"(; filename\*=UTF-8''[\w.~%-]+)?""", re.ASCII)
CHANGED = datetime(2026, 3, 1, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=99-", (99, 100)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-500", (0, 100)),
        ("Bytes = 1 - 2", (1, 3)),
        # Passed over, as RFC 9110 allows or demands: other units, nonsense, several at once.
        ("bytes=-", None),
        ("bytes=20-10", None),
        ("bytes=a-b", None),
        ("bytes=1--2", None),
        ("bytes=+1-2", None),
        ("seconds=1-2", None),
        ("bytes=0-1,5-6", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_a_range_is_understood_or_passed_over(header: str | None, wanted: tuple[int, int] | None) -> None:
    assert ranges.wanted(header, 100) == wanted


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=100-", 100), ("bytes=500-600", 100), ("bytes=-0", 100), ("bytes=0-", 0)]
)
def test_a_range_beyond_the_file_is_refused_with_its_size(header: str, size: int) -> None:
    with pytest.raises(RangeNotSatisfiable) as refused:
        ranges.wanted(header, size)
    assert refused.value.headers == {"Content-Range": f"bytes */{size}"}


@given(header=st.from_regex(r"bytes=\d{0,4}-\d{0,4}", fullmatch=True) | st.text(max_size=40), size=st.integers(0, 3000))
def test_what_is_wanted_lies_within_the_file(header: str, size: int) -> None:
    try:
        wanted = ranges.wanted(header, size)
    except RangeNotSatisfiable:
        return
    if wanted:
        assert 0 <= wanted[0] < wanted[1] <= size


@pytest.mark.parametrize(
    ("if_none_match", "has_it"),
    [
        (None, False),
        ('"a"', True),
        ('W/"a"', True),
        ('"x", "a"', True),
        ("*", True),
        ('"x"', False),
        ("a", False),
        ("", False),
    ],
)
def test_a_client_says_what_it_has(if_none_match: str | None, has_it: bool) -> None:
    assert ranges.has_it(if_none_match, '"a"') is has_it


def test_a_part_is_only_sent_of_the_same_file() -> None:
    modified = ranges.http_date(CHANGED)
    assert ranges.still_same(None, '"a"', modified)
    assert ranges.still_same('"a"', '"a"', modified)
    assert ranges.still_same(modified, '"a"', modified)
    for other in ('"b"', 'W/"a"', "Sun, 01 Mar 2026 19:59:59 GMT", "nonsense", ""):
        assert not ranges.still_same(other, '"a"', modified)


@pytest.mark.parametrize(
    ("since", "nothing_new"),
    [
        ("Sun, 01 Mar 2026 20:00:00 GMT", True),
        ("Sun, 01 Mar 2026 20:00:01 GMT", True),
        ("Sun, 01 Mar 2026 19:59:59 GMT", False),
        ("Sun, 01 Mar 2026 20:00:00", False),
        ("yesterday", False),
        ("", False),
        (None, False),
    ],
)
def test_a_time_says_whether_something_is_new(since: str | None, nothing_new: bool) -> None:
    assert ranges.not_since(since, CHANGED) is nothing_new


@pytest.mark.parametrize(
    ("title", "header"),
    [
        ("Night, 1 March 2026", 'inline; filename="Night, 1 March 2026.mp3"'),
        ("Nächte", "inline; filename=\"Nachte.mp3\"; filename*=UTF-8''N%C3%A4chte.mp3"),
        ("日本", "inline; filename=\"file.mp3\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.mp3"),
        ('a/b\\c"d\r\nX-Bad: 1', 'inline; filename="a-b-c-d-X-Bad- 1.mp3"'),
        ("../../etc/passwd", 'inline; filename="-..-etc-passwd.mp3"'),
        ("...", 'inline; filename="file.mp3"'),
        ("", 'inline; filename="file.mp3"'),
    ],
)
def test_a_file_is_saved_under_a_name_that_is_one(title: str, header: str) -> None:
    assert sending.disposition("inline", title, ".mp3") == header


@given(st.text(max_size=60))
def test_whatever_a_title_is_it_makes_one_harmless_header(title: str) -> None:
    header = sending.disposition("attachment", title, ".mp3")
    assert HEADER.fullmatch(header)
