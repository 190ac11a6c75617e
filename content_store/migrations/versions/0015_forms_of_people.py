"""the form of an article as a person said it, beside what the tagger takes it for"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # added one by one: an article table that is made anew would lose its triggers
    op.add_column("article", sa.Column("tagger_kind", sa.String(10), nullable=False, server_default=""))
    op.add_column("article", sa.Column("kind_by", sa.Integer(), nullable=True))
    op.execute("UPDATE article SET tagger_kind = kind")


def downgrade() -> None:
    op.execute("UPDATE article SET kind = tagger_kind")
    op.drop_column("article", "kind_by")
    op.drop_column("article", "tagger_kind")
