"""Credits are split into those whom they name."""

import pytest
from api.library.artists.rules import Credited, composers, folded, names_to_look_up, sort_name_of, split
from hypothesis import given
from hypothesis import strategies as st

KNOWN = {folded(name) for name in ("Simon & Garfunkel", "Earth, Wind & Fire", "Tyler, The Creator", "The Weeknd")}


def shown(credit: str) -> str:
    """Main artists, then the featured ones behind a bar."""
    found = split(credit, KNOWN)
    main, featured = ([one.name for one in found if one.role == role] for role in ("main", "featured"))
    return " · ".join(main) + (" | " + " · ".join(featured) if featured else "")


@pytest.mark.parametrize(
    ("credit", "names"),
    [
        ("", ""),
        (" ", ""),
        ("; ,", "; ,"),
        ("!!!", "!!!"),
        ("10,000 Maniacs, R&B Allstars", "10,000 Maniacs · R&B Allstars"),
        ("Björk", "Björk"),
        ("  Nina \t Simone ", "Nina Simone"),
        ("A, B", "A · B"),
        ("A & B", "A · B"),
        ("A; B / C + D", "A · B · C · D"),
        ("A vs. B", "A · B"),
        ("A x B × C", "A · B · C"),
        ("A presents B", "A · B"),
        ("A feat. B & C", "A | B · C"),
        ("A ft B", "A | B"),
        ("A (feat. B)", "A | B"),
        ("A & B [Featuring C, D]", "A · B | C · D"),
        ("A (with B)", "A | B"),
        ("A, A & a", "A"),
        ("A feat. A", "A"),
        ("Simon & Garfunkel", "Simon & Garfunkel"),
        ("simon & garfunkel", "simon & garfunkel"),
        ("Simon & Schuster", "Simon · Schuster"),
        ("Earth, Wind & Fire feat. Simon & Garfunkel", "Earth, Wind & Fire | Simon & Garfunkel"),
        ("A, Earth, Wind & Fire & B", "A · Earth, Wind & Fire · B"),
        ("Tyler, The Creator & A", "Tyler, The Creator · A"),
        ("Bob Marley & The Wailers", "Bob Marley & The Wailers"),
        ("Drake & The Weeknd", "Drake · The Weeknd"),
        ("Florence and the Machine", "Florence and the Machine"),
        ("AC/DC", "AC/DC"),
        ("Malcolm X", "Malcolm X"),
        ("Ft. Worth", "Ft. Worth"),
        ("Featherstone", "Featherstone"),
        ("宇多田ヒカル、椎名林檎", "宇多田ヒカル · 椎名林檎"),
    ],
)
def test_a_credit_names(credit: str, names: str) -> None:
    assert shown(credit) == names


@pytest.mark.parametrize(
    ("one", "other"),
    [("BJÖRK", "bjork"), ("Sigur  Rós", "sigur ros"), ("Mø", "MO"), ("Guns N’ Roses", "guns n' roses"),
     ("Straße", "STRASSE"), ("İstanbul", "istanbul"), ("Cafe\u0301", "Café"), ("Ёлка", "елка")],
)  # fmt: skip
def test_names_are_the_same_without_case_accents_and_kinds_of_signs(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("name", "sorted_as"),
    [("The Beatles", "Beatles, The"), ("A Tribe Called Quest", "Tribe Called Quest, A"), ("The The", "The, The"),
     ("The", "The"), ("Anna", "Anna")],
)  # fmt: skip
def test_an_article_goes_behind_where_names_are_sorted(name: str, sorted_as: str) -> None:
    assert sort_name_of(name) == sorted_as


def test_composers_are_split_at_bars_too() -> None:
    assert composers("Lennon/McCartney", set()) == (Credited("Lennon", "composer"), Credited("McCartney", "composer"))
    assert composers(None, set()) == ()


PIECES = st.lists(
    st.sampled_from(["A", "Ä b", "Simon", "Garfunkel", "The Weeknd", "the x", " & ", ", ", " feat. ", " (ft. ", ")", 
                     " x ", " vs. ", "/", ";", "É", "[", "\u0301"]), max_size=12
)  # fmt: skip


@given(PIECES.map("".join) | st.text(max_size=60))
def test_whatever_a_credit_says_each_artist_is_there_once_and_none_is_empty(credit: str) -> None:
    names = [folded(one.name) for one in split(credit, KNOWN)]
    assert len(names) == len(set(names))
    assert "" not in names
    assert bool(names) is bool(folded(credit))


@given(PIECES.map("".join) | st.text(max_size=60))
def test_every_name_that_a_credit_is_split_into_was_among_those_to_look_up(credit: str) -> None:
    wanted = names_to_look_up(credit)
    for known in (set(), KNOWN & wanted):
        for one in split(credit, known):
            assert folded(one.name) in wanted or "&" in one.name


@given(PIECES.map("".join))
def test_a_credit_that_is_known_as_a_whole_stays_whole(credit: str) -> None:
    if whole := folded(credit):
        assert [folded(one.name) for one in split(credit, {whole})] == [whole]
