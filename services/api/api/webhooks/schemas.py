"""What is sent and shown about webhooks. Times are UTC, durations seconds."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.accounts.schemas import Line, Sent, Shown
from api.addresses import LONGEST_LINK
from api.webhooks.events import EventName
from api.webhooks.rules import DeliveryState, DisabledBecause, Problem, WebhookState

Address = Annotated[
    str,
    StringConstraints(max_length=LONGEST_LINK),
    Field(description="http or https; redirects are not followed, and private networks not entered"),
]
Events = Annotated[set[EventName], Field(min_length=1)]


class WebhookWanted(Sent):
    name: Line
    url: Address
    events: Events
    enabled: bool = True


class WebhookChange(Sent):
    """Only what is sent changes. What waits goes to the new address; enabling lets it be tried at once."""

    name: Line = ""
    url: Address = ""
    events: Events = Field(default_factory=set)
    enabled: bool = True


class WebhookShown(Shown):
    id: UUID
    name: str
    url: str
    events: list[EventName]
    enabled: bool
    state: WebhookState
    note: str | None = Field(description="What is wrong with it and since when, for a person")
    failures: int = Field(description="Tries that failed since the last success")
    failing_since: AwareDatetime | None
    succeeded_at: AwareDatetime | None = Field(description="The last success")
    disabled_at: AwareDatetime | None
    disabled_because: DisabledBecause | None = Field(description="null when a person disabled it")
    waiting: int = Field(description="Deliveries that are still to be made")
    dropped: int = Field(description="Events that were not queued because too many waited")
    old_secret_until: AwareDatetime | None = Field(description="Until then the secret before this one signs, too")
    created_at: AwareDatetime


class WebhookMade(WebhookShown):
    secret: str = Field(description="Shown this once; verify signatures with it")


class WebhooksPage(BaseModel):
    items: list[WebhookShown]
    total: int


class SecretMade(BaseModel):
    secret: str = Field(description="Shown this once")
    old_secret_until: AwareDatetime = Field(description="Until then deliveries are signed with both")


class TryShown(Shown):
    """How a try ended."""

    delivered: bool
    status: int | None = Field(description="The receiver's status, null when it gave none")
    problem: Problem | None
    seconds: float = Field(description="How long it took")
    answer: str = Field(description="The beginning of what the receiver said")


class AttemptShown(TryShown):
    at: AwareDatetime


class DeliveryShown(BaseModel):
    id: UUID = Field(description="The header `Airtight-Delivery`")
    event: EventName
    sequence: int
    state: DeliveryState
    created_at: AwareDatetime
    next_at: AwareDatetime | None = Field(description="When it is tried again")
    ended_at: AwareDatetime | None
    body: str = Field(description="What is sent, to the byte")
    attempts: list[AttemptShown]


class DeliveriesPage(BaseModel):
    """Newest first."""

    items: list[DeliveryShown]
    next: int | None = Field(description="Send it as `before` for older ones; null at the end")
