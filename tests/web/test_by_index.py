"""Nobody waits for a whole table: what a door asks of the ledger goes by an index, in a city of any size.

SQLite plans without looking at the rows, so what it would do in a large city shows in the smallest. An index
gone through in its order is let pass: that is how the latest are found, and what is open."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from tests.web.conftest import Running
from tests.web.mixed import Door, Mixed
from tests.web.mixed import mixed as mixed  # the fixture
from tests.web.test_access import DOORS as API_DOORS
from tests.web.test_page_doors import DOORS as PAGE_DOORS
from zerowaste import clock
from zerowaste.web import latest_audit

LEDGER = {"holding", "flow", "event", "manifest", "line", "leg", "draw", "charge", "treatment"}
DOORS = {f"{where}{view}": [(prefix, door) for door in doors]
         for where, prefix, all_doors in (("api: ", "/api/v1", API_DOORS), ("page: ", "", PAGE_DOORS))
         for view, doors in all_doors.items()}  # fmt: skip
# A register is of the loads that moved in a span, and the moments of legs have no index: all are looked at.
_REGISTERS = (
    "api: exports.save_register", "api: interchange.list_register", "api: exports.draw_flows",
    "api: exports.list_flows", "page: register_pages.choose_register", "page: register_pages.save_register",
)  # fmt: skip
WHOLE = {view: {"leg"} for view in _REGISTERS}


@contextmanager
def scans(engine: Engine) -> Iterator[set[tuple[str, str]]]:
    """(table, statement) of every statement of the block that would read one of the ledger's tables whole."""
    asked: dict[str, Any] = {}

    def listen(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.setdefault(statement, parameters)

    found: set[tuple[str, str]] = set()
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    with engine.connect() as connection:
        for statement, parameters in asked.items():
            if statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found.update((table, statement) for row in plan if (table := _read_whole(row[3], statement)))


def _read_whole(step: str, statement: str) -> str | None:
    """The ledger's table that a step of a plan goes through from end to end."""
    scan = re.fullmatch(r"SCAN (\w+)", step)
    if scan is None:
        return None
    named = re.search(rf"(?:FROM|JOIN) (\w+) AS {scan[1]}\b", statement)
    table = named[1] if named else scan[1]
    return table if table in LEDGER else None


@pytest.mark.parametrize("running", ["sqlite"], indirect=True)
@pytest.mark.parametrize("view", sorted(DOORS))
def test_no_door_reads_a_whole_table(
    running: Running, mixed: Mixed, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    service = running.service
    monkeypatch.setattr(latest_audit, "FRESH_FOR", timedelta(hours=1))  # the audit itself is no door
    service.audits.refresh(service.database, service.law, now=clock.now())
    with scans(service.database.engine) as found:
        for prefix, door in DOORS[view]:
            for person in door.may:
                _open(running, mixed, prefix, door, person)
    assert {table for table, _ in found} == WHOLE.get(view, set()), found


def _open(running: Running, mixed: Mixed, prefix: str, door: Door, person: Any) -> None:
    names = ("paulas", "olafs", "far", "onward", "batch")
    path = prefix + door.path.format(**{name: getattr(mixed, name) for name in names})
    signed = {"Authorization": f"Bearer {mixed.callers[person].token}"}
    assert running.client().open(path, method=door.method, headers=signed, **door.content(mixed)).status_code


@pytest.mark.parametrize("running", ["sqlite"], indirect=True)
def test_a_whole_table_would_be_noticed(running: Running) -> None:
    engine = running.service.database.engine
    with scans(engine) as found, engine.connect() as connection:
        connection.execute(text("SELECT count(grams) FROM flow"))
        connection.execute(text("SELECT h.id FROM holding AS h WHERE h.grams > :least"), {"least": 0})
        connection.execute(text("SELECT id FROM holding WHERE id = :id"), {"id": 1})
    assert {table for table, _ in found} == {"flow", "holding"}
