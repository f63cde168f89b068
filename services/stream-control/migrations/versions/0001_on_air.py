"""on air"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "as_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("artist", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("heard_seconds", sa.Double(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name=op.f("ck_as_run_ended_with_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_as_run")),
        schema="stream_control",
    )
    op.create_index("ix_as_run_started_at", "as_run", ["started_at"], unique=False, schema="stream_control")
    op.create_index(
        "uq_as_run_open_tier",
        "as_run",
        ["tier"],
        unique=True,
        schema="stream_control",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "facts",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("fact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_facts")),
        schema="stream_control",
    )
    op.create_table(
        "journal_position",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_journal_position_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_position")),
        schema="stream_control",
    )
    op.create_table(
        "pauses",
        sa.Column("playlist", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("playlist IN ('user', 'fallback')", name=op.f("ck_pauses_playlist")),
        sa.PrimaryKeyConstraint("playlist", name=op.f("pk_pauses")),
        schema="stream_control",
    )
    op.create_table(
        "programme_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("artist", sa.String(), nullable=True),
        sa.Column("length_seconds", sa.Double(), nullable=True),
        sa.Column("loudness_lufs", sa.Double(), nullable=True),
        sa.Column("artwork", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'refused') = (problem IS NOT NULL)", name=op.f("ck_programme_files_refused_with_problem")
        ),
        sa.CheckConstraint("folder IN ('fallback', 'starter')", name=op.f("ck_programme_files_folder")),
        sa.CheckConstraint("state IN ('ready', 'refused', 'gone')", name=op.f("ck_programme_files_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_files")),
        sa.UniqueConstraint("folder", "path", "size", "changed_ns", name=op.f("uq_programme_files_folder")),
        schema="stream_control",
    )
    op.create_table(
        "set_aside",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
        schema="stream_control",
    )


def downgrade() -> None:
    op.drop_table("set_aside", schema="stream_control")
    op.drop_table("programme_files", schema="stream_control")
    op.drop_table("pauses", schema="stream_control")
    op.drop_table("journal_position", schema="stream_control")
    op.drop_table("facts", schema="stream_control")
    op.drop_index(
        "uq_as_run_open_tier",
        table_name="as_run",
        schema="stream_control",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_as_run_started_at", table_name="as_run", schema="stream_control")
    op.drop_table("as_run", schema="stream_control")
