"""Migrations: one line, each goes up, down and up again; they make what the models say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Inspector, NullPool, create_engine, inspect
from sqlmodel import SQLModel

import zerowaste.models  # noqa: F401  (makes every table known)
from tests.databases import ROOT, alembic_config


def schema(url: str) -> set[str]:
    """All that a database says of its tables, one line each: columns, keys, checks, indexes."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        inspector = inspect(connection)
        found = {
            f"{table}: {part}"
            for table in inspector.get_table_names()
            if table != "alembic_version"
            for part in parts(inspector, table)
        }
    engine.dispose()
    return found


def parts(inspector: Inspector, table: str) -> Iterator[str]:
    for column in inspector.get_columns(table):
        yield f"{column['name']} {column['type']!r} {column['nullable']} {column.get('default')}"
    yield f"primary key {inspector.get_pk_constraint(table)}"
    for several in (
        inspector.get_foreign_keys(table),
        inspector.get_unique_constraints(table),
        inspector.get_check_constraints(table),
        inspector.get_indexes(table),
    ):
        # A WHERE comes as an object of its own; its words are what counts.
        yield from (str({key: _plain(value) for key, value in one.items()}) for one in several)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: str(inner) for key, inner in value.items()}
    return value


def assert_same(found: set[str], expected: set[str]) -> None:
    assert not found ^ expected, "\n".join(sorted(found ^ expected))


def revisions() -> list[str]:
    """Every revision, oldest first."""
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def test_there_is_one_line_of_migrations_numbered_without_gaps() -> None:
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(script.get_heads()) == 1
    assert revisions() == [f"{number:04d}" for number in range(1, len(revisions()) + 1)]


def test_alembic_finds_nothing_the_migrations_forgot(database_url: str) -> None:
    command.check(alembic_config(database_url))


def test_migrations_make_exactly_what_the_models_say(database_url: str, blank_url: str) -> None:
    """Also what `alembic check` does not look at: check constraints and the WHERE of an index."""
    engine = create_engine(blank_url, poolclass=NullPool)
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    assert_same(schema(database_url), schema(blank_url))


def test_every_migration_goes_up_down_and_up_again(blank_url: str) -> None:
    config = alembic_config(blank_url)
    states = {"base": schema(blank_url)}
    before = "base"
    for revision in revisions():
        command.upgrade(config, revision)
        states[revision] = schema(blank_url)
        command.downgrade(config, before)
        assert_same(schema(blank_url), states[before])
        command.upgrade(config, revision)
        assert_same(schema(blank_url), states[revision])
        before = revision


@pytest.fixture
def with_a_bad_migration(blank_url: str, tmp_path: Path) -> Config:
    """The project's migrations, followed by one that makes a table and then fails."""
    (tmp_path / "bad.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = 'bad', {revisions()[-1]!r}\n"
        "def upgrade():\n"
        "    op.create_table('half_made', sa.Column('id', sa.Integer()))\n"
        "    raise RuntimeError('halfway')\n"
    )
    config = alembic_config(blank_url)
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{ROOT / 'migrations' / 'versions'}\n{tmp_path}")
    return config


def test_a_migration_that_fails_leaves_nothing_behind(blank_url: str, with_a_bad_migration: Config) -> None:
    command.upgrade(with_a_bad_migration, revisions()[-1])
    before = schema(blank_url)
    with pytest.raises(RuntimeError, match="halfway"):
        command.upgrade(with_a_bad_migration, "bad")
    assert_same(schema(blank_url), before)
