"""What the database itself holds true of every track, and the indexes by which tracks are found."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from api.library.rules import KINDS, USAGE_TYPES


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=column)


_BEGIN, _END = "coalesce(cue_in, 0)", "coalesce(cue_out, length_seconds)"

STATE: tuple[SchemaItem, ...] = (
    UniqueConstraint("source", "path", "size", "changed_ns"),
    CheckConstraint("source IN ('folder', 'import', 'starter', 'upload')", name="source"),
    CheckConstraint("state IN ('waiting', 'ready', 'refused', 'gone', 'removed')", name="state"),
    CheckConstraint("state <> 'refused' OR problem IS NOT NULL", name="refused_with_problem"),
    CheckConstraint("state IN ('waiting', 'refused') OR problem IS NULL", name="no_other_problem"),
    _one_of("kind", KINDS),
    _one_of("usage_type", USAGE_TYPES),
    _one_of("scan_status", ("not_scanned", "clean", "infected")),
    CheckConstraint("(scan_status = 'not_scanned') = (scanned_at IS NULL)", name="scanned_with_time"),
    CheckConstraint("duplicate_of <> id", name="no_duplicate_of_itself"),
    CheckConstraint("state <> 'removed' OR deleted_at IS NOT NULL", name="removed_with_time"),
)
FIELDS: tuple[SchemaItem, ...] = (
    CheckConstraint("year BETWEEN 1000 AND 2999", name="year"),
    CheckConstraint("isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'", name="isrc"),
    CheckConstraint("iswc ~ '^T[0-9]{10}$'", name="iswc"),
    CheckConstraint("upc ~ '^[0-9]{8,14}$'", name="upc"),
    CheckConstraint("valid_from < valid_until", name="validity"),
    CheckConstraint("cardinality(hours) IN (0, 7) AND 0 <= ALL (hours) AND 16777216 > ALL (hours)", name="hours"),
    CheckConstraint("energy BETWEEN 0 AND 1", name="energy"),
    CheckConstraint("tempo_bpm > 0", name="tempo"),
    CheckConstraint("content_sha256 ~ '^[0-9a-f]{64}$'", name="content_sha256"),
)
POINTS: tuple[SchemaItem, ...] = (
    CheckConstraint("cue_in >= 0 AND cue_out <= length_seconds", name="cue_within"),
    CheckConstraint(f"{_BEGIN} < {_END}", name="cue_order"),
    CheckConstraint(f"intro_end BETWEEN {_BEGIN} AND {_END}", name="intro_end"),
    CheckConstraint(f"segue_at BETWEEN {_BEGIN} AND {_END}", name="segue_at"),
    CheckConstraint("hook_in >= 0 AND hook_out <= length_seconds AND hook_in < hook_out", name="hook"),
)
INDEXES: tuple[SchemaItem, ...] = (
    Index("ix_tracks_version", "version"),
    Index("ix_tracks_state", "state", "checked_at"),
    Index("ix_tracks_created_at", "created_at", "id"),
    Index("ix_tracks_last_aired_at", "last_aired_at", "id"),
    Index("ix_tracks_content_sha256", "content_sha256"),
    # The same file is kept once; only the programme's own folder may have it twice.
    Index(
        "uq_tracks_content",
        "content_sha256",
        unique=True,
        postgresql_where="source IN ('upload', 'import') AND state IN ('waiting', 'ready') AND deleted_at IS NULL",
    ),
    Index("ix_tracks_duplicate_of", "duplicate_of", postgresql_where="duplicate_of IS NOT NULL"),
    Index("ix_tracks_deleted_at", "deleted_at", postgresql_where="deleted_at IS NOT NULL"),
    Index("ix_tracks_created_by", "created_by"),
    Index("ix_tracks_undrawn", "created_at", postgresql_where="state = 'ready' AND NOT waveform"),
)
