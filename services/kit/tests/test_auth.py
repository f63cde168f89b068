"""Whose token is it?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.auth import Keys, Principal

KEYS = Keys(admins=("first-admin", "second-admin"), services={"api": "token-of-api", "log": "token-of-log"})


@pytest.mark.parametrize(
    ("token", "owner"),
    [
        ("first-admin", Principal("admin", "admin")),
        ("second-admin", Principal("admin", "admin")),
        ("token-of-api", Principal("service", "api")),
        ("token-of-log", Principal("service", "log")),
    ],
)
def test_a_token_belongs_to_its_owner(token: str, owner: Principal) -> None:
    assert KEYS.find(token) == owner


@given(st.text())
def test_no_other_token_belongs_to_anybody(token: str) -> None:
    known = {*KEYS.admins, *KEYS.services.values()}
    assert (KEYS.find(token) is None) == (token not in known)


def test_a_service_without_keys_lets_nobody_in() -> None:
    assert Keys(admins=()).find("") is None
