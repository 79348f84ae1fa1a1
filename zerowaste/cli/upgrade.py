"""`flask upgrade`: bring the database to the newest migration."""

from typing import Any

import click
from sqlalchemy.engine import make_url

from zerowaste.cli.workplace import Workplace, say, with_workplace
from zerowaste.config import ROOT


@click.command(short_help="升级数据库结构。 Bring the database up to date.")
@with_workplace
def upgrade(place: Workplace) -> None:
    """升级数据库结构。 Bring the database to the newest version of the program.

    新装或更新程序后运行一次；可重复运行。 Run it once after installing or updating; running it again
    does no harm.
    """
    upgrade_database(place.settings.database_url)
    say("数据库结构已是最新。", "The database is up to date.")


def upgrade_database(url: str) -> None:
    """Run every migration that has not run yet."""
    from alembic import command
    from alembic.config import Config

    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    attributes: dict[str, Any] = {"url": parsed.render_as_string(hide_password=False)}
    command.upgrade(Config(toml_file=ROOT / "pyproject.toml", attributes=attributes), "head")
