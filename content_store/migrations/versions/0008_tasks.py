"""what people must do on platforms: take down, correct; with the proof that it was done"""

import sqlalchemy as sa
from alembic import op

from content_store.database import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("opened_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("done_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("proof_url", sa.Text(), nullable=False),
        sa.Column("proof_note", sa.Text(), nullable=False),
        sa.Column("proof_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["done_by"], ["user.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["proof_sha256"], ["media.sha256"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_task_delivery_id", "task", ["delivery_id"])
    op.create_index("ix_task_done_at", "task", ["done_at"])
    op.create_index(
        "uq_task_open",
        "task",
        ["delivery_id", "kind"],
        unique=True,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("task")
