"""A clerk at the command line: runs `flask …` against the database of the test, and reads what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from zerowaste.cli.commands import install_commands


@dataclass
class Clerk:
    """`environ`: the settings every command finds."""

    environ: Mapping[str, str]
    runner: CliRunner = field(default_factory=CliRunner)

    def flask(self, *words: str, typed: str | None = None) -> Result:
        """Run one command; `typed`: what is typed where it asks. A bug fails the test at once."""
        group = click.Group("flask")
        install_commands(group)
        result = self.runner.invoke(group, words, input=typed, env=dict(self.environ))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result


def clerk_at(url: str, instance: Path) -> Clerk:
    return Clerk({"ZEROWASTE_DATABASE_URL": url, "ZEROWASTE_INSTANCE": str(instance)})


@pytest.fixture
def clerk(database_url: str, tmp_path: Path) -> Clerk:
    """At a database of the newest version; with the small city if the test asks for `city`."""
    return clerk_at(database_url, tmp_path / "instance")
