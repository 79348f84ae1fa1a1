"""How a migration runs: which database, under which lock, and how the models are read into one.

The caller names the database in `config.attributes["url"]`; on the command line it is taken from
ZEROWASTE_DATABASE_URL."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from sqlalchemy import Connection, DateTime, Engine, NullPool, create_engine, event, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import zerowaste.models  # noqa: F401  (makes every table known)

# Any number, the same in every process that migrates: the second one waits for the first.
MIGRATION_LOCK = 20_260_001
LOCK_TIMEOUT = "5s"  # a migration that would hold up a running city gives up instead


def database_url() -> str:
    url = context.config.attributes.get("url") or os.environ.get("ZEROWASTE_DATABASE_URL")
    if not url:
        raise SystemExit("Say which database to migrate: set ZEROWASTE_DATABASE_URL.")
    return str(url)


def migration_engine(url: str) -> Engine:
    """An engine for migrations alone. On SQLite the driver leaves transactions to us, so a migration
    that fails leaves nothing behind, and foreign keys are off while tables are rebuilt."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def leave_transactions_to_us(driver_connection: Any, _record: Any) -> None:
            driver_connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def begin_at_once(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Types as plain SQLAlchemy: a migration must outlive the code it was made from."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if isinstance(item, TypeDecorator):
        plain = item.impl_instance
        if isinstance(plain, DateTime):
            return f"sa.DateTime(timezone={plain.timezone})"
        return f"sa.{plain!r}"
    return False


def number_revision(
    _context: Any,
    _revision: str | Iterable[str | None] | Iterable[str],
    scripts: list[MigrationScript],
) -> None:
    """Migrations are numbered 0001, 0002 … in the order they were made."""
    made = len(list((Path(__file__).parent / "versions").glob("[0-9]*.py")))
    for script in scripts:
        script.rev_id = f"{made + 1:04d}"


def take_turn(connection: Connection) -> None:
    """Waits until no other process migrates this database."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))


def refuse_dangling(connection: Connection) -> None:
    """SQLite checked no foreign key meanwhile; a migration that broke one is taken back."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration leaves dangling references: {broken[:5]}")


def migrate() -> None:
    engine = migration_engine(database_url())
    with engine.connect() as connection, connection.begin():
        take_turn(connection)
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            transactional_ddl=True,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
            process_revision_directives=number_revision,
        )
        with context.begin_transaction():
            context.run_migrations()
        refuse_dangling(connection)
    engine.dispose()


migrate()
