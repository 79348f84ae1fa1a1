<%
def body(operations):
    lines = [line for line in operations.splitlines() if "###" not in line]
    return "\n".join(lines).strip() or "pass"
%>\
"""Migration ${up_revision}: ${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = "${up_revision}"
down_revision = ${'"%s"' % down_revision if down_revision else None}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${body(upgrades)}


def downgrade() -> None:
    ${body(downgrades)}
