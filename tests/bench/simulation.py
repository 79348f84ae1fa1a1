"""`flask simulate`: bulk history against the bare inserts of its own rows."""

import time
from datetime import timedelta

import psycopg
from psycopg import sql
from sqlmodel import SQLModel

from tests.bench.ground import Ground, connect
from tests.bench.report import Section
from tests.bench.sizes import Sizes
from tests.story import the_law
from zerowaste import clock
from zerowaste.db import Database
from zerowaste.services.simulation import Plan, Simulation, make_city

AIM = 4.0
SEED, DAYS = 3601, 365


def measure(ground: Ground, sizes: Sizes) -> Section:
    """A history is told into an empty database; then the rows it left are copied into another one."""
    url, other = ground.head(), ground.head()
    end = clock.day_start(clock.local_day(clock.now()))
    plan = Plan(sizes.simulated, SEED, end - timedelta(days=DAYS), end)
    database = Database(url, longest_statement_ms=0)
    with database.session_for(write=True) as session:
        make_city(session, the_law(), plan, city="3601")
        session.commit()
        began = time.perf_counter()
        simulation = Simulation(session, the_law(), plan)
        for _ in simulation.tell():
            pass
        session.commit()
        whole = time.perf_counter() - began
    own = simulation.writer.seconds
    database.close()
    copied, rows = _copied(url, other)
    return Section(
        title="simulation: bulk history against its own bare inserts",
        what=f"`flask simulate --manifests {sizes.simulated} --seed {SEED}`: every act judged by the same "
        f"rules as over HTTP. {rows:,} rows.",
        aim=f"≤ {AIM:g} × its own bare inserts",
        verdict=f"**{whole / own:.2f} ×** by its own count, {whole / copied:.2f} × a plain COPY of the rows",
        figures={"ratio": whole / own, "whole_s": whole, "own_s": own, "copied_s": copied, "rows": rows},
        tables=[
            (
                ("", "seconds", "manifests a second"),
                [
                    (name, f"{seconds:.2f}", f"{sizes.simulated / seconds:,.0f}")
                    for name, seconds in (
                        ("telling and writing the history", whole),
                        ("of this: sending the rows (the program's own clock)", own),
                        ("the same rows by COPY into an empty database, table by table", copied),
                    )
                ],
            )
        ],
        not_shown="SQLite; how the ratio changes with the number of manifests (it keeps only what is open in "
        "memory, so it should not).",
    )


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
