"""`flask simulate`: bulk history against the bare inserts of its own rows."""

import os
import time
from datetime import timedelta
from typing import NamedTuple

import psycopg
from psycopg import sql
from sqlmodel import SQLModel

from tests.bench.ground import Ground, connect
from tests.bench.report import Section
from tests.bench.sizes import Sizes
from tests.story import the_law
from zerowaste import clock
from zerowaste.db import Database
from zerowaste.services.simulation.processes import WORTH_IT
from zerowaste.services.simulation.simulation import Plan, Simulation, make_city

AIM = 4.0
SEED, DAYS = 3601, 365


class Told(NamedTuple):
    """Seconds for the whole history, for sending its rows by the program's own clock, and for the same rows
    by themselves; and how many these are."""

    whole: float
    own: float
    bare: float
    rows: int


def measure(ground: Ground, sizes: Sizes) -> Section:
    """A history is told into an empty database; then the rows it left are put into another one."""
    end = clock.day_start(clock.local_day(clock.now()))
    plan = Plan(sizes.simulated, SEED, end - timedelta(days=DAYS), end)
    found = {}
    for kind, bare in (("postgresql", _copied), ("sqlite", _executed)):
        url, other = (ground.databases.lend(kind, "head") for _ in range(2))
        found[kind] = Told(*_told(url, plan), *bare(url, other))
    there, here = found["postgresql"], found["sqlite"]
    return Section(
        title="simulation: bulk history against its own bare inserts",
        what=f"`flask simulate --manifests {sizes.simulated} --seed {SEED}`: every act judged by the same "
        f"rules as over HTTP, in two processes on {os.cpu_count()} processors. {there.rows:,} rows.",
        aim=f"≤ {AIM:g} × its own bare inserts",
        verdict=f"PostgreSQL **{there.whole / there.own:.2f} ×** by its own count, "
        f"{there.whole / there.bare:.2f} × a plain COPY of the rows; SQLite "
        f"**{here.whole / here.own:.2f} ×**, {here.whole / here.bare:.2f} × one executemany a table",
        figures={
            "ratio": there.whole / there.own,
            **{f"{kind}_{name}": value for kind, told in found.items() for name, value in
               zip(Told._fields, told, strict=True)},
        },
        tables=[
            (
                ("", "PostgreSQL s", "manifests a second", "SQLite s", "manifests a second"),
                [
                    (name, *(text for told in (there, here) for text in _cells(sizes, getattr(told, field))))
                    for field, name in (
                        ("whole", "telling and writing the history"),
                        ("own", "of this: sending the rows (the program's own clock)"),
                        ("bare", "the same rows into an empty database, table by table, in one transaction"),
                    )
                ],
            )
        ],
        not_shown="How the ratio changes with the number of manifests (it keeps only what is open in "
        "memory, so it should not), and with the processors: on one alone the judging takes nearly twice "
        "as long, on more than two no less.",
    )  # fmt: skip


def _cells(sizes: Sizes, seconds: float) -> tuple[str, str]:
    return f"{seconds:.2f}", f"{sizes.simulated / seconds:,.0f}"


def _told(url: str, plan: Plan) -> tuple[float, float]:
    """(seconds for all, seconds for the inserts) as the command does it."""
    database = Database(url, longest_statement_ms=0, durable=False)
    with database.session_for(write=True) as session:
        make_city(session, the_law(), plan, city="3601")
        session.commit()
        began = time.perf_counter()
        simulation = Simulation(session, the_law(), plan, at_once=plan.manifests >= WORTH_IT)
        for _ in simulation.tell():
            pass
        session.commit()
        whole = time.perf_counter() - began
    database.close()
    return whole, simulation.writer.seconds


def _copied(url: str, other: str) -> tuple[float, int]:
    """(seconds, rows): every table's rows, already in memory, copied into an empty database."""
    took, count = 0.0, 0
    with connect(url) as source, connect(other) as target:
        for table in SQLModel.metadata.sorted_tables:
            name = sql.Identifier(table.name)
            rows = _read(source, name)
            began = time.perf_counter()
            with target.cursor() as cursor:
                with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(name)) as copy:
                    for part in rows:
                        copy.write(part)
                count += cursor.rowcount
            took += time.perf_counter() - began
        began = time.perf_counter()
        target.commit()
        took += time.perf_counter() - began
    return took, count


def _read(source: psycopg.Connection[tuple[object, ...]], name: sql.Identifier) -> list[bytes]:
    statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(name)
    with source.cursor() as cursor, cursor.copy(statement) as copy:
        return [bytes(part) for part in copy]


def _executed(url: str, other: str) -> tuple[float, int]:
    """(seconds, rows): the same with SQLite: one executemany a table, one transaction."""
    took, count = 0.0, 0
    kept, empty = Database(url), Database(other, durable=False)
    with kept.session_for(write=False) as reading, empty.session_for(write=True) as writing:
        source, target = (session.connection().connection.cursor() for session in (reading, writing))
        for table in SQLModel.metadata.sorted_tables:
            rows = source.execute(f'SELECT * FROM "{table.name}"').fetchall()
            if not rows:
                continue
            marks = ", ".join("?" * len(rows[0]))
            began = time.perf_counter()
            target.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)
            took += time.perf_counter() - began
            count += len(rows)
        began = time.perf_counter()
        writing.commit()
        took += time.perf_counter() - began
    kept.close()
    empty.close()
    return took, count
