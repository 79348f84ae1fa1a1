"""Migration 0008: which producers have had a waste."""

from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MADE = text("part IN ('yard', 'lot')")


def upgrade() -> None:
    columns = ["site_id", "stream", "waste_code"]
    op.create_index("ix_holding_made_at", "holding", columns, sqlite_where=MADE, postgresql_where=MADE)


def downgrade() -> None:
    op.drop_index("ix_holding_made_at", "holding")
