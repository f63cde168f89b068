"""edits of the library"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "library_edits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("wish", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tracks", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["undoes"],
            ["api.library_edits.id"],
            name=op.f("fk_library_edits_undoes_library_edits"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["api.users.id"], name=op.f("fk_library_edits_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_edits")),
        schema="api",
    )
    op.create_index("ix_library_edits_at", "library_edits", ["at", "id"], unique=False, schema="api")
    op.execute("UPDATE api.tracks SET deleted_at = checked_at WHERE state = 'removed' AND deleted_at IS NULL")
    op.create_check_constraint(
        op.f("ck_tracks_removed_with_time"), "tracks", "state <> 'removed' OR deleted_at IS NOT NULL", schema="api"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_tracks_removed_with_time"), "tracks", schema="api")
    op.drop_index("ix_library_edits_at", table_name="library_edits", schema="api")
    op.drop_table("library_edits", schema="api")
