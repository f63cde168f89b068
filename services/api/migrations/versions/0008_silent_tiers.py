"""silent_tiers: which tiers send silence now"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "silent_tiers",
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tier", name=op.f("pk_silent_tiers")),
        schema="api",
    )


def downgrade() -> None:
    op.drop_table("silent_tiers", schema="api")
