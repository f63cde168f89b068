"""Who is on a track, whatever the credit looks like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_generator.planning.artists import NOBODY, numbered, people, spelling


@pytest.mark.parametrize(
    ("credit", "who"),
    [
        ("The Beatles", ["beatles"]),
        ("Björk", ["bjork"]),
        ("AC/DC", ["ac", "dc"]),
        ("Calvin Harris feat. Rihanna", ["calvin harris", "rihanna"]),
        ("Jay-Z & Kanye West", ["jay z", "kanye west"]),
        ("Charli XCX", ["charli xcx"]),
        ("Wanda Sykes", ["wanda sykes"]),
        ("Queen; David Bowie", ["queen", "david bowie"]),
        ("", []),
        ("The The", ["the"]),
    ],
)
def test_a_credit_is_taken_apart(credit: str, who: list[str]) -> None:
    assert list(people(credit, {})) == who


def test_aliases_join_names_and_keep_together_what_only_looks_like_two() -> None:
    aliases = {"Prince": ["Prince"], "The Artist": ["Prince"], "Simon & Garfunkel": ["Simon & Garfunkel"]}
    table = numbered(["Prince", "The Artist", "Simon & Garfunkel", "Paul Simon", "Sting with Prince"], aliases)
    assert table[0, 0] == table[1, 0] == table[4, 1]
    assert table[2, 1] == NOBODY
    assert len(set(table[:, 0].tolist())) == 4


def test_a_band_may_stand_for_its_members() -> None:
    table = numbered(["Genesis", "Phil Collins", "Peter Gabriel"], {"genesis": ["Genesis", "Phil Collins"]})
    assert table[1, 0] in table[0]
    assert table[2, 0] not in table[0]


@given(st.text(max_size=30))
def test_a_spelling_stays_the_same_when_it_is_spelt_again(name: str) -> None:
    assert spelling(spelling(name)) == spelling(name)
