"""the next delivery is read from an index, however many wait; how often each interface was asked"""

import sqlalchemy as sa
from alembic import op

import content_store.database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORKED_ON = "('queued', 'withdrawing', 'unknown', 'accepted', 'handed_over')"
FILL = (
    "UPDATE delivery SET ready_at = CASE"
    f" WHEN state IN {WORKED_ON} AND (next_try_at IS NULL OR next_try_at < due_at) THEN due_at"
    f" WHEN state IN {WORKED_ON} OR (state = 'live' AND next_try_at >= due_at) THEN next_try_at"
    " WHEN state = 'live' AND next_try_at IS NOT NULL THEN due_at"
    " ELSE NULL END"
)


def upgrade() -> None:
    op.add_column("delivery", sa.Column("ready_at", content_store.database.UTCDateTime(timezone=True), nullable=True))
    op.execute(FILL)
    op.drop_index("ix_delivery_due", table_name="delivery")
    op.create_index("ix_delivery_ready", "delivery", ["lane", "ready_at"])
    op.create_index(op.f("ix_delivery_lease_until"), "delivery", ["lease_until"])
    op.create_table(
        "quotause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("interface", sa.String(length=60), nullable=False),
        sa.Column("span", sa.String(length=8), nullable=False),
        sa.Column("begins_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "interface", "span", "begins_at", name="uq_quota_use"),
    )
    op.create_index(op.f("ix_quotause_account_id"), "quotause", ["account_id"])


def downgrade() -> None:
    op.drop_table("quotause")
    op.drop_index(op.f("ix_delivery_lease_until"), table_name="delivery")
    op.drop_index("ix_delivery_ready", table_name="delivery")
    op.create_index("ix_delivery_due", "delivery", ["state", "lane", "due_at"])
    op.drop_column("delivery", "ready_at")
