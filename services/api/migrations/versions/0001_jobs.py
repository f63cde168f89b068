"""jobs"""

from alembic import op
from kit import jobs

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    jobs.create_tables(op.get_bind())


def downgrade() -> None:
    op.execute("DROP SCHEMA api CASCADE")
