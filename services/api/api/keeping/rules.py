"""What an edit changes in a track, and what taking it back restores. Values are those that JSON can hold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kit.contracts.people import Role, reaches
from kit.refusal import Refusal

from api.library.rules import EDITABLE, POINTS, Points, TrackState, fault_of

CATEGORIES = "categories"
"""A track's rotation categories, changed like a field: the sorted ids."""
ARTWORK = "artwork"
"""Stands among the edited fields when a person chose the picture."""
EDITED = "edited"
"""The names of the fields that a person set, changed along with them."""
MOST_TAGS = 100
DESCRIBING = tuple(name for name in EDITABLE if name not in (*POINTS, "gain_db", "tempo_bpm", "energy", "tags"))
"""Fields that say what a track is, and not how its file sounds."""


class NotYours(Refusal):
    status = 403
    error_code = "not_your_track"

    def __init__(self) -> None:
        super().__init__("Only an administrator, or whoever brought a track in, may delete it.")


class ChangedMeanwhile(Refusal):
    """Somebody else changed it since it was looked at."""

    error_code = "changed_meanwhile"


class NotDeleted(Refusal):
    error_code = "not_removed"


class AlreadyUndone(Refusal):
    error_code = "already_undone"

    def __init__(self) -> None:
        super().__init__("This edit was taken back before.")


@dataclass(frozen=True)
class Change:
    """A field's value before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Wish:
    """An edit: fields to set, fields to give back to analysis, tags and categories to add and to take away."""

    set: Mapping[str, Any] = field(default_factory=dict)
    release: tuple[str, ...] = ()
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    add_categories: frozenset[str] = frozenset()
    remove_categories: frozenset[str] = frozenset()

    @property
    def about_categories(self) -> bool:
        """Whether a track's categories have to be known."""
        return CATEGORIES in self.set or bool(self.add_categories or self.remove_categories)


@dataclass(frozen=True)
class Undoing:
    """What is restored, and the fields that are left as they are since somebody changed them again."""

    back: tuple[Change, ...]
    kept: tuple[str, ...]


def changes(now: Mapping[str, Any], wish: Wish, *, standing: Collection[str] | None = None) -> tuple[Change, ...]:
    """What a wish changes in a track that is as `now` says: only what differs, by the fields' names.

    A field that is set stands from now on, whatever analysis or a file says; one that is released does so no more.
    With `standing` only the fields that it names do.
    """
    after = dict(wish.set)
    if wish.add_tags or wish.remove_tags:
        after["tags"] = _with(after.get("tags", now["tags"]), wish.add_tags, wish.remove_tags)
    if wish.add_categories or wish.remove_categories:
        held = set(after.get(CATEGORIES, now[CATEGORIES]))
        after[CATEGORIES] = sorted((held | wish.add_categories) - wish.remove_categories)
    made = after.keys() - {CATEGORIES} if standing is None else after.keys() & set(standing)
    stands = (set(now[EDITED]) | made) - set(wish.release)
    after[EDITED] = sorted(stands)
    return tuple(Change(name, now[name], after[name]) for name in sorted(after) if now[name] != after[name])


def values_after(now: Mapping[str, Any], made: Sequence[Change]) -> dict[str, Any]:
    """A track's values once these changes are made."""
    return {**now, **{one.field: one.after for one in made}}


def fault(after: Mapping[str, Any], length_seconds: float | None) -> str | None:
    """Why a track cannot have these values, in words; None when it can."""
    if len(after["tags"]) > MOST_TAGS:
        return f"a track has at most {MOST_TAGS} tags"
    begins, ends = after["valid_from"], after["valid_until"]
    if begins and ends and begins >= ends:
        return "valid_from must lie before valid_until"
    return fault_of(Points(**{name: after[name] for name in POINTS}), length_seconds)


def undo(made: Sequence[Change], now: Mapping[str, Any]) -> Undoing:
    """Take changes back in a track that is as `now` says. What became something else since is left alone."""
    same = [one for one in made if now[one.field] == one.after]
    kept = tuple(sorted(one.field for one in made if one not in same and one.field != EDITED))
    if kept:
        # Whether a field stands is one list: what was changed again goes on standing.
        same = [_without_kept(one, kept) if one.field == EDITED else one for one in same]
    return Undoing(tuple(Change(one.field, one.after, one.before) for one in same if one.before != one.after), kept)


def require_deletable(role: Role | None, caller: UUID | None, owner: UUID | None) -> None:
    """Deleting is for administrators, and for producers what they brought in themselves; raises `NotYours`."""
    if not reaches(role, "admin") and (caller is None or caller != owner):
        raise NotYours


def require_restorable(state: TrackState, *, deleted: bool) -> None:
    """Only what was deleted, and is still on the disk, comes back; raises `NotDeleted`."""
    if not deleted or state != "removed":
        raise NotDeleted("Only a deleted track whose file is still kept can be restored.")


def only_known_to(other: Mapping[str, Any], keep: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of one of two equal tracks alone. Points and measurements belong to the sound of each."""
    return {name: other[name] for name in DESCRIBING if keep[name] in (None, []) and other[name] not in (None, [])}


def _with(tags: Sequence[str], add: Collection[str], remove: Collection[str]) -> list[str]:
    """Tags in their order, compared without their case; what is added comes last."""
    gone = {tag.casefold() for tag in remove}
    kept = [tag for tag in tags if tag.casefold() not in gone]
    known = {tag.casefold() for tag in kept}
    return kept + [tag for tag in add if tag.casefold() not in known | gone]


def _without_kept(change: Change, kept: Collection[str]) -> Change:
    return Change(
        change.field, sorted({*change.before, *(name for name in change.after if name in kept)}), change.after
    )
