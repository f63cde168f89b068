"""Who may register, which passwords are taken, and what an administrator may not do to another."""

import unicodedata
from typing import Literal

from kit.contracts.people import Role
from kit.refusal import Refusal

Registration = Literal["open", "invited", "closed"]

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
"""Characters."""


class RegistrationClosed(Refusal):
    status = 403
    error_code = "registration_closed"


class InvitationNeeded(Refusal):
    status = 403
    error_code = "invitation_needed"


class InvitationNotGood(Refusal):
    """Unknown, used up, expired, taken back, or for another e-mail address: the answer does not tell which."""

    status = 403
    error_code = "invitation_not_good"

    def __init__(self) -> None:
        super().__init__("This invitation is not good (any more); ask for a new one.")


class PasswordTooWeak(Refusal):
    status = 422
    error_code = "password_too_weak"


class LastAdministrator(Refusal):
    """The station would have nobody left to look after it."""

    error_code = "last_administrator"

    def __init__(self) -> None:
        super().__init__("This is the last administrator; make somebody else one first.")


class NotToYourself(Refusal):
    error_code = "not_to_yourself"


class FromAnotherSite(Refusal):
    status = 403
    error_code = "from_another_site"

    def __init__(self) -> None:
        super().__init__("Cookies are only taken from the station's own pages.")


def admit(registration: Registration, *, invited: bool) -> None:
    """Whether somebody may register at all; `invited` says that a code was sent, not that it is good."""
    if registration == "closed":
        raise RegistrationClosed("Registration is closed.")
    if registration == "invited" and not invited:
        raise InvitationNeeded("Only those who were invited may register: send the invitation's code.")


def require_strength(password: str, email: str) -> None:
    """Refuse a password that is too short or long, one character only, or no more than the e-mail address."""
    password = normal(password)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordTooWeak(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    said, (name, _, domain) = password.casefold(), email.casefold().partition("@")
    if len(set(said)) == 1 or said in (email.casefold(), name, domain, name * 2, f"{name}{domain}"):
        raise PasswordTooWeak("This password is the first that somebody would try; choose another.")


def normal(password: str) -> str:
    """The same password, whichever keyboard it was typed on: one form of each accented letter."""
    return unicodedata.normalize("NFKC", password)


def require_another_administrator(*, is_one: bool, stays_one: bool, administrators: int) -> None:
    """`administrators` counts those who may work now, whoever is about to change among them."""
    if is_one and not stays_one and administrators <= 1:
        raise LastAdministrator


def is_administrator(role: Role, *, blocked: bool) -> bool:
    """Whether somebody looks after the station: blocked ones cannot."""
    return role == "admin" and not blocked


def require_own_site(fetch_site: str | None, origin: str | None, host: str | None) -> None:
    """Refuse what a browser says to come from another site's page (the headers Sec-Fetch-Site, Origin, Host).

    Programs that are no browsers send neither; no page can keep its browser from sending them.
    """
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        raise FromAnotherSite
    if origin is not None and (not host or origin.lower().partition("://")[2] != host.lower()):
        raise FromAnotherSite
