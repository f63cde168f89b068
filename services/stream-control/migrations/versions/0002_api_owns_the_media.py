"""api owns the media"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("programme_files", schema="stream_control")


def downgrade() -> None:
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
