"""How far the analysis of each track is, and which ones sound alike."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "similar_tracks",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("offset_seconds", sa.Double(), nullable=False),
        sa.Column("overlap_seconds", sa.Double(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_similar_tracks_confidence")),
        sa.CheckConstraint(
            "dismissed_at IS NOT NULL OR dismissed_by IS NULL", name=op.f("ck_similar_tracks_dismissed")
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_similar_tracks_once")),
        sa.ForeignKeyConstraint(
            ["dismissed_by"], ["api.users.id"], name=op.f("fk_similar_tracks_dismissed_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["api.tracks.id"], name=op.f("fk_similar_tracks_first_id_tracks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["api.tracks.id"], name=op.f("fk_similar_tracks_second_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_similar_tracks")),
        schema="api",
    )
    op.create_index(
        "ix_similar_tracks_confidence",
        "similar_tracks",
        ["confidence", "first_id", "second_id"],
        unique=False,
        schema="api",
    )
    op.create_index("ix_similar_tracks_second_id", "similar_tracks", ["second_id"], unique=False, schema="api")
    op.create_table(
        "track_analyses",
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.SmallInteger(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_track_analyses_running_with_lease")
        ),
        sa.CheckConstraint(
            "state <> 'done' OR algorithm IS NOT NULL", name=op.f("ck_track_analyses_done_by_algorithm")
        ),
        sa.CheckConstraint(
            "state <> 'failed' OR problem IS NOT NULL", name=op.f("ck_track_analyses_failed_with_problem")
        ),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_track_analyses_state")),
        sa.ForeignKeyConstraint(
            ["track_id"], ["api.tracks.id"], name=op.f("fk_track_analyses_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", name=op.f("pk_track_analyses")),
        schema="api",
    )
    op.create_index("ix_track_analyses_state", "track_analyses", ["state", "finished_at"], unique=False, schema="api")
    op.create_index(
        "ix_track_analyses_next",
        "track_analyses",
        [sa.text("priority DESC"), "requested_at", "track_id"],
        unique=False,
        schema="api",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "track_marks",
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("marks", sa.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(
            ["track_id"], ["api.tracks.id"], name=op.f("fk_track_marks_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", name=op.f("pk_track_marks")),
        schema="api",
    )
    op.create_index(
        "ix_track_marks_marks", "track_marks", ["marks"], unique=False, schema="api", postgresql_using="gin"
    )
    op.create_index(
        "ix_tracks_undrawn",
        "tracks",
        ["created_at"],
        unique=False,
        schema="api",
        postgresql_where="state = 'ready' AND NOT waveform",
    )


def downgrade() -> None:
    op.drop_index("ix_tracks_undrawn", table_name="tracks", schema="api")
    op.drop_index("ix_track_marks_marks", table_name="track_marks", schema="api", postgresql_using="gin")
    op.drop_table("track_marks", schema="api")
    op.drop_index("ix_track_analyses_next", table_name="track_analyses", schema="api")
    op.drop_index("ix_track_analyses_state", table_name="track_analyses", schema="api")
    op.drop_table("track_analyses", schema="api")
    op.drop_index("ix_similar_tracks_second_id", table_name="similar_tracks", schema="api")
    op.drop_index("ix_similar_tracks_confidence", table_name="similar_tracks", schema="api")
    op.drop_table("similar_tracks", schema="api")
