"""What is sent and shown about edits. Times are UTC."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from api.accounts.schemas import Sent, Shown
from api.keeping.rules import CATEGORIES, Wish
from api.keeping.values import sent
from api.library.fields import TrackFields, Words
from api.library.finding.selecting import Selection
from api.library.rules import EDITABLE, ChangedBy


class Edit(Sent):
    """What is to change. Fields that are set stand from then on: no analysis and no file overwrites them."""

    set: TrackFields = Field(TrackFields(), description="Fields with their new values; null clears one")
    release: list[str] = Field([], max_length=50, description="Fields that a file or analysis may write again")
    categories: list[UUID] | None = Field(None, max_length=100, description="Exactly these rotation categories")
    add_categories: list[UUID] = Field([], max_length=100)
    remove_categories: list[UUID] = Field([], max_length=100)
    add_tags: Words = Field([])
    remove_tags: Words = Field([])

    @model_validator(mode="after")
    def _asks_for_something(self) -> "Edit":
        if self.wish == Wish():
            raise ValueError("nothing is to be changed")
        if unknown := sorted(set(self.release) - set(EDITABLE)):
            raise ValueError(f"release: there is no field {unknown[0][:40]!r}")
        if both := sorted(set(self.release) & self.set.model_fields_set):
            raise ValueError(f"{both[0]} cannot be set and released at once")
        return self

    @property
    def wish(self) -> Wish:
        """The same for the rules."""
        fields = sent(self.set)
        if self.categories is not None:
            fields[CATEGORIES] = sorted(str(one) for one in set(self.categories))
        return Wish(
            set=fields,
            release=tuple(self.release),
            add_tags=tuple(self.add_tags),
            remove_tags=tuple(self.remove_tags),
            add_categories=frozenset(str(one) for one in self.add_categories),
            remove_categories=frozenset(str(one) for one in self.remove_categories),
        )


class TrackEdit(Edit):
    version: int | None = Field(None, description="The track's version that was looked at: another one is refused")


class BulkEdit(Sent):
    which: Selection
    edit: Edit
    expected: int | None = Field(
        None, ge=0, description="How many tracks the preview told: another number by now is refused"
    )


class ChangeShown(BaseModel):
    field: str
    before: Any
    after: Any


class TrackChanges(BaseModel):
    track_id: UUID
    title: str | None
    changes: list[ChangeShown]


class Refused(BaseModel):
    """A track that cannot be changed so, and why."""

    track_id: UUID
    title: str | None
    reason: str


class BulkPreview(BaseModel):
    tracks: int = Field(description="That were selected")
    changed: int = Field(description="That would be changed")
    fields: dict[str, int] = Field(description="In how many tracks a field would change")
    examples: list[TrackChanges] = Field(description="The first of them")
    refused: list[Refused] = Field(description="The first that cannot be changed so")
    refused_count: int


class EditDone(BaseModel):
    edit_id: UUID | None = Field(description="Null when nothing had to be changed")
    changed: int
    refused: list[Refused]
    refused_count: int


class Kept(BaseModel):
    track_id: UUID
    title: str | None
    fields: list[str]


class UndoDone(BaseModel):
    edit_id: UUID | None = Field(description="Of the edit that took it back, which can itself be taken back")
    changed: int
    kept: list[Kept] = Field(description="The first tracks with fields that were changed again since: left alone")
    kept_count: int


class EditShown(Shown):
    id: UUID
    at: AwareDatetime
    by: ChangedBy
    user: str | None = Field(None, description="The display name of whoever did it")
    wish: dict[str, Any] = Field(description="What was asked for")
    tracks: int
    undoes: UUID | None
    undone_at: AwareDatetime | None


class EditsPage(BaseModel):
    items: list[EditShown]
    next: UUID | None = Field(description="Send it as `before` for older ones")


class HistoryEntry(BaseModel):
    id: int
    at: AwareDatetime
    by: ChangedBy
    user: str | None
    edit_id: UUID | None
    field: str
    before: Any
    after: Any


class HistoryPage(BaseModel):
    items: list[HistoryEntry]
    next: int | None = Field(description="Send it as `before` for older ones")


class Merge(Sent):
    duplicates: list[UUID] = Field(min_length=1, max_length=100, description="Tracks that are the same: deleted")


class BulkDeletion(Sent):
    which: Selection
    expected: int | None = Field(None, ge=0, description="How many tracks it should be")


class DeletionDone(BaseModel):
    deleted: int
    refused: list[Refused]
    refused_count: int
