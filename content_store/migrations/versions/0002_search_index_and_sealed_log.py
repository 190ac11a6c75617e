"""the full-text index over articles, and a log that cannot be rewritten"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE VIRTUAL TABLE article_search USING fts5(
        search_text, content='article', content_rowid='id', tokenize="unicode61 remove_diacritics 0")""",
    """CREATE TRIGGER article_search_added AFTER INSERT ON article BEGIN
        INSERT INTO article_search(rowid, search_text) VALUES (new.id, new.search_text); END""",
    """CREATE TRIGGER article_search_removed AFTER DELETE ON article BEGIN
        INSERT INTO article_search(article_search, rowid, search_text) VALUES ('delete', old.id, old.search_text); END""",
    """CREATE TRIGGER article_search_changed AFTER UPDATE OF search_text ON article BEGIN
        INSERT INTO article_search(article_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
        INSERT INTO article_search(rowid, search_text) VALUES (new.id, new.search_text); END""",
    """CREATE TRIGGER logentry_kept BEFORE UPDATE ON logentry BEGIN
        SELECT RAISE(ABORT, 'the log is append-only'); END""",
    """CREATE TRIGGER logentry_not_deleted BEFORE DELETE ON logentry BEGIN
        SELECT RAISE(ABORT, 'the log is append-only'); END""",
    """CREATE TRIGGER reading_kept BEFORE UPDATE ON reading BEGIN
        SELECT RAISE(ABORT, 'readings are never overwritten'); END""",
)
POSTGRESQL = (
    "CREATE INDEX article_search ON article USING gin (to_tsvector('simple', search_text))",
    """CREATE FUNCTION kepu_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$""",
    """CREATE TRIGGER logentry_kept BEFORE UPDATE OR DELETE ON logentry
        FOR EACH ROW EXECUTE FUNCTION kepu_append_only()""",
    "CREATE TRIGGER reading_kept BEFORE UPDATE ON reading FOR EACH ROW EXECUTE FUNCTION kepu_append_only()",
)
SQLITE_DOWN = (
    "DROP TRIGGER reading_kept",
    "DROP TRIGGER logentry_not_deleted",
    "DROP TRIGGER logentry_kept",
    "DROP TRIGGER article_search_changed",
    "DROP TRIGGER article_search_removed",
    "DROP TRIGGER article_search_added",
    "DROP TABLE article_search",
)
POSTGRESQL_DOWN = (
    "DROP TRIGGER reading_kept ON reading",
    "DROP TRIGGER logentry_kept ON logentry",
    "DROP FUNCTION kepu_append_only()",
    "DROP INDEX article_search",
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    for statement in SQLITE_DOWN if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_DOWN:
        op.execute(statement)
