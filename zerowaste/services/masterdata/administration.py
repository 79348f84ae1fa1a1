"""Changing master data one row at a time: by the very same checks, events and sentences as a file's."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid7
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.rules.law import Law
from zerowaste.services.booking import ledger
from zerowaste.services.masterdata.administration_rows import id_of, row_values
from zerowaste.services.masterdata.files import RawRow
from zerowaste.services.masterdata.masterdata import Loading, load_rows
from zerowaste.services.masterdata.rows import natural_key, read_row

NAMED_BY = {
    "organisation": "credit_code", "site": "code", "permit": "number", "vehicle": "plate", "person": "login",
}  # fmt: skip


class FormRow(RawRow):
    """A row out of a form: what is wrong with it stands at its field."""

    def where(self, key: str = "") -> str:
        return key


@dataclass(frozen=True, slots=True)
class Edit:
    """A row as it was sent in: by the names `flask load` knows. `id`: of the act, so that it counts
    once. `row_id`: which row it changes (None: a new one). `seen`: the `mark` of what the form showed."""

    table: str
    values: Mapping[str, Any]
    id: UUID
    row_id: int | None = None
    seen: str = ""


def mark(values: Mapping[str, Any]) -> str:
    """Tells what a form showed from what the row says by now."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()


def keep(session: Session, law: Law, edit: Edit, how: Loading) -> int:
    """Store the row; gives its id. Sent twice it is stored once.

    Raises `invalid` with what is wrong at each field; `exists_already` where a new row has the name of
    an old one; `changed_meanwhile` where somebody was faster."""
    row = FormRow(edit.table, dict(edit.values), "", 0)
    faults: list[Problem] = []
    key = _key(row, how, faults)
    earlier = ledger.find(session, edit.id)
    again = earlier is not None and _is_of(earlier, edit.table, key)
    stored = id_of(session, edit.table, key) if key else None
    if edit.row_id is None and stored is not None and not again:
        faults.append(Problem("exists_already", NAMED_BY[edit.table], {"value": key[-1]}))
    if edit.row_id is not None and not again:
        if edit.seen and edit.seen != mark(row_values(session, edit.table, edit.row_id)):
            raise Refusal("row_changed")
        if key and stored != edit.row_id:
            faults.append(_renamed(edit, key))
    if faults:
        raise Refusal("invalid", *faults)
    event_id = uuid7.uuid7() if earlier is not None else edit.id
    try:
        load_rows(session, law, [row], replace(how, new_id=lambda: event_id), faults)
    except Refusal as refusal:
        raise Refusal("invalid", *refusal.problems) from refusal
    found = id_of(session, edit.table, key)
    if found is None:
        raise RuntimeError(f"{edit.table} {key} was stored and is not there")
    return found


def _key(row: RawRow, how: Loading, faults: list[Problem]) -> tuple[str, ...]:
    """What names the row; empty where it does not read well, with every fault."""
    read = read_row(row, city=how.city, faults=faults)
    return natural_key(read) if read is not None else ()


def _renamed(edit: Edit, key: tuple[str, ...]) -> Problem:
    field = NAMED_BY[edit.table]
    return Problem("fixed_once", field, {"name": field, "stored": "—", "value": key[-1]})


def _is_of(event: Any, table: str, key: tuple[str, ...]) -> bool:
    """Whether a stored event is of this very row."""
    return bool(key) and event.kind == table and ledger.content_of(event)["act"]["name"] == key[-1]
