"""shows: host, podcast, artwork, weekly times; titles of live sessions"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WEEKDAYS = "weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')"


def upgrade() -> None:
    for column in (
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("explicit", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("artwork", sa.String(), nullable=True),
        sa.Column("artwork_pixels", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    ):
        op.add_column("shows", column, schema="api")
    op.create_check_constraint(
        op.f("ck_shows_artwork_with_size"), "shows", "(artwork IS NULL) = (artwork_pixels IS NULL)", schema="api"
    )
    op.create_unique_constraint("uq_shows_id_name", "shows", ["id", "name"], schema="api")
    op.create_table(
        "show_times",
        sa.Column("show_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Text(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(WEEKDAYS, name=op.f("ck_show_times_weekday")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_show_times_minutes")),
        sa.ForeignKeyConstraint(
            ["show_id"], ["api.shows.id"], name=op.f("fk_show_times_show_id_shows"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("show_id", "weekday", "starts", name=op.f("pk_show_times")),
        schema="api",
    )
    op.create_table(
        "live_titles",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("artist", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["api.live_sessions.id"],
            name=op.f("fk_live_titles_session_id_live_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "at", name=op.f("pk_live_titles")),
        schema="api",
    )


def downgrade() -> None:
    op.drop_table("live_titles", schema="api")
    op.drop_table("show_times", schema="api")
    op.drop_constraint("uq_shows_id_name", "shows", schema="api", type_="unique")
    op.drop_constraint(op.f("ck_shows_artwork_with_size"), "shows", schema="api", type_="check")
    for name in ("changed_at", "artwork_pixels", "artwork", "explicit", "category", "language", "host"):
        op.drop_column("shows", name, schema="api")
