"""how often a source brings something new, and whether it is watched by that"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("source", sa.Column("adaptive", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("source", sa.Column("news", _JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("source") as table:
        table.alter_column("adaptive", existing_type=sa.Boolean(), server_default=None)
        table.alter_column("news", existing_type=_JSON, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("source") as table:
        table.drop_column("news")
        table.drop_column("adaptive")
