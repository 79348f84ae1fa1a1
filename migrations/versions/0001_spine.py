"""Migration 0001: spine."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_run")),
    )
    op.create_table(
        "disposition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disposition", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("subject", "key", "number", name=op.f("uq_event_subject_key_number")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_recorded_at", ["recorded_at"], unique=False)
        batch_op.create_index(
            "ix_event_remarkable",
            ["subject", "key"],
            unique=False,
            sqlite_where=sa.text("findings > 0 OR kind = 'reverse'"),
            postgresql_where=sa.text("findings > 0 OR kind = 'reverse'"),
        )

    op.create_table(
        "evidence",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_evidence")),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("anchor", sa.String(length=96), nullable=False),
        sa.Column("audit", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=160), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=24), nullable=False),
        sa.Column("from_street", sa.String(length=9), nullable=False),
        sa.Column("to_street", sa.String(length=9), nullable=False),
        sa.Column("stream", sa.String(length=32), nullable=False),
        sa.Column("waste_code", sa.String(length=32), nullable=False),
        sa.Column("manifest", sa.String(length=40), nullable=False),
        sa.Column("treatment", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index("ix_finding_anchor", ["anchor"], unique=False)
        batch_op.create_index("ix_finding_manifest", ["manifest"], unique=False)
        batch_op.create_index(
            "ix_finding_stands",
            ["rank", "rule", "key"],
            unique=False,
            sqlite_where=sa.text("gone_at IS NULL"),
            postgresql_where=sa.text("gone_at IS NULL"),
        )

    op.create_table(
        "login_failure",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_failure")),
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_failure_since"), ["since"], unique=False)

    op.create_table(
        "nudge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
        sa.UniqueConstraint(
            "source", "subject", "due_at", "step", name=op.f("uq_nudge_source_subject_due_at_step")
        ),
    )
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.create_index(
            "ix_nudge_live",
            ["source", "id"],
            unique=False,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("credit_code_reason", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organisation_credit_code")),
    )
    op.create_table(
        "package",
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_package")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("compiled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compiled_by", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=64), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("year", "version", name=op.f("uq_publication_year_version")),
    )
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal")),
        sa.UniqueConstraint("size", name=op.f("uq_seal_size")),
    )
    op.create_table(
        "seal_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "first", name=op.f("pk_seal_node")),
    )
    op.create_table(
        "series",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_series")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("licence_number", sa.String(length=60), nullable=False),
        sa.Column("licence_to", sa.Date(), nullable=True),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "authenticator",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_authenticator_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_authenticator")),
    )
    op.create_table(
        "choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("pace", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_choice_user_id")),
        sa.PrimaryKeyConstraint("user_id", "channel", "kind", name=op.f("pk_choice")),
    )
    op.create_table(
        "errand",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_errand_user_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_errand")),
    )
    with op.batch_alter_table("errand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_errand_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_errand_user_id"), ["user_id"], unique=False)

    op.create_table(
        "flow",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=True),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "(from_id IS NULL) = (source <> '')", name=op.f("ck_flow_source_where_from_nowhere")
        ),
        sa.CheckConstraint("from_id < to_id", name=op.f("ck_flow_acyclic")),
        sa.CheckConstraint("grams <> 0", name=op.f("ck_flow_moves_something")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_flow_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow")),
    )
    with op.batch_alter_table("flow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flow_event_id"), ["event_id"], unique=False)
        batch_op.create_index("ix_flow_from_id", ["from_id"], unique=False)
        batch_op.create_index(
            "ix_flow_gained",
            ["to_id"],
            unique=False,
            sqlite_where=sa.text("source = 'gain'"),
            postgresql_where=sa.text("source = 'gain'"),
        )
        batch_op.create_index(
            "ix_flow_generated",
            ["to_id"],
            unique=False,
            sqlite_where=sa.text("source = 'generation'"),
            postgresql_where=sa.text("source = 'generation'"),
            postgresql_include=["grams", "basis"],
        )
        batch_op.create_index("ix_flow_to_id", ["to_id"], unique=False)

    op.create_table(
        "mailbox",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mailbox_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("nudge_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["nudge_id"], ["nudge.id"], name=op.f("fk_message_nudge_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_message_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("user_id", "origin", name=op.f("uq_message_user_id_origin")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_listed", ["user_id", "at", "id"], unique=False)
        batch_op.create_index("ix_message_nudge_id", ["nudge_id"], unique=False)
        batch_op.create_index(
            "ix_message_unread",
            ["user_id"],
            unique=False,
            sqlite_where=sa.text("shown AND read_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("shown AND read_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_outbox_event_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outbox_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_unsent",
            ["id"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("credential", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_passkey_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_user_id"), ["user_id"], unique=False)

    op.create_table(
        "private",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_private_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_private")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_user_id"), ["user_id"], unique=False)

    op.create_table(
        "seal_leaf",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_seal_leaf_event_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_seal_leaf")),
        sa.UniqueConstraint("event_id", name=op.f("uq_seal_leaf_event_id")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("street", sa.String(length=9), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("lat_e6", sa.Integer(), nullable=True),
        sa.Column("lon_e6", sa.Integer(), nullable=True),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("storage", sa.String(length=12), nullable=False),
        sa.Column("beds", sa.Integer(), nullable=True),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_site_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("code", name=op.f("uq_site_code")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index("ix_site_kind_street", ["kind", "street"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "vehicle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plate", sa.String(length=12), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("streams", sa.String(length=200), nullable=False),
        sa.Column("licence_number", sa.String(length=60), nullable=False),
        sa.Column("licence_to", sa.Date(), nullable=False),
        sa.Column("dedicated", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_vehicle_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("plate", name=op.f("uq_vehicle_plate")),
    )
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicle_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=9), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("kinds", sa.String(length=100), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (region IS NULL)", name=op.f("ck_webhook_organisation_or_region")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_webhook_made_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_webhook_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("webhook_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("nudge_id", sa.BigInteger(), nullable=True),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(user_id IS NULL) <> (webhook_id IS NULL)", name=op.f("ck_delivery_person_or_webhook")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_message_id")),
        sa.ForeignKeyConstraint(["nudge_id"], ["nudge.id"], name=op.f("fk_delivery_nudge_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_delivery_user_id")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_delivery_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message_id", name=op.f("uq_delivery_message_id")),
        sa.UniqueConstraint("webhook_id", "origin", name=op.f("uq_delivery_webhook_id_origin")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_nudge_id", ["nudge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "ix_delivery_waiting",
            ["next_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index("ix_delivery_webhook_id", ["webhook_id", "made_at"], unique=False)

    op.create_table(
        "holding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("stream", sa.String(length=32), nullable=False),
        sa.Column("waste_code", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("manifest_id", sa.Uuid(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("treatment_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("held_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("grams >= 0", name=op.f("ck_holding_grams_not_negative")),
        sa.CheckConstraint("held_g BETWEEN 0 AND grams", name=op.f("ck_holding_held_within_grams")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_holding_event_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_holding_organisation_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_holding_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
    )
    with op.batch_alter_table("holding", schema=None) as batch_op:
        batch_op.create_index(
            "ix_holding_made",
            ["since"],
            unique=False,
            sqlite_where=sa.text("part IN ('yard', 'lot')"),
            postgresql_where=sa.text("part IN ('yard', 'lot')"),
        )
        batch_op.create_index("ix_holding_manifest_id", ["manifest_id", "line"], unique=False)
        batch_op.create_index(
            "ix_holding_open",
            ["site_id", "waste_code", "id"],
            unique=False,
            sqlite_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
            postgresql_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
        )
        batch_op.create_index(
            "ix_holding_open_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
            postgresql_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
        )
        batch_op.create_index(
            "ix_holding_open_since",
            ["since"],
            unique=False,
            sqlite_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
            postgresql_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
        )
        batch_op.create_index(
            "ix_holding_treatment_id",
            ["treatment_id"],
            unique=False,
            sqlite_where=sa.text("treatment_id IS NOT NULL"),
            postgresql_where=sa.text("treatment_id IS NOT NULL"),
        )

    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_incident_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index("ix_incident_site_id", ["site_id", "ended_at"], unique=False)

    op.create_table(
        "manifest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("national_number", sa.String(length=24), nullable=True),
        sa.Column("stream", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("consignor_id", sa.Integer(), nullable=False),
        sa.Column("consignee_id", sa.Integer(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trip_id", sa.Uuid(), nullable=True),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("at_gate", sa.Boolean(), nullable=False),
        sa.Column("back_legs", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=True),
        sa.Column("ticket", sa.JSON(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["consignee_id"], ["site.id"], name=op.f("fk_manifest_consignee_id")),
        sa.ForeignKeyConstraint(["consignor_id"], ["site.id"], name=op.f("fk_manifest_consignor_id")),
        sa.ForeignKeyConstraint(["turn_id"], ["organisation.id"], name=op.f("fk_manifest_turn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest")),
        sa.UniqueConstraint("number", name=op.f("uq_manifest_number")),
    )
    with op.batch_alter_table("manifest", schema=None) as batch_op:
        batch_op.create_index("ix_manifest_consignee_id", ["consignee_id", "filed_at"], unique=False)
        batch_op.create_index("ix_manifest_consignor_id", ["consignor_id", "filed_at"], unique=False)
        batch_op.create_index(
            "ix_manifest_expires_at",
            ["expires_at", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'filed'"),
            postgresql_where=sa.text("status = 'filed'"),
        )
        batch_op.create_index("ix_manifest_filed_at", ["filed_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_manifest_national_number"), ["national_number"], unique=False)
        batch_op.create_index("ix_manifest_status_filed_at", ["status", "filed_at"], unique=False)
        batch_op.create_index("ix_manifest_stream", ["stream", "consignor_id"], unique=False)
        batch_op.create_index("ix_manifest_trip_id", ["trip_id"], unique=False)
        batch_op.create_index("ix_manifest_turn_id", ["turn_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=9), nullable=True),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (region IS NULL)", name=op.f("ck_membership_organisation_or_region")
        ),
        sa.CheckConstraint(
            "site_id IS NULL OR organisation_id IS NOT NULL",
            name=op.f("ck_membership_site_within_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_membership_site_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "permit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("counterpart_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("collecting", sa.Boolean(), nullable=False),
        sa.Column("streams", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["counterpart_id"], ["site.id"], name=op.f("fk_permit_counterpart_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_permit_organisation_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_permit_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit")),
    )
    with op.batch_alter_table("permit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permit_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_permit_site_id"), ["site_id"], unique=False)

    op.create_table(
        "trip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_trip_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
    )
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_vehicle_id"), ["vehicle_id"], unique=False)

    op.create_table(
        "draw",
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("held_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("held_g BETWEEN 0 AND grams", name=op.f("ck_draw_held_within_plan")),
        sa.ForeignKeyConstraint(["holding_id"], ["holding.id"], name=op.f("fk_draw_holding_id")),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_draw_manifest_id")),
        sa.PrimaryKeyConstraint("manifest_id", "line", "holding_id", name=op.f("pk_draw")),
    )
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.create_index("ix_draw_holding_id", ["holding_id"], unique=False)

    op.create_table(
        "leg",
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("back", sa.Boolean(), nullable=False),
        sa.Column("carrier_id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["carrier_id"], ["organisation.id"], name=op.f("fk_leg_carrier_id")),
        sa.ForeignKeyConstraint(["driver_id"], ["user.id"], name=op.f("fk_leg_driver_id")),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_leg_manifest_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_leg_vehicle_id")),
        sa.PrimaryKeyConstraint("manifest_id", "number", name=op.f("pk_leg")),
    )
    with op.batch_alter_table("leg", schema=None) as batch_op:
        batch_op.create_index("ix_leg_carrier_id", ["carrier_id", "manifest_id"], unique=False)
        batch_op.create_index(
            "ix_leg_driven",
            ["vehicle_id", "ended_at"],
            unique=False,
            sqlite_where=sa.text("began_at IS NOT NULL"),
            postgresql_where=sa.text("began_at IS NOT NULL"),
        )
        batch_op.create_index("ix_leg_driver_id", ["driver_id", "manifest_id"], unique=False)

    op.create_table(
        "line",
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("waste_code", sa.String(length=32), nullable=False),
        sa.Column("found_code", sa.String(length=32), nullable=True),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("received_basis", sa.String(length=12), nullable=True),
        sa.Column("declared_g", sa.BigInteger(), nullable=False),
        sa.Column("loaded_g", sa.BigInteger(), nullable=True),
        sa.Column("received_g", sa.BigInteger(), nullable=True),
        sa.Column("accepted_g", sa.BigInteger(), nullable=True),
        sa.Column("refused_g", sa.BigInteger(), nullable=True),
        sa.Column("sent_back_g", sa.BigInteger(), nullable=True),
        sa.Column("returned_g", sa.BigInteger(), nullable=True),
        sa.Column("reassigned_g", sa.BigInteger(), nullable=True),
        sa.Column("reassigned_code", sa.String(length=32), nullable=True),
        sa.Column("volume_l", sa.BigInteger(), nullable=True),
        sa.Column("packages", sa.Integer(), nullable=False),
        sa.Column("packaging", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("opinions", sa.String(length=2), nullable=False),
        sa.CheckConstraint(
            "accepted_g IS NULL OR received_g = accepted_g + refused_g", name=op.f("ck_line_decided_whole")
        ),
        sa.CheckConstraint("declared_g > 0", name=op.f("ck_line_declared_positive")),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_line_manifest_id")),
        sa.PrimaryKeyConstraint("manifest_id", "number", name=op.f("pk_line")),
    )
    op.create_table(
        "line_package",
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("loaded", sa.Boolean(), nullable=False),
        sa.Column("received", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_line_package_manifest_id")),
        sa.ForeignKeyConstraint(["tag"], ["package.tag"], name=op.f("fk_line_package_tag")),
        sa.PrimaryKeyConstraint("manifest_id", "line", "tag", name=op.f("pk_line_package")),
    )
    with op.batch_alter_table("line_package", schema=None) as batch_op:
        batch_op.create_index("ix_line_package_tag", ["tag"], unique=False)

    op.create_table(
        "permit_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permit_id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=32), nullable=False),
        sa.Column("pattern", sa.String(length=32), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=4), nullable=False),
        sa.Column("limit_g", sa.BigInteger(), nullable=True),
        sa.Column("hard_limit_g", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["permit_id"], ["permit.id"], name=op.f("fk_permit_term_permit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit_term")),
    )
    with op.batch_alter_table("permit_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permit_term_permit_id"), ["permit_id"], unique=False)

    op.create_table(
        "treatment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["holding.id"], name=op.f("fk_treatment_batch_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_treatment_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment")),
    )
    with op.batch_alter_table("treatment", schema=None) as batch_op:
        batch_op.create_index("ix_treatment_at", ["at"], unique=False)
        batch_op.create_index("ix_treatment_site_id", ["site_id", "at"], unique=False)

    op.create_table(
        "quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(length=4), nullable=False),
        sa.Column("limit_g", sa.BigInteger(), nullable=False),
        sa.Column("hard_limit_g", sa.BigInteger(), nullable=False),
        sa.Column("reserved_g", sa.BigInteger(), nullable=False),
        sa.Column("used_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reserved_g >= 0", name=op.f("ck_quota_reserved_not_negative")),
        sa.CheckConstraint("used_g >= 0", name=op.f("ck_quota_used_not_negative")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_quota_site_id")),
        sa.ForeignKeyConstraint(["term_id"], ["permit_term.id"], name=op.f("fk_quota_term_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint("term_id", "starts", name=op.f("uq_quota_term_id_starts")),
    )
    with op.batch_alter_table("quota", schema=None) as batch_op:
        batch_op.create_index(
            "ix_quota_overdrawn",
            ["starts"],
            unique=False,
            sqlite_where=sa.text("used_g + reserved_g > limit_g"),
            postgresql_where=sa.text("used_g + reserved_g > limit_g"),
        )
        batch_op.create_index("ix_quota_site_id_starts", ["site_id", "starts"], unique=False)

    op.create_table(
        "charge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quota_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("manifest_id", sa.Uuid(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reserved_g", sa.BigInteger(), nullable=False),
        sa.Column("used_g", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_charge_event_id")),
        sa.ForeignKeyConstraint(["quota_id"], ["quota.id"], name=op.f("fk_charge_quota_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
    )
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.create_index("ix_charge_manifest_id", ["manifest_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charge_quota_id"), ["quota_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charge_quota_id"))
        batch_op.drop_index("ix_charge_manifest_id")

    op.drop_table("charge")
    with op.batch_alter_table("quota", schema=None) as batch_op:
        batch_op.drop_index("ix_quota_site_id_starts")
        batch_op.drop_index(
            "ix_quota_overdrawn",
            sqlite_where=sa.text("used_g + reserved_g > limit_g"),
            postgresql_where=sa.text("used_g + reserved_g > limit_g"),
        )

    op.drop_table("quota")
    with op.batch_alter_table("treatment", schema=None) as batch_op:
        batch_op.drop_index("ix_treatment_site_id")
        batch_op.drop_index("ix_treatment_at")

    op.drop_table("treatment")
    with op.batch_alter_table("permit_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_permit_term_permit_id"))

    op.drop_table("permit_term")
    with op.batch_alter_table("line_package", schema=None) as batch_op:
        batch_op.drop_index("ix_line_package_tag")

    op.drop_table("line_package")
    op.drop_table("line")
    with op.batch_alter_table("leg", schema=None) as batch_op:
        batch_op.drop_index("ix_leg_driver_id")
        batch_op.drop_index(
            "ix_leg_driven",
            sqlite_where=sa.text("began_at IS NOT NULL"),
            postgresql_where=sa.text("began_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_leg_carrier_id")

    op.drop_table("leg")
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.drop_index("ix_draw_holding_id")

    op.drop_table("draw")
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trip_vehicle_id"))

    op.drop_table("trip")
    with op.batch_alter_table("permit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_permit_site_id"))
        batch_op.drop_index(batch_op.f("ix_permit_organisation_id"))

    op.drop_table("permit")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))
        batch_op.drop_index(batch_op.f("ix_membership_site_id"))
        batch_op.drop_index(batch_op.f("ix_membership_organisation_id"))

    op.drop_table("membership")
    with op.batch_alter_table("manifest", schema=None) as batch_op:
        batch_op.drop_index("ix_manifest_turn_id")
        batch_op.drop_index("ix_manifest_trip_id")
        batch_op.drop_index("ix_manifest_stream")
        batch_op.drop_index("ix_manifest_status_filed_at")
        batch_op.drop_index(batch_op.f("ix_manifest_national_number"))
        batch_op.drop_index("ix_manifest_filed_at")
        batch_op.drop_index(
            "ix_manifest_expires_at",
            sqlite_where=sa.text("status = 'filed'"),
            postgresql_where=sa.text("status = 'filed'"),
        )
        batch_op.drop_index("ix_manifest_consignor_id")
        batch_op.drop_index("ix_manifest_consignee_id")

    op.drop_table("manifest")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_site_id")

    op.drop_table("incident")
    with op.batch_alter_table("holding", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_holding_treatment_id",
            sqlite_where=sa.text("treatment_id IS NOT NULL"),
            postgresql_where=sa.text("treatment_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_holding_open_since",
            sqlite_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
            postgresql_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
        )
        batch_op.drop_index(
            "ix_holding_open_due",
            sqlite_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
            postgresql_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
        )
        batch_op.drop_index(
            "ix_holding_open",
            sqlite_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
            postgresql_where=sa.text("grams > 0 AND kind IN ('lot', 'load', 'batch')"),
        )
        batch_op.drop_index("ix_holding_manifest_id")
        batch_op.drop_index(
            "ix_holding_made",
            sqlite_where=sa.text("part IN ('yard', 'lot')"),
            postgresql_where=sa.text("part IN ('yard', 'lot')"),
        )

    op.drop_table("holding")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_webhook_id")
        batch_op.drop_index(
            "ix_delivery_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_delivery_user_id"))
        batch_op.drop_index("ix_delivery_nudge_id")

    op.drop_table("delivery")
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_organisation_id"))

    op.drop_table("webhook")
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vehicle_organisation_id"))

    op.drop_table("vehicle")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_organisation_id"))
        batch_op.drop_index("ix_site_kind_street")

    op.drop_table("site")
    op.drop_table("seal_leaf")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_user_id"))

    op.drop_table("recovery_code")
    op.drop_table("private")
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_user_id"))

    op.drop_table("passkey")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_unsent",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_outbox_event_id"))

    op.drop_table("outbox")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_unread",
            sqlite_where=sa.text("shown AND read_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("shown AND read_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.drop_index("ix_message_nudge_id")
        batch_op.drop_index("ix_message_listed")

    op.drop_table("message")
    op.drop_table("mailbox")
    with op.batch_alter_table("flow", schema=None) as batch_op:
        batch_op.drop_index("ix_flow_to_id")
        batch_op.drop_index(
            "ix_flow_generated",
            sqlite_where=sa.text("source = 'generation'"),
            postgresql_where=sa.text("source = 'generation'"),
            postgresql_include=["grams", "basis"],
        )
        batch_op.drop_index(
            "ix_flow_gained",
            sqlite_where=sa.text("source = 'gain'"),
            postgresql_where=sa.text("source = 'gain'"),
        )
        batch_op.drop_index("ix_flow_from_id")
        batch_op.drop_index(batch_op.f("ix_flow_event_id"))

    op.drop_table("flow")
    with op.batch_alter_table("errand", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_errand_user_id"))
        batch_op.drop_index(batch_op.f("ix_errand_expires_at"))

    op.drop_table("errand")
    op.drop_table("choice")
    op.drop_table("authenticator")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_user_id"))

    op.drop_table("api_token")
    op.drop_table("user")
    op.drop_table("series")
    op.drop_table("seal_node")
    op.drop_table("seal")
    op.drop_table("publication")
    op.drop_table("package")
    op.drop_table("organisation")
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_nudge_live",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.drop_table("nudge")
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_failure_since"))

    op.drop_table("login_failure")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_finding_stands",
            sqlite_where=sa.text("gone_at IS NULL"),
            postgresql_where=sa.text("gone_at IS NULL"),
        )
        batch_op.drop_index("ix_finding_manifest")
        batch_op.drop_index("ix_finding_anchor")

    op.drop_table("finding")
    op.drop_table("evidence")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_event_remarkable",
            sqlite_where=sa.text("findings > 0 OR kind = 'reverse'"),
            postgresql_where=sa.text("findings > 0 OR kind = 'reverse'"),
        )
        batch_op.drop_index("ix_event_recorded_at")

    op.drop_table("event")
    op.drop_table("disposition")
    op.drop_table("audit_run")
