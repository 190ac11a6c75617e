"""the form that a person gave an article, with the tagger's own beside it"""

import sqlalchemy as sa
from alembic import op

import content_store.database

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kindbyperson",
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("tagger_kind", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("set_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_index("ix_kindbyperson_user_id", "kindbyperson", ["user_id"])


def downgrade() -> None:
    # an older tagger knows nothing of a person's word: its own answer stands again
    op.execute(
        "UPDATE article SET kind = (SELECT tagger_kind FROM kindbyperson WHERE article_id = article.id)"
        " WHERE id IN (SELECT article_id FROM kindbyperson)"
    )
    op.drop_table("kindbyperson")
