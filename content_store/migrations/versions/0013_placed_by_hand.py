"""where a person put an article: into a cluster, or out of one"""

import sqlalchemy as sa
from alembic import op

import content_store.database

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # added one by one: an article table that is made anew would lose its triggers
    op.add_column("article", sa.Column("placed_at", content_store.database.UTCDateTime(timezone=True), nullable=True))
    op.add_column("article", sa.Column("parted_from", sa.Integer(), nullable=True))
    op.create_index("ix_article_parted_from", "article", ["parted_from"])


def downgrade() -> None:
    op.drop_index("ix_article_parted_from", "article")
    op.drop_column("article", "parted_from")
    op.drop_column("article", "placed_at")
