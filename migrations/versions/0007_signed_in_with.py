"""Migration 0007: what somebody signed in with."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.add_column(sa.Column("client", sa.String(length=60), nullable=True))
    token = sa.table("api_token", sa.column("name"), sa.column("client"))
    op.execute(token.update().where(token.c.name == "login").values(client=""))


def downgrade() -> None:
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_column("client")
