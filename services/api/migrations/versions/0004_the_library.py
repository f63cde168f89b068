"""the library: what a track is, artists, categories, history, smart blocks"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


_COLUMNS: tuple[sa.Column[object], ...] = (
    sa.Column("kind", sa.Text(), server_default="MUS", nullable=False),
    sa.Column("album", sa.String(), nullable=True),
    sa.Column("year", sa.SmallInteger(), nullable=True),
    sa.Column("genre", sa.String(), nullable=True),
    sa.Column("mood", sa.String(), nullable=True),
    sa.Column("language", sa.String(), nullable=True),
    sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column("composer", sa.String(), nullable=True),
    sa.Column("publisher", sa.String(), nullable=True),
    sa.Column("label", sa.String(), nullable=True),
    sa.Column("isrc", sa.String(), nullable=True),
    sa.Column("iswc", sa.String(), nullable=True),
    sa.Column("upc", sa.String(), nullable=True),
    sa.Column("usage_type", sa.Text(), nullable=True),
    sa.Column("content_category", sa.String(), nullable=True),
    sa.Column("is_canadian", sa.Boolean(), nullable=True),
    sa.Column("is_hit", sa.Boolean(), nullable=True),
    sa.Column("is_instrumental", sa.Boolean(), nullable=True),
    sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
    sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
    sa.Column("kill_date", sa.Date(), nullable=True),
    sa.Column("dayparts", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column("hours", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column("cue_in", sa.Double(), nullable=True),
    sa.Column("cue_out", sa.Double(), nullable=True),
    sa.Column("intro_end", sa.Double(), nullable=True),
    sa.Column("segue_at", sa.Double(), nullable=True),
    sa.Column("hook_in", sa.Double(), nullable=True),
    sa.Column("hook_out", sa.Double(), nullable=True),
    sa.Column("true_peak_dbtp", sa.Double(), nullable=True),
    sa.Column("gain_db", sa.Double(), nullable=True),
    sa.Column("tempo_bpm", sa.Double(), nullable=True),
    sa.Column("energy", sa.Double(), nullable=True),
    sa.Column("waveform", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
    sa.Column("content_sha256", sa.String(), nullable=True),
    sa.Column("duplicate_of", sa.Uuid(), nullable=True),
    sa.Column("requestable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    sa.Column("scan_status", sa.Text(), server_default="not_scanned", nullable=False),
    sa.Column("scan_engine", sa.String(), nullable=True),
    sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("provenance", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column("edited", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column(
        "proposed", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
    ),
    sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("created_by", sa.Uuid(), nullable=True),
    sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("deleted_by", sa.Uuid(), nullable=True),
    sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
    sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("last_aired_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("airs", sa.Integer(), server_default=sa.text("0"), nullable=False),
)
_CHECKS = {
    "kind": "kind IN ('MUS', 'ADV', 'PSA', 'LIN', 'INT', 'PRO', 'BED', 'VT', 'NEWS')",
    "usage_type": "usage_type IN ('feature', 'theme_open', 'theme_close', 'theme', 'background', 'jingle', 'advert')",
    "scan_status": "scan_status IN ('not_scanned', 'clean', 'infected')",
    "scanned_with_time": "(scan_status = 'not_scanned') = (scanned_at IS NULL)",
    "no_duplicate_of_itself": "duplicate_of <> id",
    "year": "year BETWEEN 1000 AND 2999",
    "isrc": "isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'",
    "iswc": "iswc ~ '^T[0-9]{10}$'",
    "upc": "upc ~ '^[0-9]{8,14}$'",
    "validity": "valid_from < valid_until",
    "hours": "cardinality(hours) IN (0, 7) AND 0 <= ALL (hours) AND 16777216 > ALL (hours)",
    "energy": "energy BETWEEN 0 AND 1",
    "tempo": "tempo_bpm > 0",
    "content_sha256": "content_sha256 ~ '^[0-9a-f]{64}$'",
    "cue_within": "cue_in >= 0 AND cue_out <= length_seconds",
    "cue_order": "coalesce(cue_in, 0) < coalesce(cue_out, length_seconds)",
    "intro_end": "intro_end BETWEEN coalesce(cue_in, 0) AND coalesce(cue_out, length_seconds)",
    "segue_at": "segue_at BETWEEN coalesce(cue_in, 0) AND coalesce(cue_out, length_seconds)",
    "hook": "hook_in >= 0 AND hook_out <= length_seconds AND hook_in < hook_out",
}


def upgrade() -> None:
    op.execute("CREATE SEQUENCE api.library_versions")
    op.create_table(
        "artists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artists")),
        schema="api",
    )
    op.create_index("ix_artists_sort_name", "artists", ["sort_name", "id"], unique=False, schema="api")
    op.create_table(
        "categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("name", name=op.f("uq_categories_name")),
        schema="api",
    )
    op.create_table(
        "artist_aliases",
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("artist_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artist_id"], ["api.artists.id"], name=op.f("fk_artist_aliases_artist_id_artists"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("folded", name=op.f("pk_artist_aliases")),
        schema="api",
    )
    op.create_index(
        op.f("ix_api_artist_aliases_artist_id"), "artist_aliases", ["artist_id"], unique=False, schema="api"
    )
    op.create_table(
        "smart_blocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["api.users.id"], name=op.f("fk_smart_blocks_owner_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smart_blocks")),
        sa.UniqueConstraint("name", name=op.f("uq_smart_blocks_name")),
        schema="api",
    )
    op.create_table(
        "track_artists",
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("artist_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('main', 'featured', 'composer')", name=op.f("ck_track_artists_role")),
        sa.ForeignKeyConstraint(
            ["artist_id"], ["api.artists.id"], name=op.f("fk_track_artists_artist_id_artists"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["api.tracks.id"], name=op.f("fk_track_artists_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", "position", name=op.f("pk_track_artists")),
        schema="api",
    )
    op.create_index(op.f("ix_api_track_artists_artist_id"), "track_artists", ["artist_id"], unique=False, schema="api")
    op.create_table(
        "track_categories",
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["api.categories.id"],
            name=op.f("fk_track_categories_category_id_categories"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["api.tracks.id"], name=op.f("fk_track_categories_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", "category_id", name=op.f("pk_track_categories")),
        schema="api",
    )
    op.create_index(
        op.f("ix_api_track_categories_category_id"), "track_categories", ["category_id"], unique=False, schema="api"
    )
    op.create_table(
        "track_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["track_id"], ["api.tracks.id"], name=op.f("fk_track_changes_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["api.users.id"], name=op.f("fk_track_changes_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_changes")),
        schema="api",
    )
    op.create_index(
        "ix_track_changes_batch_id",
        "track_changes",
        ["batch_id"],
        unique=False,
        schema="api",
        postgresql_where="batch_id IS NOT NULL",
    )
    op.create_index("ix_track_changes_track_id", "track_changes", ["track_id", "id"], unique=False, schema="api")
    for column in _COLUMNS:
        op.add_column("tracks", column, schema="api")
    op.execute("UPDATE api.tracks SET requestable = true, created_at = checked_at, updated_at = checked_at")
    op.execute("UPDATE api.tracks SET version = nextval('api.library_versions')")
    for name, holds in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_tracks_{name}"), "tracks", holds, schema="api")
    op.create_index("ix_tracks_content_sha256", "tracks", ["content_sha256"], unique=False, schema="api")
    op.create_index("ix_tracks_created_at", "tracks", ["created_at", "id"], unique=False, schema="api")
    op.create_index("ix_tracks_created_by", "tracks", ["created_by"], unique=False, schema="api")
    op.create_index(
        "ix_tracks_deleted_at",
        "tracks",
        ["deleted_at"],
        unique=False,
        schema="api",
        postgresql_where="deleted_at IS NOT NULL",
    )
    op.create_index(
        "ix_tracks_duplicate_of",
        "tracks",
        ["duplicate_of"],
        unique=False,
        schema="api",
        postgresql_where="duplicate_of IS NOT NULL",
    )
    op.create_index("ix_tracks_last_aired_at", "tracks", ["last_aired_at", "id"], unique=False, schema="api")
    op.create_index("ix_tracks_state", "tracks", ["state", "checked_at"], unique=False, schema="api")
    op.create_index("ix_tracks_version", "tracks", ["version"], unique=False, schema="api")
    op.create_foreign_key(
        op.f("fk_tracks_duplicate_of_tracks"),
        "tracks",
        "tracks",
        ["duplicate_of"],
        ["id"],
        source_schema="api",
        referent_schema="api",
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        op.f("fk_tracks_deleted_by_users"),
        "tracks",
        "users",
        ["deleted_by"],
        ["id"],
        source_schema="api",
        referent_schema="api",
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        op.f("fk_tracks_created_by_users"),
        "tracks",
        "users",
        ["created_by"],
        ["id"],
        source_schema="api",
        referent_schema="api",
        ondelete="SET NULL",
    )


def downgrade() -> None:
    for table in (
        "track_changes",
        "track_categories",
        "track_artists",
        "smart_blocks",
        "artist_aliases",
        "categories",
        "artists",
    ):
        op.drop_table(table, schema="api")
    # With a column go its constraints and indexes.
    op.drop_index("ix_tracks_state", "tracks", schema="api")
    for column in reversed(_COLUMNS):
        op.drop_column("tracks", column.name, schema="api")
    op.execute("DROP SEQUENCE api.library_versions")
