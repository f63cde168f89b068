"""Pages out of bytes: each once, whatever the pieces they come in and whatever is between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rig.ogg import SAMPLES, page, pages_of, stream
from stream_control.recorder import comments
from stream_control.recorder.ogg import LARGEST_PAGE, PageParser, built

PAGES = stream("a title", pages=12)
DATA = b"".join(PAGES)


@given(st.lists(st.integers(0, len(DATA)), max_size=30).map(sorted))
def test_pages_are_found_once_in_whatever_pieces_they_come(cuts: list[int]) -> None:
    parser = PageParser()
    pieces = [DATA[start:end] for start, end in zip([0, *cuts], [*cuts, len(DATA)], strict=True)]
    found = [one for piece in pieces for one in parser.feed(piece)]
    assert [one.raw for one in found] == PAGES
    assert [one.end for one in found] == [len(b"".join(PAGES[: at + 1])) for at in range(len(PAGES))]


@given(st.integers(0, len(DATA) - 1), st.integers(0, 200), st.binary(max_size=50))
def test_damage_costs_only_the_pages_it_is_in(start: int, length: int, instead: bytes) -> None:
    damaged = DATA[:start] + instead + DATA[start + length :]
    ends = [len(b"".join(PAGES[: at + 1])) for at in range(len(PAGES))]
    untouched = [raw for raw, end in zip(PAGES, ends, strict=True) if end <= start or end - len(raw) >= start + length]
    found = [one.raw for one in PageParser().feed(damaged + bytes(LARGEST_PAGE))]
    assert [raw for raw in found if raw in untouched] == untouched
    assert set(found) <= set(PAGES)


def test_a_page_under_other_numbers_carries_the_same() -> None:
    first = PageParser().feed(PAGES[5])[0]
    [told] = pages_of(first.renumbered(77, 12345))
    assert (told.sequence, told.granule, told.body) == (77, 12345, first.body)
    assert first.renumbered(first.sequence, first.granule) == first.raw


@pytest.mark.parametrize("length", [0, 1, 254, 255, 256, 510, 64_000])
def test_a_packet_of_any_length_is_built_into_a_page(length: int) -> None:
    packet = b"x" * length
    assert built(packet, serial=9, sequence=1) == page(packet, serial=9, sequence=1, granule=0)


def test_a_packet_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        built(b"x" * 70_000, serial=9, sequence=1)


OPUS_TAGS = b"OpusTags" + b"\4\0\0\0test" + b"\2\0\0\0" + b"\7\0\0\0TITLE=a" + b"\6\0\0\0x=\xc3\xa4=b"
FLAC_TAGS = PageParser().feed(PAGES[1])[0].body


def test_comments_are_read_by_name() -> None:
    assert comments.read(OPUS_TAGS) == {"title": "a", "x": "ä=b"}
    assert comments.read(FLAC_TAGS) == {"title": "a title", "encoder": "x"}


@pytest.mark.parametrize("packet", [OPUS_TAGS, FLAC_TAGS])
def test_comments_are_replaced_and_the_rest_stays(packet: bytes) -> None:
    made = comments.replaced(packet, {"title": "ö", "date": "2026"})
    assert comments.read(made) == {"title": "ö", "date": "2026"}
    assert made[:1] == packet[:1]
    assert b"test" in made
    if packet == FLAC_TAGS:
        assert int.from_bytes(made[1:4], "big") == len(made) - 4


@pytest.mark.parametrize("packet", [b"", b"\x03OpusTags", OPUS_TAGS[:20], FLAC_TAGS[:-1], b"OpusTags\xff\xff\xff\xff"])
def test_a_packet_without_whole_comments_is_refused(packet: bytes) -> None:
    with pytest.raises(ValueError, match="comments"):
        comments.read(packet)


def test_a_granule_is_what_the_page_ends_with() -> None:
    assert [one.granule for one in PageParser().feed(DATA)][1:4] == [0, SAMPLES, 2 * SAMPLES]
