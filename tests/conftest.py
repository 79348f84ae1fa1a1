"""What every test may ask for: a database of its own on each kind of server, and the city in it.

`database_url`, `database`, `engine` and `session` run a test twice, on SQLite and on PostgreSQL. A
test that asks for `city` finds the small city in them. `blank_url` is a database without tables.
For one kind: `@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)`."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests import servers
from tests.databases import KINDS, Databases

if TYPE_CHECKING:  # late: tests of pure rules must not need the tables
    from tests.city import City
    from zerowaste.db import Database

HOME = pytest.StashKey[Path]()
LIFE = pytest.StashKey[ExitStack]()
WORKER = "xdist_worker_home"


def pytest_configure(config: pytest.Config) -> None:
    """The session's home is made once, by the process that hands out the work."""
    for name in [name for name in os.environ if name.startswith("ZEROWASTE_")]:
        del os.environ[name]  # nobody's own city is touched
    if hasattr(config, "workerinput"):
        config.stash[HOME] = Path(config.workerinput[WORKER])
        return
    try:
        servers.programs()
    except servers.NoServer as missing:
        pytest.exit(str(missing), returncode=1)
    life = config.stash[LIFE] = ExitStack()
    config.stash[HOME] = life.enter_context(servers.session_home())


def pytest_unconfigure(config: pytest.Config) -> None:
    if LIFE in config.stash:
        config.stash[LIFE].close()


class _Handover:
    """Tells each worker process where the session's home is."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: object) -> None:
        node.workerinput[WORKER] = str(node.config.stash[HOME])  # type: ignore[attr-defined]  # xdist


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.register(_Handover())


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return Databases(request.config.stash[HOME], worker)


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite`, then `postgresql`."""
    return str(request.param)


@pytest.fixture
def blank_url(databases: Databases, database_kind: str) -> Iterator[str]:
    """A database without tables; the one for tests that make, change or drop some."""
    url = databases.lend(database_kind, "blank")
    yield url
    databases.take_back(url, "blank")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, databases: Databases, database_kind: str) -> Iterator[str]:
    """A database at the newest migration; with the city in it if the test asks for `city`."""
    template = "city" if "city" in request.fixturenames else "head"
    url = databases.lend(database_kind, template)
    yield url
    databases.take_back(url, template)


@pytest.fixture
def database(database_url: str) -> "Iterator[Database]":
    """The service's own way to this test's database, its sessions and transactions."""
    from zerowaste.db import Database

    opened = Database(database_url, durable=False)
    yield opened
    opened.close()


@pytest.fixture
def engine(database: "Database") -> Engine:
    return database.engine


@pytest.fixture
def session(database: "Database") -> Iterator[Session]:
    """A session that may write. On SQLite nobody else can while it has an open transaction."""
    with database.session_for(write=True) as opened:
        yield opened


@pytest.fixture
def city(databases: Databases, database_kind: str, database_url: str) -> "City":
    """The ids of everybody and everything in tests/city.py, in the database of this test."""
    return databases.city(database_kind)
