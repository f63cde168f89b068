"""A service without its tokens does not start, and does not tell them."""

import pytest
from kit.settings import ServiceSettings, split_tokens
from pydantic import SecretStr, ValidationError
from small.settings import PRIVATE, PUBLIC, small_settings

GOOD = "a-token-of-enough-length"


@pytest.mark.parametrize("token", ["", " ", ",", "short", f"{GOOD},short", f"short,{GOOD}", "x" * 15])
def test_tokens_that_could_be_guessed_are_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ValidationError) as refused:
        small_settings(token)
    assert "16 characters" in str(refused.value)
    assert GOOD not in str(refused.value)


def test_a_missing_token_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADMIN_API_TOKEN", raising=False)
    with pytest.raises(ValidationError, match="ADMIN_API_TOKEN"):
        ServiceSettings(token_public_key=PUBLIC, port=1)


def test_tokens_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_API_TOKEN", GOOD)
    assert ServiceSettings(token_public_key=PUBLIC, port=1).admin_api_token.get_secret_value() == GOOD


def test_a_token_is_not_printed() -> None:
    assert GOOD not in repr(small_settings(GOOD))


@pytest.mark.parametrize("key", ["", "AAAA", "no key at all", PRIVATE, PUBLIC[:-8]])
def test_a_key_that_verifies_nothing_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ServiceSettings(admin_api_token=SecretStr(GOOD), token_public_key=key, port=1)
    assert not key or key not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", ()), ("a", ("a",)), ("a,b", ("a", "b")), (" a , b ,", ("a", "b")), (",,a", ("a",)), ("a b", ("a b",))],
)
def test_a_comma_list_is_split(text: str, tokens: tuple[str, ...]) -> None:
    assert split_tokens(SecretStr(text)) == tokens
