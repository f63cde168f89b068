"""The ears find pages, frames and titles in bytes, however these arrive."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listening import encoded, join, silence, tone
from listening.ffmpeg import RATE, decode
from listening.icy import IcyUnweaver
from listening.mpeg import frames
from listening.ogg import PageParser
from listening.opus import chains, packet_samples

OPUS = encoded(join(silence(0.5), tone("user", 1.5)), ".opus")


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % len(data) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=10**6), max_size=30))
def test_pages_are_the_same_however_the_bytes_are_cut(cuts: list[int]) -> None:
    parser = PageParser()
    found = [page.raw for piece in pieces(OPUS, cuts) for page in parser.feed(piece)]
    assert b"".join(found) == OPUS
    assert parser.skipped_bytes == 0


def test_the_parser_finds_the_next_page_after_damage_and_after_a_false_beginning() -> None:
    whole = PageParser().feed(OPUS)
    cut = sum(len(page.raw) for page in whole[:5])
    damaged = OPUS[: cut + 300] + b"OggS\0 is no page" + OPUS[cut + 310 :]
    found = PageParser().feed(damaged)
    assert [page.sequence for page in found] == [page.sequence for page in whole if page.sequence != 5]


def test_pages_know_the_ends_of_their_stream() -> None:
    pages = PageParser().feed(OPUS)
    assert [page.first for page in pages] == [True] + [False] * (len(pages) - 1)
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]


def test_the_duration_of_a_page_by_its_packets_is_the_step_of_its_granule() -> None:
    (chain,) = chains([(0.0, OPUS)])
    granules = np.array([page.page.granule for page in chain.audio])
    assert [page.samples for page in chain.audio[1:-1]] == np.diff(granules)[:-1].tolist()
    assert chain.pre_skip == 312
    assert chain.first_granule == 0


@pytest.mark.parametrize(
    ("toc", "milliseconds"),
    [(0b00000_000, 10), (0b00011_000, 60), (0b01101_000, 20), (0b10000_001, 5), (0b11111_010, 40)],
)
def test_the_table_of_contents_byte_gives_the_duration(toc: int, milliseconds: float) -> None:
    assert packet_samples(bytes([toc, 0])) == milliseconds * 48


def test_a_packet_of_many_frames_counts_them_all() -> None:
    assert packet_samples(bytes([0b11111_011, 0b0000_0011])) == 3 * 960


def test_a_stream_joined_late_begins_at_its_first_audio_page() -> None:
    pages = PageParser().feed(OPUS)
    (chain,) = chains([(0.0, b"".join(page.raw for page in [*pages[:2], *pages[10:]]))])
    assert chain.first_granule == 8 * 4800


def test_mp3_frames_are_found_from_any_byte_and_carry_all_of_the_sound() -> None:
    data = encoded(tone("user", 2), ".mp3")[1000:]
    found = frames(data)
    assert {(frame.kbits, frame.rate) for frame in found} == {(192, RATE)}
    assert all(one.end == next_one.start for one, next_one in pairwise(found))
    assert len(decode(data[found[0].start :], "mp3")) == 1152 * len(found)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=10**6), max_size=30))
def test_titles_are_taken_out_of_the_audio_wherever_the_chunks_are_cut(cuts: list[int]) -> None:
    audio = bytes(range(256)) * 10
    woven, titles = b"", ["Ørsted - It's 'so'", "", "B" * 300]
    for index, start in enumerate(range(0, len(audio), 500)):
        block = f"StreamTitle='{titles[index]}';".encode() if index < len(titles) else b""
        woven += audio[start : start + 500]
        if len(audio) >= start + 500:
            woven += bytes([-(-len(block) // 16)]) + block.ljust(-(-len(block) // 16) * 16, b"\0")
    unweaver = IcyUnweaver(500)
    results = [unweaver.feed(piece) for piece in pieces(woven, cuts)]
    assert b"".join(sound for sound, _ in results) == audio
    assert [title for _, found in results for title in found] == titles
