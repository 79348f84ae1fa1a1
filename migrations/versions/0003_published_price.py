"""Migration 0003: published price."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("permit_term", schema=None) as batch_op:
        batch_op.add_column(sa.Column("price_fen", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("permit_term", schema=None) as batch_op:
        batch_op.drop_column("price_fen")
