"""Migration 0004: ends by batch."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("holding", schema=None) as batch_op:
        batch_op.create_index(
            "ix_holding_ended",
            ["treatment_id"],
            unique=False,
            sqlite_where=sa.text("kind = 'fate'"),
            postgresql_where=sa.text("kind = 'fate'"),
            postgresql_include=["stream", "part", "grams"],
        )


def downgrade() -> None:
    with op.batch_alter_table("holding", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_holding_ended",
            sqlite_where=sa.text("kind = 'fate'"),
            postgresql_where=sa.text("kind = 'fate'"),
            postgresql_include=["stream", "part", "grams"],
        )
