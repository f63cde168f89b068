"""airchecks and how long they are kept"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SEARCHED = (
    "setweight(to_tsvector('simple', title), 'A') || "
    "setweight(to_tsvector('simple', coalesce(show_name, '') || ' ' || coalesce(host, '')), 'B') || "
    "setweight(to_tsvector('simple', coalesce(notes, '')), 'C') || "
    "setweight(jsonb_to_tsvector('simple', chapters, '[\"string\"]'), 'D')"
)
CHECKS = {
    "state": "state IN ('finishing', 'ready', 'discarded', 'failed')",
    "with_problem": "state NOT IN ('discarded', 'failed') OR problem IS NOT NULL",
    "ready_with_copy": (
        "state <> 'ready' OR (copy IS NOT NULL AND copy_bytes IS NOT NULL AND length_seconds IS NOT NULL)"
    ),
    "order": "began_at <= ended_at",
    "deleted_with_reason": "(deleted_at IS NULL) = (deleted_because IS NULL)",
    "published_is_there": "published_at IS NULL OR (state = 'ready' AND deleted_at IS NULL)",
    "published_once": "published_at IS NULL OR first_published_at IS NOT NULL",
}


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "airchecks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("show_id", sa.Uuid(), nullable=True),
        sa.Column("show_name", sa.String(), nullable=True),
        sa.Column("streamer_id", sa.Uuid(), nullable=True),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=False),
        sa.Column("length_seconds", sa.Double(), nullable=True),
        sa.Column("loudness_lufs", sa.Double(), nullable=True),
        sa.Column("gaps", json, nullable=False),
        sa.Column("chapters", json, nullable=False),
        sa.Column("original_bytes", sa.BigInteger(), nullable=True),
        sa.Column("copy", sa.String(), nullable=True),
        sa.Column("copy_bytes", sa.BigInteger(), nullable=True),
        sa.Column("tags", json, nullable=True),
        sa.Column("published_at", moment, nullable=True),
        sa.Column("first_published_at", moment, nullable=True),
        sa.Column("season", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("explicit", sa.Boolean(), nullable=True),
        sa.Column("deleted_at", moment, nullable=True),
        sa.Column("deleted_because", sa.Text(), nullable=True),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), sa.Computed(SEARCHED, persisted=True), nullable=False),
        *(sa.CheckConstraint(check, name=op.f(f"ck_airchecks_{name}")) for name, check in CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["api.live_sessions.id"],
            name=op.f("fk_airchecks_session_id_live_sessions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["streamer_id"], ["api.users.id"], name=op.f("fk_airchecks_streamer_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["show_id", "show_name"],
            ["api.shows.id", "api.shows.name"],
            name="fk_airchecks_show",
            onupdate="CASCADE",
            ondelete="SET NULL (show_id)",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airchecks")),
        sa.UniqueConstraint("session_id", name=op.f("uq_airchecks_session_id")),
        schema="api",
    )
    op.create_index("ix_airchecks_began_at", "airchecks", ["began_at", "id"], schema="api")
    op.create_index("ix_airchecks_show_id", "airchecks", ["show_id", "began_at"], schema="api")
    op.create_index("ix_airchecks_streamer_id", "airchecks", ["streamer_id"], schema="api")
    op.create_index("ix_airchecks_search", "airchecks", ["search"], schema="api", postgresql_using="gin")
    op.create_table(
        "retention_policy",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unpublished_days", sa.Integer(), nullable=True),
        sa.Column("published_days", sa.Integer(), nullable=True),
        sa.Column("originals_days", sa.Integer(), nullable=True),
        sa.Column("keep_last", sa.Integer(), nullable=False),
        sa.Column("total_gb", sa.Double(), nullable=True),
        sa.Column("carried_out_on", sa.Date(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_retention_policy_one_row")),
        sa.CheckConstraint(
            "unpublished_days > 0 AND published_days > 0 AND originals_days > 0 AND keep_last >= 0 AND total_gb > 0",
            name=op.f("ck_retention_policy_sane"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_policy")),
        schema="api",
    )


def downgrade() -> None:
    op.drop_table("retention_policy", schema="api")
    op.drop_table("airchecks", schema="api")
