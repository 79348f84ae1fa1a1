"""Migrations: one line, each goes up, down and up again; they make what the models say."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, text
from sqlmodel import SQLModel

import zerowaste.models  # noqa: F401  (makes every table known)
from tests.databases import ROOT, alembic_config

SCHEMA = {
    "sqlite": ["SELECT sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'"],
    "postgresql": [
        "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " AND conrelid IS DISTINCT FROM to_regclass('alembic_version')",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND tablename <> 'alembic_version'",
        "SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length,"
        " is_nullable, column_default) FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
    ],
}


def schema(url: str) -> set[str]:
    """All that a database says of its tables, columns, checks and indexes, as lines."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        answers = [
            row[0] or ""
            for query in SCHEMA[engine.dialect.name]
            for row in connection.execute(text(query))
        ]
    engine.dispose()
    lines = (f"{answer.split('(')[0]} {line}" for answer in answers for line in answer.split("\n"))
    return {" ".join(line.replace('"', "").split()).rstrip(" ,") for line in lines}


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


def test_a_migration_that_fails_leaves_nothing_behind(
    blank_url: str, with_a_bad_migration: Config
) -> None:
    command.upgrade(with_a_bad_migration, revisions()[-1])
    before = schema(blank_url)
    with pytest.raises(RuntimeError, match="halfway"):
        command.upgrade(with_a_bad_migration, "bad")
    assert_same(schema(blank_url), before)
