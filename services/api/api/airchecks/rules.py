"""Whose an aircheck is, when a recording is whole, and what may not be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from kit.refusal import Refusal

AircheckState = Literal["finishing", "ready", "discarded", "failed"]
"""Its copies are being made; it can be heard; it was not worth keeping, with the reason; no copies could be made of it,
with the reason, and the recording is kept."""
DeletedBecause = Literal["staff", "policy"]
Doing = Literal["see", "change", "publish", "delete"]

SETTLED = timedelta(seconds=30)
"""A recording that nobody closed is whole when its files have not changed for so long,"""
OVER = timedelta(seconds=60)
"""and its session has been over for so long."""


class NoSuchAircheck(Refusal):
    """There is none, or it is not the caller's to see: the answer does not tell which."""

    status = 404
    error_code = "no_such_aircheck"

    def __init__(self) -> None:
        super().__init__("There is no such aircheck.")


class NotYourAircheck(Refusal):
    status = 403
    error_code = "not_your_aircheck"


class NotReady(Refusal):
    error_code = "aircheck_not_ready"

    def __init__(self) -> None:
        super().__init__("It is not ready to be heard.")


class NoOriginal(Refusal):
    status = 404
    error_code = "no_original"

    def __init__(self) -> None:
        super().__init__("Its original is no longer kept; there is the copy for listening.")


class IsPublished(Refusal):
    error_code = "aircheck_published"

    def __init__(self) -> None:
        super().__init__("It is a published episode: unpublish it first.")


class NotDeleted(Refusal):
    error_code = "not_deleted"

    def __init__(self) -> None:
        super().__init__("Only what was deleted can be restored.")


@dataclass(frozen=True)
class Whose:
    """Who has to do with an aircheck."""

    streamer_id: UUID | None
    owner_id: UUID | None
    """The owner of its show."""
    public: bool
    """Published, ready and not deleted."""


@dataclass(frozen=True)
class Asking:
    """Who wants something; None is somebody without an account, or the station itself."""

    id: UUID | None = None
    is_producer: bool = False
    is_admin: bool = False


def may(who: Asking, what: Doing, whose: Whose) -> bool:
    """Whether somebody may do something with an aircheck.

    Everybody sees published ones. Its streamer and its show's owner see, change and delete it; publishing is the
    owner's. Producers may do all but delete, administrators all.
    """
    owns = who.id is not None and who.id == whose.owner_id
    streamed = who.id is not None and who.id == whose.streamer_id
    if what == "delete":
        return who.is_admin or owns or streamed
    if what == "publish":
        return who.is_producer or owns
    return who.is_producer or owns or streamed or (what == "see" and whose.public)


def require(who: Asking, what: Doing, whose: Whose) -> None:
    """Refuse what somebody may not do: `NoSuchAircheck` to whoever does not even see it, else `NotYourAircheck`."""
    if not may(who, "see", whose):
        raise NoSuchAircheck
    if not may(who, what, whose):
        raise NotYourAircheck(f"You may not {what} this aircheck.")


def is_whole(*, closed: bool, session_ended_at: datetime | None, changed_at: datetime, now: datetime) -> bool:
    """Whether nothing is added to a session's recording any more.

    A recorder closes what it has recorded; one that died with the machine never does.
    """
    if closed:
        return True
    over = session_ended_at is not None and now - session_ended_at > OVER
    return over and now - changed_at > SETTLED


def default_title(show: str | None, began_at: datetime) -> str:
    """What an aircheck is called until somebody names it; `began_at` in the station's zone.

    Nobody's name: it has to outlive the streamer's account.
    """
    day = f"{began_at.day} {began_at:%B %Y}"
    return f"{show}, {day}" if show else f"Live, {day}, {began_at:%H:%M}"
