"""Whose token is it, and how far does it open?"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import tokens
from kit.auth import Keys, NotAllowed, Principal, admin, trusted
from kit.contracts.people import ROLES, Role, TokenType
from kit.tokens import Claims
from small.settings import PRIVATE, PUBLIC

KEYS = Keys(
    admins=("first-admin", "second-admin"),
    services={"api": "token-of-api", "log": "token-of-log"},
    public_key=tokens.public_key(PUBLIC),
    engines={"engine": "token-of-engine"},
)


def signed(kind: TokenType, *, role: Role | None = None, key: str = PRIVATE) -> str:
    """A person's token for the next hour: some are made when the tests are collected."""
    now = int(time.time())
    claims = Claims(sub="somebody", type=kind, jti="1", iat=now, exp=now + 3600, role=role, sid="session")
    return tokens.sign(claims, tokens.private_key(key))


@pytest.mark.parametrize(
    ("token", "owner"),
    [
        ("first-admin", Principal("station", "admin", role="admin")),
        ("second-admin", Principal("station", "admin", role="admin")),
        ("token-of-api", Principal("service", "api")),
        ("token-of-log", Principal("service", "log")),
        ("token-of-engine", Principal("engine", "engine")),
        (signed("guest"), Principal("guest", "somebody")),
        (signed("guest", role="admin"), Principal("guest", "somebody")),
        *[(signed("access", role=role), Principal("user", "somebody", role, "session")) for role in ROLES],
    ],
)
def test_a_token_belongs_to_its_owner(token: str, owner: Principal) -> None:
    assert KEYS.find(token) == owner


@pytest.mark.parametrize(
    "token",
    [
        signed("refresh", role="admin"),
        signed("livestream", role="admin"),
        signed("access"),
        signed("access", role="admin", key=tokens.new_private_key()),
    ],
    ids=["refresh", "livestream", "no role", "foreign"],
)
def test_a_token_for_something_else_opens_nothing(token: str) -> None:
    assert KEYS.find(token) is None


@given(st.text())
def test_no_other_token_belongs_to_anybody(token: str) -> None:
    known = {*KEYS.admins, *KEYS.services.values()}
    assert (KEYS.find(token) is None) == (token not in known)


def test_a_service_without_keys_lets_nobody_in() -> None:
    assert Keys(admins=()).find("") is None
    assert Keys(admins=()).find(signed("access", role="admin")) is None


@pytest.mark.parametrize(
    ("asked", "may"), [("listener", True), ("streamer", True), ("producer", True), ("admin", False)]
)
def test_a_role_may_do_what_those_below_it_may(asked: Role, may: bool) -> None:
    assert Principal("user", "x", role="producer").may_act_as(asked) is may


def test_whoever_has_no_role_may_act_as_nobody() -> None:
    assert not Principal("service", "api").may_act_as("listener")
    assert not Principal("guest", "x").may_act_as("listener")


def test_services_trust_each_other_and_the_station_but_no_person() -> None:
    for caller in (Principal("service", "api"), Principal("station", "admin", role="admin")):
        assert trusted(caller) is caller
    for person in (Principal("user", "x", role="admin"), Principal("guest", "x")):
        with pytest.raises(NotAllowed):
            trusted(person)


def test_only_administrators_are_administrators() -> None:
    for caller in (Principal("user", "x", role="admin"), Principal("station", "admin", role="admin")):
        assert admin(caller) is caller
    for other in (Principal("user", "x", role="producer"), Principal("service", "api"), Principal("guest", "x")):
        with pytest.raises(NotAllowed):
            admin(other)
