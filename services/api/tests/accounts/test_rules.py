"""Who may register, which passwords are taken, and who has to stay."""

import pytest
from api.accounts import rules
from api.accounts.rules import Registration
from hypothesis import given
from hypothesis import strategies as st
from kit.contracts.people import ROLES
from kit.refusal import Refusal

EMAIL = "robin.hood@example.org"


@pytest.mark.parametrize(
    ("registration", "invited", "refusal"),
    [
        ("open", False, None),
        ("open", True, None),
        ("invited", False, rules.InvitationNeeded),
        ("invited", True, None),
        ("closed", False, rules.RegistrationClosed),
        ("closed", True, rules.RegistrationClosed),
    ],
)
def test_the_station_says_who_may_register(
    registration: Registration, invited: bool, refusal: type[Refusal] | None
) -> None:
    if refusal is None:
        rules.admit(registration, invited=invited)
        return
    with pytest.raises(refusal):
        rules.admit(registration, invited=invited)


@pytest.mark.parametrize("password", ["correct horse", "12345678", "ü" * 7 + "x", "a" * 127 + "b", "robin.hood1"])
def test_a_password_of_fair_length_is_taken(password: str) -> None:
    rules.require_strength(password, EMAIL)


@pytest.mark.parametrize(
    "password",
    ["", "1234567", "a" * 129, "aaaaaaaaaa", EMAIL, EMAIL.upper(), "robin.hood", "Robin.Hood", "example.org", "ﬀ" * 3],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(rules.PasswordTooWeak):
        rules.require_strength(password, EMAIL)


@given(st.text(max_size=200))
def test_every_password_that_is_taken_has_a_bounded_length(password: str) -> None:
    try:
        rules.require_strength(password, EMAIL)
    except rules.PasswordTooWeak:
        return
    assert 8 <= len(rules.normal(password)) <= 128


@given(st.text())
def test_a_password_stays_the_same_when_it_is_typed_on_another_keyboard(password: str) -> None:
    assert rules.normal(rules.normal(password)) == rules.normal(password)


def test_accents_may_be_typed_in_two_ways() -> None:
    assert rules.normal("caf\u00e9") == rules.normal("cafe\u0301")


@given(st.booleans(), st.booleans(), st.integers(0, 5))
def test_one_administrator_always_stays(is_one: bool, stays_one: bool, others: int) -> None:
    administrators = others + is_one
    try:
        rules.require_another_administrator(is_one=is_one, stays_one=stays_one, administrators=administrators)
    except rules.LastAdministrator:
        assert (is_one, stays_one, others) == (True, False, 0)
    else:
        assert not is_one or stays_one or others > 0


@pytest.mark.parametrize("role", ROLES)
def test_only_an_administrator_who_is_not_blocked_counts(role: str) -> None:
    assert rules.is_administrator(role, blocked=False) is (role == "admin")  # type: ignore[arg-type]
    assert not rules.is_administrator(role, blocked=True)  # type: ignore[arg-type]


OWN = "radio.example.org:8080"


@pytest.mark.parametrize(
    ("fetch_site", "origin", "own"),
    [
        (None, None, True),
        ("same-origin", None, True),
        ("none", None, True),
        ("same-origin", f"http://{OWN}", True),
        (None, f"https://{OWN.upper()}", True),
        ("cross-site", None, False),
        ("same-site", None, False),
        ("cross-site", f"http://{OWN}", False),
        (None, "https://evil.example", False),
        (None, "http://radio.example.org", False),
        (None, "null", False),
        (None, "", False),
        (None, "http://[", False),
    ],
)
def test_a_cookie_is_taken_from_the_stations_own_pages_only(
    fetch_site: str | None, origin: str | None, own: bool
) -> None:
    if own:
        rules.require_own_site(fetch_site, origin, OWN)
        return
    with pytest.raises(rules.FromAnotherSite):
        rules.require_own_site(fetch_site, origin, OWN)
