"""Secrets in the database can be read with the station's keys, and with no others."""

import pytest
from api.secrets import Unreadable, Vault
from hypothesis import given
from hypothesis import strategies as st

OLD, NEW = "an-old-key-for-tests", "a-new-key-for-tests"


@given(st.text())
def test_what_was_encrypted_is_as_it_was(secret: str) -> None:
    vault = Vault([NEW])
    sealed = vault.seal(secret)
    assert vault.unseal(sealed) == secret
    assert len(secret) < 4 or secret not in sealed


def test_the_same_secret_never_looks_the_same() -> None:
    assert Vault([NEW]).seal("x") != Vault([NEW]).seal("x")


def test_a_new_key_in_front_reads_what_the_old_one_wrote_and_takes_it_over() -> None:
    sealed = Vault([OLD]).seal("secret")
    both = Vault([NEW, OLD])
    assert both.unseal(sealed) == "secret"
    assert Vault([NEW]).unseal(both.reseal(sealed)) == "secret"


@pytest.mark.parametrize("keys", [[NEW], [OLD + "x"], [OLD.upper()]])
def test_without_its_key_a_secret_cannot_be_read(keys: list[str]) -> None:
    with pytest.raises(Unreadable, match="AIRTIGHT_SECRETS_KEY"):
        Vault(keys).unseal(Vault([OLD]).seal("secret"))


@given(st.text(st.characters(codec="ascii")))
def test_what_was_never_encrypted_is_no_secret(text: str) -> None:
    with pytest.raises(Unreadable):
        Vault([NEW]).unseal(text)
