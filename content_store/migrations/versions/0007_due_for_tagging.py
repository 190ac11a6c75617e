"""articles due for tagging are found without reading every article"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_article_due_for_tagging", "article", ["tagger_version", "collected_at"])


def downgrade() -> None:
    op.drop_index("ix_article_due_for_tagging", table_name="article")
