"""call-backs are taken once, accounts that one of them cast doubt on are asked about, and a clock that is off is told of"""

import sqlalchemy as sa
from alembic import op

import content_store.database

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = content_store.database.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "seencallback",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_seencallback_seen_at", "seencallback", ["seen_at"])
    op.create_table(
        "clocknotice",
        sa.Column("machine", sa.String(length=60), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("told_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("machine", "platform"),
    )
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("doubted_at", _MOMENT, nullable=True))


def downgrade() -> None:
    # not in batch mode: SQLite would make the table anew, while other tables point at it
    op.drop_column("account", "doubted_at")
    op.drop_table("clocknotice")
    op.drop_table("seencallback")
