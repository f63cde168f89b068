"""The journal is read from where one was, whatever happened to its files meanwhile."""

import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stream_control.journal import tail
from stream_control.journal.tail import Position, read

DAYS = ("2026-01-01.jsonl", "2026-01-02.jsonl", "2026-01-03.jsonl")
Appends = list[tuple[int, bytes]]


def read_on(folder: Path, position: Position) -> tuple[list[str], Position]:
    """Everything from a position to the end."""
    texts: list[str] = []
    while True:
        lines, reached = read(folder, position)
        texts += [text for text, _ in lines]
        if reached == position:
            return texts, position
        position = reached


def append(folder: Path, day: str, data: bytes) -> None:
    with open(folder / day, "ab") as file:
        file.write(data)


lines_of_text = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1), max_size=6)


@st.composite
def appends(draw: st.DrawFn) -> tuple[list[str], Appends]:
    """Lines over three days, and the pieces in which they may be written."""
    lines: list[str] = []
    pieces: Appends = []
    for day in range(len(DAYS)):
        of_day = draw(lines_of_text)
        lines += of_day
        data = "".join(f"{line}\n" for line in of_day).encode()
        cuts = sorted(draw(st.sets(st.integers(0, len(data)), max_size=5)) | {0, len(data)})
        pieces += [(day, data[begin:end]) for begin, end in pairwise(cuts)]
    return lines, pieces


@given(appends())
def test_however_lines_are_written_each_is_read_once_and_in_order(written: tuple[list[str], Appends]) -> None:
    lines, pieces = written
    with TemporaryDirectory() as name:
        folder, seen, position = Path(name), list[str](), Position()
        for day, piece in pieces:
            append(folder, DAYS[day], piece)
            texts, position = read_on(folder, position)
            seen += texts
        assert seen == lines


@given(st.lists(st.binary(max_size=20), max_size=5), st.data())
def test_any_bytes_are_read_and_reading_on_from_any_line_gives_the_rest(raw: list[bytes], data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        append(folder, DAYS[0], b"\n".join(raw) + b"\n")
        lines, _ = read(folder, Position())
        texts = [text for text, _ in lines]
        for index, (_, after) in enumerate(lines):
            assert read_on(folder, after)[0] == texts[index + 1 :]


def test_a_folder_without_files_has_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, Position()) == ([], Position())


def test_a_folder_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "absent", Position()) == ([], Position())


def test_an_empty_file_has_nothing_and_the_next_one_is_read(tmp_path: Path) -> None:
    append(tmp_path, DAYS[0], b"")
    texts, position = read_on(tmp_path, Position())
    assert (texts, position) == ([], Position(DAYS[0], 0))
    append(tmp_path, DAYS[1], b"a\n")
    assert read_on(tmp_path, position) == (["a"], Position(DAYS[1], 2))


def test_a_line_without_its_end_is_left_until_it_is_whole(tmp_path: Path) -> None:
    append(tmp_path, DAYS[0], b"one\ntw")
    texts, position = read_on(tmp_path, Position())
    assert (texts, position) == (["one"], Position(DAYS[0], 4))
    append(tmp_path, DAYS[0], b"o\n")
    assert read_on(tmp_path, position) == (["two"], Position(DAYS[0], 8))


def test_a_line_that_an_older_file_never_ended_is_given_as_it_is(tmp_path: Path) -> None:
    append(tmp_path, DAYS[0], b"one\nbro")
    append(tmp_path, DAYS[1], b"two\n")
    assert read_on(tmp_path, Position())[0] == ["one", "bro", "two"]


def test_a_file_that_vanished_is_passed_over(tmp_path: Path) -> None:
    append(tmp_path, DAYS[1], b"two\n")
    assert read_on(tmp_path, Position(DAYS[0], 500))[0] == ["two"]


def test_a_file_that_vanished_without_a_newer_one_is_waited_for(tmp_path: Path) -> None:
    append(tmp_path, DAYS[0], b"old\n")
    assert read(tmp_path, Position(DAYS[1], 500)) == ([], Position(DAYS[1], 500))


def test_files_of_other_kinds_are_left_alone(tmp_path: Path) -> None:
    append(tmp_path, "2026-01-01.jsonl.gz", b"x\n")
    append(tmp_path, "notes.txt", b"x\n")
    assert read(tmp_path, Position()) == ([], Position())


def test_bytes_that_are_no_text_do_not_stop_the_reader(tmp_path: Path) -> None:
    append(tmp_path, DAYS[0], b"\xff\xfe\n\0\0\nwell\n")
    assert read_on(tmp_path, Position())[0] == ["��", "\0\0", "well"]


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    append(tmp_path, DAYS[0], b"\n\n  \r\none\n\n")
    assert read_on(tmp_path, Position())[0] == ["one"]


@pytest.mark.parametrize("longest", [300_000, 10])
def test_a_long_file_is_read_in_pieces(tmp_path: Path, longest: int) -> None:
    lines = [json.dumps({"n": number, "pad": "x" * (longest // 2)}) for number in range(600_000 // longest)]
    append(tmp_path, DAYS[0], "".join(f"{line}\n" for line in lines).encode())
    assert len(read(tmp_path, Position())[0]) < len(lines)
    assert read_on(tmp_path, Position())[0] == lines


def test_a_line_longer_than_a_piece_does_not_hold_up_what_follows(tmp_path: Path) -> None:
    append(tmp_path, DAYS[0], b"\0" * (tail.CHUNK + 10) + b"\nwell\n")
    assert read_on(tmp_path, Position())[0][-1] == "well"
