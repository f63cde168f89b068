"""Passwords: hashed beside the event loop, a bounded number at a time."""

import asyncio
from collections.abc import Iterator

import pytest
from api.accounts.passwords import ALPHABET, AT_ONCE, WAITING, Busy, Passwords, one_time_password


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(cost=10)
    yield made
    made.close()


async def test_only_the_password_itself_fits(passwords: Passwords) -> None:
    long = "ä" * 127
    kept = await passwords.hash(long + "1")
    assert kept.startswith("$bcrypt-sha256$")
    assert "r=10" in kept
    assert await passwords.fits(long + "1", kept)
    assert not await passwords.fits(long + "2", kept)
    assert not await passwords.fits("", kept)


async def test_an_accent_fits_however_it_was_typed(passwords: Passwords) -> None:
    assert await passwords.fits("cafe\u0301 noir", await passwords.hash("caf\u00e9 noir"))


@pytest.mark.parametrize("kept", [None, "", "!", "$2b$12$abc"])
async def test_nothing_fits_where_there_is_no_password(passwords: Passwords, kept: str | None) -> None:
    assert not await passwords.fits("", kept)


async def test_more_than_can_wait_are_told_to_come_back(passwords: Passwords) -> None:
    tries = [asyncio.ensure_future(passwords.fits("a", None)) for _ in range(AT_ONCE + WAITING + 3)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    refused = [one for one in done if isinstance(one, Busy)]
    assert len(refused) == 3
    assert refused[0].headers == {"Retry-After": "2"}
    assert not await passwords.fits("a", None)


async def test_the_loop_goes_on_while_passwords_are_hashed(passwords: Passwords) -> None:
    hashing = asyncio.ensure_future(passwords.hash("a password"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 5


def test_a_one_time_password_is_easy_to_read_and_never_the_same() -> None:
    made = {one_time_password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) == 19 and set(one) <= {*ALPHABET, "-"} for one in made)
    assert not set("0o1il") & set(ALPHABET)
