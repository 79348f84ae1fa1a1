"""Loading a city's master data: organisations, sites, papers, vehicles and people, all or nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import uuid_utils.compat as uuid7
from sqlalchemy import select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import USER
from zerowaste.rules.law import Law
from zerowaste.services import register
from zerowaste.services.identity.accounts import login_of
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.masterdata.check import Entry, check, stored
from zerowaste.services.masterdata.files import TABLES, RawRow, read_rows
from zerowaste.services.masterdata.rows import read_row
from zerowaste.services.masterdata.write import Writer

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were new, changed and unchanged; first passwords of accounts that were given
    none (login → password), shown once."""

    new: int
    changed: int
    unchanged: int
    passwords: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loading:
    """How to load. `actor`, `role`: whose act it is. `city`: its four digits; `demo`: mark organisations
    as invented; `watch` is told of every row that is written."""

    city: str
    passwords: Passwords
    now: datetime
    actor: str = SYSTEM
    role: str = SYSTEM
    demo: bool = False
    new_id: Callable[[], UUID] = uuid7.uuid7
    watch: Callable[[Iterable[Entry]], Iterable[Entry]] = iter


def load(session: Session, law: Law, files: Iterable[tuple[str, bytes]], how: Loading) -> Loaded:
    """Load files (name, content). Raises `load_invalid` with every fault at its file, line and key;
    then nothing was written. Every row that changes something is an event of its organisation or site."""
    faults: list[Problem] = []
    rows = read_rows(files, faults)
    if not rows and not faults:
        faults.append(Problem("load_empty"))
    return load_rows(session, law, rows, how, faults)


def load_rows(
    session: Session, law: Law, rows: Sequence[RawRow], how: Loading, faults: list[Problem]
) -> Loaded:
    """Check all rows and write them, organisations before what belongs to them."""
    read = [Entry(raw, read_row(raw, city=how.city, faults=faults)) for raw in rows]
    entries = [entry for entry in read if entry.row is not None]
    check(entries, stored(session), law, day=local_day(how.now), faults=faults)
    if faults:
        raise Refusal("load_invalid", *faults, count=len(faults))
    order = list(TABLES)
    entries.sort(key=lambda entry: order.index(entry.raw.table))
    writer = Writer(session, law, how.actor, how.now, how.passwords, how.new_id, how.demo, how.role)
    for entry in how.watch(entries):
        writer.write(entry.row)
    counts = writer.counts
    if counts["new"] or counts["changed"]:
        register.bump(session)
    return Loaded(counts["new"], counts["changed"], counts["unchanged"], writer.passwords_made)


def add_person(session: Session, law: Law, row: RawRow, how: Loading) -> Loaded:
    """Make one account. Raises `load_invalid`, also where the login is taken."""
    faults: list[Problem] = []
    login = login_of(str(row.values.get("login", "")))
    if session.execute(select(USER.c.id).where(USER.c.login == login)).first():
        faults.append(row.problem("login_taken", "login", login=login))
    return load_rows(session, law, [row], how, faults)
