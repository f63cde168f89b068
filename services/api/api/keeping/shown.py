"""Outcomes as they are answered."""

from collections.abc import Iterable
from itertools import islice
from uuid import UUID

from api.keeping.deletion import Deleted
from api.keeping.rules import EDITED, Change
from api.keeping.schemas import BulkPreview, ChangeShown, DeletionDone, EditDone, Kept, Refused, TrackChanges, UndoDone
from api.keeping.service import Outcome

EXAMPLES = 50


def previewed(outcome: Outcome) -> BulkPreview:
    """What an edit would do."""
    return BulkPreview(
        tracks=outcome.tracks,
        changed=len(outcome.changed),
        fields=dict(outcome.fields()),
        examples=[_changes(outcome, track, outcome.changed[track]) for track in islice(outcome.changed, EXAMPLES)],
        refused=_refused(outcome),
        refused_count=len(outcome.refused),
    )


def done(edit_id: UUID | None, outcome: Outcome) -> EditDone:
    """What an edit did."""
    return EditDone(
        edit_id=edit_id,
        changed=len(outcome.changed),
        refused=_refused(outcome),
        refused_count=len(outcome.refused),
    )


def undone(edit_id: UUID | None, outcome: Outcome, kept: dict[UUID, tuple[str, ...]]) -> UndoDone:
    """What taking an edit back did."""
    left = [
        Kept(track_id=track, title=outcome.titles.get(track), fields=list(kept[track]))
        for track in islice(kept, EXAMPLES)
    ]
    return UndoDone(edit_id=edit_id, changed=len(outcome.changed), kept=left, kept_count=len(kept))


def _changes(outcome: Outcome, track: UUID, changes: Iterable[Change]) -> TrackChanges:
    shown = [ChangeShown(field=one.field, before=one.before, after=one.after) for one in changes if one.field != EDITED]
    return TrackChanges(track_id=track, title=outcome.titles.get(track), changes=shown)


def _refused(outcome: Outcome) -> list[Refused]:
    return [
        Refused(track_id=track, title=outcome.titles.get(track), reason=reason)
        for track, reason in outcome.refused[:EXAMPLES]
    ]


def deleted(outcome: Deleted) -> DeletionDone:
    """What deleting many tracks did."""
    refused = [Refused(track_id=track, title=None, reason=reason) for track, reason in outcome.refused[:EXAMPLES]]
    return DeletionDone(deleted=outcome.tracks, refused=refused, refused_count=len(outcome.refused))
