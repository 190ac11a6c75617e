"""the files that an article links to; the search index merges its parts in fewer and larger steps"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# https://www.sqlite.org/fts5.html#the_automerge_configuration_option; 4 is what SQLite begins with
_MERGE = "INSERT INTO article_search(article_search, rank) VALUES ('automerge', {})"


def upgrade() -> None:
    # may be empty: an article table that is made anew would lose its triggers
    op.add_column("article", sa.Column("attachments", _JSON, nullable=True))
    _merge_at(16)


def downgrade() -> None:
    _merge_at(4)
    op.drop_column("article", "attachments")


def _merge_at(parts: int) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_MERGE.format(parts))
