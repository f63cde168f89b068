"""uploads, imports, and the same file kept once"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _sources("'folder', 'import', 'starter', 'upload'")
    # Uploads to the programme have their place in it from now on while they wait.
    op.execute(
        "INSERT INTO api.programme_entries (track_id, position)"
        " SELECT id, row_number() OVER (ORDER BY checked_at, id)"
        " + (SELECT coalesce(max(position), 0) FROM api.programme_entries)"
        " FROM api.tracks WHERE source = 'upload' AND state = 'waiting' AND deleted_at IS NULL"
        " ON CONFLICT DO NOTHING"
    )
    op.create_table(
        "import_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'failed') = (problem IS NOT NULL)", name=op.f("ck_import_runs_failed_with_problem")
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'failed')) = (ended_at IS NOT NULL)", name=op.f("ck_import_runs_ended_with_time")
        ),
        sa.CheckConstraint("cause IN ('nightly', 'person')", name=op.f("ck_import_runs_cause")),
        sa.CheckConstraint("state IN ('looking', 'done', 'failed')", name=op.f("ck_import_runs_state")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["api.users.id"], name=op.f("fk_import_runs_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
        schema="api",
    )
    op.create_index(
        "uq_import_runs_looking",
        "import_runs",
        ["state"],
        unique=True,
        schema="api",
        postgresql_where="state = 'looking'",
    )
    op.create_table(
        "import_files",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.Uuid(), nullable=True),
        sa.Column("same_as", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'missing') = (missing_since IS NOT NULL)", name=op.f("ck_import_files_missing_with_time")
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (problem IS NOT NULL)", name=op.f("ck_import_files_refused_with_problem")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'imported', 'refused', 'missing')", name=op.f("ck_import_files_state")
        ),
        sa.ForeignKeyConstraint(
            ["same_as"], ["api.tracks.id"], name=op.f("fk_import_files_same_as_tracks"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["api.tracks.id"], name=op.f("fk_import_files_track_id_tracks"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_import_files")),
        schema="api",
    )
    op.create_index("ix_import_files_same_as", "import_files", ["same_as"], unique=False, schema="api")
    op.create_index("ix_import_files_seen", "import_files", ["seen"], unique=False, schema="api")
    op.create_index("ix_import_files_state", "import_files", ["state", "path"], unique=False, schema="api")
    op.create_index("ix_import_files_track_id", "import_files", ["track_id"], unique=False, schema="api")
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("track_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'refused') = (problem IS NOT NULL)", name=op.f("ck_uploads_refused_with_problem")),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name=op.f("ck_uploads_refused_with_reason")),
        sa.CheckConstraint(
            "(state IN ('ready', 'refused')) = (ended_at IS NOT NULL)", name=op.f("ck_uploads_ended_with_time")
        ),
        sa.CheckConstraint("state IN ('receiving', 'refused') OR received = size", name=op.f("ck_uploads_whole")),
        sa.CheckConstraint(
            "state IN ('receiving', 'waiting', 'checking', 'copying', 'ready', 'refused')",
            name=op.f("ck_uploads_state"),
        ),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_uploads_received")),
        sa.ForeignKeyConstraint(
            ["track_id"], ["api.tracks.id"], name=op.f("fk_uploads_track_id_tracks"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["api.users.id"], name=op.f("fk_uploads_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        schema="api",
    )
    op.create_index("ix_uploads_ended_at", "uploads", ["ended_at"], unique=False, schema="api")
    op.create_index(
        "ix_uploads_open", "uploads", ["expires_at"], unique=False, schema="api", postgresql_where="state = 'receiving'"
    )
    op.create_index("ix_uploads_track_id", "uploads", ["track_id"], unique=False, schema="api")
    op.create_index("ix_uploads_user_id", "uploads", ["user_id", "created_at"], unique=False, schema="api")
    op.create_index(
        "uq_tracks_content",
        "tracks",
        ["content_sha256"],
        unique=True,
        schema="api",
        postgresql_where="source IN ('upload', 'import') AND state IN ('waiting', 'ready') AND deleted_at IS NULL",
    )


def downgrade() -> None:
    op.drop_index(
        "uq_tracks_content",
        table_name="tracks",
        schema="api",
        postgresql_where="source IN ('upload', 'import') AND state IN ('waiting', 'ready') AND deleted_at IS NULL",
    )
    op.drop_index("ix_uploads_user_id", table_name="uploads", schema="api")
    op.drop_index("ix_uploads_track_id", table_name="uploads", schema="api")
    op.drop_index("ix_uploads_open", table_name="uploads", schema="api", postgresql_where="state = 'receiving'")
    op.drop_index("ix_uploads_ended_at", table_name="uploads", schema="api")
    op.drop_table("uploads", schema="api")
    op.drop_index("ix_import_files_track_id", table_name="import_files", schema="api")
    op.drop_index("ix_import_files_state", table_name="import_files", schema="api")
    op.drop_index("ix_import_files_seen", table_name="import_files", schema="api")
    op.drop_index("ix_import_files_same_as", table_name="import_files", schema="api")
    op.drop_table("import_files", schema="api")
    op.drop_index(
        "uq_import_runs_looking", table_name="import_runs", schema="api", postgresql_where="state = 'looking'"
    )
    op.drop_table("import_runs", schema="api")
    op.execute("DELETE FROM api.tracks WHERE source = 'import'")
    _sources("'folder', 'starter', 'upload'")


def _sources(known: str) -> None:
    name = op.f("ck_tracks_source")
    op.drop_constraint(name, "tracks", schema="api")
    op.create_check_constraint(name, "tracks", f"source IN ({known})", schema="api")
