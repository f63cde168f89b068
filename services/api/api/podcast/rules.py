"""What may become an episode, and how a feed names it."""

from uuid import UUID

from kit.refusal import Refusal

LISTED = 300
"""Episodes that a feed lists: directories take no more."""


class NoShow(Refusal):
    error_code = "aircheck_without_show"

    def __init__(self) -> None:
        super().__init__("Episodes belong to a show: put it into one first.")


class InTheTrash(Refusal):
    error_code = "aircheck_deleted"

    def __init__(self) -> None:
        super().__init__("It is in the trash: restore it first.")


class NotPublished(Refusal):
    status = 404
    error_code = "no_such_episode"

    def __init__(self) -> None:
        super().__init__("There is no such episode.")


def guid(aircheck_id: UUID) -> str:
    """What an episode is known by for ever, wherever the station moves and however often it is published."""
    return f"urn:uuid:{aircheck_id}"


def duration(seconds: float) -> str:
    """As feeds have it: hours, minutes, seconds."""
    minutes, second = divmod(round(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"
