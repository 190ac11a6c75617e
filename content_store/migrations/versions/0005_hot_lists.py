"""the best rank that a topic ever had on a hot list"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hottopic", sa.Column("best_rank", sa.Integer(), nullable=True))
    op.execute("UPDATE hottopic SET best_rank = rank")
    with op.batch_alter_table("hottopic") as table:
        table.alter_column("best_rank", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("hottopic") as table:
        table.drop_column("best_rank")
