"""live: shows, livestream tokens, bookings, sessions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["api.users.id"], name=op.f("fk_shows_owner_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows")),
        sa.UniqueConstraint("name", name=op.f("uq_shows_name")),
        schema="api",
    )
    op.create_index(op.f("ix_api_shows_owner_id"), "shows", ["owner_id"], unique=False, schema="api")
    op.create_table(
        "live_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=True),
        sa.Column("max_streaming_seconds", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_because", sa.Text(), nullable=True),
        sa.CheckConstraint("max_streaming_seconds > 0", name=op.f("ck_live_tokens_limit")),
        sa.CheckConstraint(
            "(refused_at IS NULL) = (refused_because IS NULL)", name=op.f("ck_live_tokens_refusal_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["show_id"], ["api.shows.id"], name=op.f("fk_live_tokens_show_id_shows"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["api.users.id"], name=op.f("fk_live_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_tokens")),
        schema="api",
    )
    op.create_index("ix_live_tokens_created_at", "live_tokens", ["created_at"], unique=False, schema="api")
    op.create_index(op.f("ix_api_live_tokens_user_id"), "live_tokens", ["user_id"], unique=False, schema="api")
    op.create_table(
        "live_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("show_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_live_slots_order")),
        postgresql.ExcludeConstraint(
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"), name="ex_live_slots_overlap", using="gist"
        ),
        sa.ForeignKeyConstraint(
            ["show_id"], ["api.shows.id"], name=op.f("fk_live_slots_show_id_shows"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["api.users.id"], name=op.f("fk_live_slots_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_slots")),
        schema="api",
    )
    op.create_index(op.f("ix_api_live_slots_user_id"), "live_slots", ["user_id"], unique=False, schema="api")
    op.create_table(
        "live_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("show_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_told", sa.Boolean(), nullable=False),
        sa.Column("warned_seconds", sa.Integer(), nullable=True),
        sa.Column("cut_because", sa.Text(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("artist", sa.String(), nullable=True),
        sa.Column("heard_seconds", sa.Double(), nullable=False),
        sa.Column("heard_in_all", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_live_sessions_ended_with_reason")
        ),
        sa.CheckConstraint("heard_seconds >= 0", name=op.f("ck_live_sessions_heard")),
        sa.ForeignKeyConstraint(
            ["show_id"], ["api.shows.id"], name=op.f("fk_live_sessions_show_id_shows"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api.live_tokens.id"],
            name=op.f("fk_live_sessions_token_id_live_tokens"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["api.users.id"], name=op.f("fk_live_sessions_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_sessions")),
        schema="api",
    )
    op.create_index("ix_live_sessions_user_id", "live_sessions", ["user_id", "granted_at"], unique=False, schema="api")
    op.create_index(
        "uq_live_sessions_open",
        "live_sessions",
        [sa.text("(ended_at IS NULL)")],
        unique=True,
        schema="api",
        postgresql_where="ended_at IS NULL",
    )


def downgrade() -> None:
    op.drop_table("live_sessions", schema="api")
    op.drop_table("live_slots", schema="api")
    op.drop_table("live_tokens", schema="api")
    op.drop_table("shows", schema="api")
