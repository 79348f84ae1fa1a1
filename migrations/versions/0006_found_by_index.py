"""Migration 0006: found by index."""

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REMARKABLE = text("findings > 0 OR kind = 'reverse'")
RETURNED = text("part = 'returned'")
DRIVEN = text("began_at IS NOT NULL")
GAINED = text("source = 'gain'")
# SQLite turns the first round before it looks for an index, and never found this one.
OVERDRAWN_BEFORE, OVERDRAWN = text("used_g + reserved_g > limit_g"), text("limit_g < used_g + reserved_g")


def _index(table: str, name: str, columns: list[str], where: object = None) -> None:
    op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.drop_index("ix_quota_overdrawn", "quota")
    _index("quota", "ix_quota_overdrawn", ["starts"], OVERDRAWN)
    op.drop_index("ix_leg_driven", "leg")
    _index("leg", "ix_leg_vehicle_id", ["vehicle_id", "ended_at", "began_at", "manifest_id"])
    op.drop_index("ix_flow_gained", "flow")
    _index("holding", "ix_holding_returned", ["site_id"], RETURNED)
    op.drop_index("ix_event_remarkable", "event")
    _index("event", "ix_event_remarkable", ["subject", "key", "at"], REMARKABLE)


def downgrade() -> None:
    op.drop_index("ix_event_remarkable", "event")
    _index("event", "ix_event_remarkable", ["subject", "key"], REMARKABLE)
    op.drop_index("ix_holding_returned", "holding")
    _index("flow", "ix_flow_gained", ["to_id"], GAINED)
    op.drop_index("ix_leg_vehicle_id", "leg")
    _index("leg", "ix_leg_driven", ["vehicle_id", "ended_at"], DRIVEN)
    op.drop_index("ix_quota_overdrawn", "quota")
    _index("quota", "ix_quota_overdrawn", ["starts"], OVERDRAWN_BEFORE)
