"""Where benchmarks run: a PostgreSQL server of their own that waits for the disk as a real one does."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests import servers
from tests.databases import Databases

_MEMORY_MB = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
# The tests' server waits for nothing; a measured one must. A quarter of the memory, as its manual advises.
DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": f"{_MEMORY_MB // 4}MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "maintenance_work_mem": "512MB",
    "max_parallel_workers_per_gather": "2",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """The databases of one run of the benchmarks, on one server."""

    databases: Databases
    cities: dict[int, Any] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.databases.home

    def city(self) -> str:
        """The URL of a fresh database that holds the small city of tests/city.py."""
        return self.databases.lend("postgresql", "city")

    def head(self) -> str:
        """The URL of a fresh database with tables and nothing in them."""
        return self.databases.lend("postgresql", "head")


@contextmanager
def open_ground() -> Iterator[Ground]:
    """A ground whose server and files are gone at the end."""
    with servers.session_home() as home:
        _start(home)
        yield Ground(Databases(home, "bench"))


def connect(url: str, **options: object) -> psycopg.Connection:
    """A bare connection to a database of the ground."""
    return psycopg.connect(url.replace("+psycopg", "", 1), **options)  # type: ignore[arg-type]


def _start(home: Path) -> None:
    """Like tests/servers.py starts its server, with other settings."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.durable_server", home, servers.programs()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    ) as starting:
        assert starting.stdout is not None
        answer = starting.stdout.readline().strip()
    if answer != servers.READY:
        raise servers.NoServer(answer)
    (home / "server" / servers.READY).touch()
