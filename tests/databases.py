"""A database of its own for each test, like one that was made once in the session.

Templates: `blank` has no tables, `head` has those of the newest migration, `city` also holds the
small city of tests/city.py. Tests commit as the service does; nothing is rolled back behind their
backs. A SQLite file is copied. Copying a PostgreSQL database takes a third of a second, putting
its rows back takes a millisecond: so those are used again, with every row and serial as it was."""

import json
import shutil
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from alembic import command
from alembic.config import Config

from tests.servers import one_at_a_time, socket_directory

if TYPE_CHECKING:
    from tests.city import City

ROOT = Path(__file__).parents[1]
KINDS = ("sqlite", "postgresql")
PARENTS = {"head": "blank", "city": "head"}
# What a test may have left in a database that comes back.
END_OTHER_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
TABLES = (
    "SELECT tablename FROM pg_tables"
    " WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
)
SERIALS = (
    "SELECT format('SELECT setval(%L, %s, %L);', format('%I.%I', schemaname, sequencename),"
    " coalesce(last_value, start_value), last_value IS NOT NULL)"
    " FROM pg_sequences WHERE schemaname = 'public'"
)


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases of one process of a test session, whose files are in `home`. `worker` keeps the
    names of processes that run at once apart."""

    home: Path
    worker: str
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    idle: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def lend(self, kind: str, template: str) -> str:
        """The URL of a database like the template; nobody else has it."""
        self._prepare(kind, template)
        if kind == "postgresql" and self.idle[template]:
            name = self.idle[template].pop()
            _execute(self.home, name, END_OTHER_CONNECTIONS)
            _execute(self.home, name, (self.home / f"{template}.sql").read_text())
        else:
            name = f"{self.worker}_{next(self.numbers)}"
            self._copy(kind, template, name)
        return self._url(kind, name)

    def take_back(self, url: str, template: str) -> None:
        """The test is over."""
        name = url.partition("?")[0].rpartition("/")[2]
        if url.startswith("sqlite"):
            for file in self.home.glob(f"{name}*"):  # its -wal and -shm too
                file.unlink()
        elif template == "blank":
            _execute(self.home, "postgres", f'DROP DATABASE "{name}" WITH (FORCE)')
        else:
            self.idle[template].append(name)

    def city(self, kind: str) -> "City":
        """What the city template of that kind holds."""
        from tests.city import City  # late: tests of pure rules must not need the tables

        return City(**json.loads((self.home / f"{kind}-city.json").read_text()))

    def _url(self, kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self.home / name}.sqlite"
        return f"postgresql+psycopg://postgres@/{name}?host={socket_directory(self.home)}"

    def _prepare(self, kind: str, template: str) -> None:
        """Makes the template, once in a session, in whichever process needs it first."""
        made = self.home / f"{kind}-{template}.made"
        if made.exists():
            return
        parent = PARENTS.get(template)
        if parent:
            self._prepare(kind, parent)
        with one_at_a_time(self.home, f"{kind}-{template}"):
            if not made.exists():
                self._copy(kind, parent, template)
                self._fill(kind, template)
                made.touch()

    def _copy(self, kind: str, parent: str | None, name: str) -> None:
        if kind == "postgresql":
            source = f'"{parent}" STRATEGY FILE_COPY' if parent else "template0"
            _execute(self.home, "postgres", f'CREATE DATABASE "{name}" TEMPLATE {source}')
        elif parent:
            shutil.copyfile(self.home / f"{parent}.sqlite", self.home / f"{name}.sqlite")
        else:
            (self.home / f"{name}.sqlite").touch()

    def _fill(self, kind: str, template: str) -> None:
        if template == "head":
            command.upgrade(alembic_config(self._url(kind, template)), "head")
        elif template == "city":
            self._build_city(kind)
        if kind == "postgresql":
            (self.home / f"{template}.sql").write_text(_way_back(self.home, template))

    def _build_city(self, kind: str) -> None:
        from tests.city import build
        from zerowaste.db import Database

        database = Database(self._url(kind, "city"), durable=False)
        built = database.transact(build)
        database.close()
        (self.home / f"{kind}-city.json").write_text(json.dumps(asdict(built)))


def _execute(home: Path, name: str, statements: str) -> list[str]:
    """Runs SQL in one PostgreSQL database; the first column of a single query's rows."""
    host = str(socket_directory(home))
    with (
        psycopg.connect(host=host, user="postgres", dbname=name, autocommit=True) as connection,
        connection.execute(statements.encode()) as cursor,
    ):
        return [str(row[0]) for row in cursor] if cursor.description else []


def _way_back(home: Path, template: str) -> str:
    """Keeps a copy of the template's rows; the SQL that puts a database back into its state."""
    _execute(home, template, "DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
    tables = _execute(home, template, TABLES)
    # The order of tables does not matter: this role setting leaves foreign keys unchecked.
    steps = ["BEGIN; SET LOCAL session_replication_role = replica;"]
    steps += [f'DELETE FROM public."{table}";' for table in tables]
    for table in tables:
        if _execute(home, template, f'SELECT 1 FROM public."{table}" LIMIT 1'):
            _execute(home, template, f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
            steps.append(f'INSERT INTO public."{table}" SELECT * FROM kept."{table}";')
    return "\n".join([*steps, *_execute(home, template, SERIALS), "COMMIT;"])


def alembic_config(url: str) -> Config:
    """Alembic as the project configures it, for this database."""
    return Config(toml_file=ROOT / "pyproject.toml", attributes={"url": url})
