"""What is sent and shown about people, sessions, invitations and guest tokens. Times are UTC, durations seconds."""

from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from kit.contracts.people import Role
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from api.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD


def _address(text: str) -> str:
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return str(found.ascii_email).lower()


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


Email = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(_address),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
"""An e-mail address, in lower case from here on; an international domain in its ASCII form."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_one_line)]
Password = Annotated[str, StringConstraints(max_length=LONGEST_PASSWORD)]
NewPassword = Annotated[str, StringConstraints(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]
Token = Annotated[str, StringConstraints(max_length=4096)]
MaxSongs = Annotated[int, Field(ge=1, le=100, description="Requests that may wait at once")]
MaxRequests = Annotated[int, Field(ge=1, le=1000, description="Requests that may be made in all")]


class Sent(BaseModel):
    """A body. A field that nobody knows is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(BaseModel):
    """An answer, read from a row."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Registering(Sent):
    email: Email
    password: NewPassword
    invitation: Annotated[str, StringConstraints(max_length=100)] | None = None
    display_name: Line | None = None
    cookie: bool = Field(False, description="Keep the refresh token in an HttpOnly cookie")


class SigningIn(Sent):
    email: Email
    password: Password
    cookie: bool = Field(False, description="Keep the refresh token in an HttpOnly cookie")


class Refreshing(Sent):
    refresh_token: Token | None = Field(None, description="Not needed when it is in the cookie")
    cookie: bool = Field(False, description="Keep the next one in the cookie")


class SigningOut(Sent):
    refresh_token: Token | None = None


class UserShown(Shown):
    """Somebody with an account. Limits that are null are the station's own."""

    id: UUID
    email: str
    display_name: str | None
    role: Role
    must_change_password: bool
    max_queue_songs: int | None
    max_add_requests: int | None
    created_at: AwareDatetime


class SignedInShown(Shown):
    """An access token, and the refresh token unless it went into the cookie."""

    access_token: str
    refresh_token: str | None
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds for which the access token is good")
    must_change_password: bool
    user: UserShown


class ProfileChange(Sent):
    """Only what is sent changes."""

    display_name: Line | None = None
    email: Email | None = Field(None, description="Needs `current_password`")
    current_password: Password | None = None


class PasswordChange(Sent):
    current_password: Password
    new_password: NewPassword


class Leaving(Sent):
    password: Password


class SessionShown(Shown):
    """One sign-in."""

    id: UUID
    user_agent: str | None
    address: str | None
    created_at: AwareDatetime
    last_used_at: AwareDatetime
    expires_at: AwareDatetime
    current: bool = Field(False, description="The one that asks")


class UserForStaff(UserShown):
    blocked_at: AwareDatetime | None


class UsersPage(BaseModel):
    items: list[UserForStaff]
    next_after: str | None = Field(description="`after` for the next page; null on the last one")


class UserChange(Sent):
    """Only what is sent changes; a limit of null is the station's own."""

    role: Role = "listener"
    blocked: bool = False
    max_queue_songs: MaxSongs | None = None
    max_add_requests: MaxRequests | None = None


class OneTimePassword(BaseModel):
    password: str = Field(description="Shown this once; it opens nothing but its own change")


class Inviting(Sent):
    role: Role = "listener"
    max_queue_songs: MaxSongs | None = None
    max_add_requests: MaxRequests | None = None
    note: Line | None = None
    email: Email | None = Field(None, description="Good for this address only")
    max_uses: Annotated[int, Field(ge=1, le=1000)] = 1
    expires_in_days: Annotated[int, Field(ge=1, le=365)] = 7


class InvitationShown(Shown):
    id: UUID
    role: Role
    max_queue_songs: int | None
    max_add_requests: int | None
    note: str | None
    email: str | None
    max_uses: int
    uses: int
    created_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None


class InvitationMade(InvitationShown):
    code: str = Field(description="Shown this once; send it along when registering")


class InvitationsPage(BaseModel):
    items: list[InvitationShown]
    total: int


class GuestTokenAsked(Sent):
    duration_seconds: Annotated[int, Field(ge=1, le=86_400)]
    max_queue_songs: MaxSongs
    max_add_requests: MaxRequests
    note: Line | None = None


class GuestTokenShown(Shown):
    id: UUID
    note: str | None
    max_queue_songs: int
    max_add_requests: int
    created_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None


class GuestTokenMade(GuestTokenShown):
    token: str = Field(description="Shown this once: sent as 'Authorization: Bearer …'")


class GuestTokensPage(BaseModel):
    items: list[GuestTokenShown]
    total: int
