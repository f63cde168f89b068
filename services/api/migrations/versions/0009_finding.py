"""finding: a narrow, folded index of the tracks that keeps itself"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDEXED = (
    "track_id", "deleted", "archived", "missing", "problem", "airable", "requestable", "created_at", "airs", "kind",
    "state", "codes", "is_canadian", "last_aired_at", "valid_from", "valid_until", "kill_date", "year",
    "length_seconds", "tempo_bpm", "energy", "created_by", "genre", "mood", "language", "tags", "sort_artist",
    "letters", "words",
)  # fmt: skip
_SOURCES = (
    "state", "problem", "kind", "title", "artist", "album", "year", "genre", "mood", "language", "tags", "composer",
    "publisher", "label", "isrc", "iswc", "upc", "is_canadian", "valid_from", "valid_until", "kill_date",
    "length_seconds", "tempo_bpm", "energy", "requestable", "scan_status", "created_at", "created_by", "deleted_at",
    "missing_since", "archived_at", "last_aired_at", "airs",
)  # fmt: skip
_FUNCTIONS = (
    # Letters as they are compared: without case, accents and ligatures, whatever the language.
    r"""
    CREATE FUNCTION api.folded(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT lower(extensions.unaccent('extensions.unaccent',
            regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]+', '', 'g')))
    $$""",
    # The words of a text with single spaces between them. An apostrophe parts no word.
    r"""
    CREATE FUNCTION api.bare_words(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT btrim(regexp_replace(replace(api.folded(said), '''', ''), '[^[:alnum:]]+', ' ', 'g'))
    $$""",
    r"""
    CREATE FUNCTION api.weighed(said text, weight "char") RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT setweight(to_tsvector('pg_catalog.simple', coalesce(api.bare_words(said), '')), weight)
    $$""",
    # All the words that were asked for; the last one may still be being typed.
    r"""
    CREATE FUNCTION api.asked_words(said text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT to_tsquery('pg_catalog.simple', coalesce(string_agg(
            word || CASE WHEN place = words AND length(word) > 2 THEN ':*' ELSE '' END, ' & ' ORDER BY place), ''))
        FROM (
            SELECT word, place, count(*) OVER () AS words
            FROM regexp_split_to_table(api.bare_words(said), ' ') WITH ORDINALITY AS split (word, place)
            WHERE word <> ''
        ) AS asked
    $$""",
    # What tracks count for.
    """
    CREATE FUNCTION api.facets_of(ids uuid[]) RETURNS TABLE (track_id uuid, facet text, value text)
    LANGUAGE sql STABLE AS $$
        SELECT id, has.facet, has.value FROM api.tracks, LATERAL (
            VALUES ('kind', kind), ('state', state), ('genre', genre), ('mood', mood), ('language', language),
                ('decade', (year / 10 * 10)::text)
            UNION ALL SELECT 'tag', unnest(tags)
            UNION ALL SELECT 'category', category_id::text FROM api.track_categories WHERE track_id = tracks.id
        ) AS has (facet, value) WHERE id = ANY (ids) AND has.value IS NOT NULL
    $$""",
    # Subqueries, not joins: a plan that was made for one track has to be good for ten thousand.
    """
    CREATE FUNCTION api.index_tracks(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO api.facet_values (facet, value)
        SELECT DISTINCT facet, value FROM api.facets_of(ids) AS has
        WHERE NOT EXISTS (
            SELECT FROM api.facet_values AS known WHERE (known.facet, known.value) = (has.facet, has.value)
        )
        ORDER BY facet, value
        ON CONFLICT DO NOTHING;
        INSERT INTO api.track_index (COLUMNS)
        SELECT
            id, deleted_at IS NOT NULL, archived_at IS NOT NULL, missing_since IS NOT NULL,
            problem IS NOT NULL OR scan_status = 'infected', plays, plays AND requestable,
            created_at, airs, kind, state,
            (SELECT string_agg(int4send(code), '') FROM api.facets_of(ARRAY[id]) AS has CROSS JOIN LATERAL (
                SELECT code FROM api.facet_values AS known WHERE (known.facet, known.value) = (has.facet, has.value)
            ) AS numbered),
            is_canadian, last_aired_at, valid_from, valid_until, kill_date, year,
            length_seconds, tempo_bpm, energy, created_by, genre, mood, language, tags,
            left(coalesce(api.folded(artist), ''), 80), left(api.folded(concat_ws(' ', title, artist, album)), 400),
            api.weighed(title, 'A') || api.weighed(artist, 'B') || api.weighed(album, 'C')
                || api.weighed(concat_ws(' ', composer, publisher, label, isrc, iswc, upc), 'D')
        FROM api.tracks
        CROSS JOIN LATERAL (
            SELECT state = 'ready' AND deleted_at IS NULL AND archived_at IS NULL AND scan_status <> 'infected'
        ) AS now (plays)
        WHERE id = ANY (ids)
        ON CONFLICT (track_id) DO UPDATE SET (COLUMNS) = (EXCLUDES);
    END $$""".replace("COLUMNS", ", ".join(_INDEXED)).replace("EXCLUDES", ", ".join(f"excluded.{n}" for n in _INDEXED)),
    """
    CREATE FUNCTION api.index_new_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM api.index_tracks(ARRAY(SELECT id FROM now));
        RETURN NULL;
    END $$""",
    # Most changes are none to finding: a version, what analysis measured.
    """
    CREATE FUNCTION api.index_changed_tracks() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        ids uuid[] := ARRAY(
            SELECT id FROM (SELECT id, SOURCES FROM now EXCEPT SELECT id, SOURCES FROM was) AS differing
        );
    BEGIN
        IF cardinality(ids) > 0 THEN
            PERFORM api.index_tracks(ids);
        END IF;
        RETURN NULL;
    END $$""".replace("SOURCES", ", ".join(_SOURCES)),
    """
    CREATE FUNCTION api.index_categories() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM api.index_tracks(ARRAY(SELECT DISTINCT track_id FROM now));
        RETURN NULL;
    END $$""",
)
_TRIGGERS = (
    """
    CREATE TRIGGER new_tracks_are_indexed AFTER INSERT ON api.tracks
    REFERENCING NEW TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION api.index_new_tracks()""",
    """
    CREATE TRIGGER changed_tracks_are_indexed AFTER UPDATE ON api.tracks
    REFERENCING NEW TABLE AS now OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION api.index_changed_tracks()""",
    """
    CREATE TRIGGER new_categories_are_indexed AFTER INSERT ON api.track_categories
    REFERENCING NEW TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION api.index_categories()""",
    """
    CREATE TRIGGER old_categories_are_indexed AFTER DELETE ON api.track_categories
    REFERENCING OLD TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION api.index_categories()""",
)


def upgrade() -> None:
    op.create_table(
        "facet_values",
        sa.Column("code", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_facet_values")),
        sa.UniqueConstraint("facet", "value", name=op.f("uq_facet_values_facet")),
        schema="api",
    )
    op.create_table(
        "track_index",
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Boolean(), nullable=False),
        sa.Column("airable", sa.Boolean(), nullable=False),
        sa.Column("requestable", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("airs", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("codes", sa.LargeBinary(), nullable=False),
        sa.Column("is_canadian", sa.Boolean(), nullable=True),
        sa.Column("last_aired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kill_date", sa.Date(), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("length_seconds", sa.Double(), nullable=True),
        sa.Column("tempo_bpm", sa.Double(), nullable=True),
        sa.Column("energy", sa.Double(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("genre", sa.String(), nullable=True),
        sa.Column("mood", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sort_artist", sa.String(), nullable=False),
        sa.Column("letters", sa.String(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["track_id"], ["api.tracks.id"], name=op.f("fk_track_index_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", name=op.f("pk_track_index")),
        schema="api",
    )
    op.create_index("ix_track_index_artist", "track_index", ["sort_artist", "track_id"], unique=False, schema="api")
    op.create_index("ix_track_index_created_at", "track_index", ["created_at", "track_id"], unique=False, schema="api")
    op.create_index(
        "ix_track_index_letters",
        "track_index",
        ["letters"],
        unique=False,
        schema="api",
        postgresql_using="gin",
        postgresql_ops={"letters": "extensions.gin_trgm_ops"},
    )
    op.create_index("ix_track_index_title", "track_index", ["letters", "track_id"], unique=False, schema="api")
    for name in ("kind", "genre", "mood", "language", "year"):
        op.create_index(f"ix_track_index_{name}", "track_index", [name], unique=False, schema="api")
    op.create_index("ix_track_index_tags", "track_index", ["tags"], unique=False, schema="api", postgresql_using="gin")
    op.create_index(
        "ix_track_index_words", "track_index", ["words"], unique=False, schema="api", postgresql_using="gin"
    )

    # Room for a track's next state beside it: most changes touch no index.
    op.execute("ALTER TABLE api.track_index SET (fillfactor = 85)")
    for statement in _FUNCTIONS:
        op.execute(statement)
    op.execute("SELECT api.index_tracks(ARRAY(SELECT id FROM api.tracks))")
    for statement in _TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    for name in ("new_tracks_are_indexed", "changed_tracks_are_indexed"):
        op.execute(f"DROP TRIGGER {name} ON api.tracks")
    for name in ("new_categories_are_indexed", "old_categories_are_indexed"):
        op.execute(f"DROP TRIGGER {name} ON api.track_categories")
    for name in ("index_categories()", "index_changed_tracks()", "index_new_tracks()", "index_tracks(uuid[])"):
        op.execute(f"DROP FUNCTION api.{name}")
    for name in ("facets_of(uuid[])", "asked_words(text)", 'weighed(text, "char")', "bare_words(text)", "folded(text)"):
        op.execute(f"DROP FUNCTION api.{name}")
    op.drop_table("track_index", schema="api")
    op.drop_table("facet_values", schema="api")
