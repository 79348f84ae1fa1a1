"""The demo city's master data, from `manifests/demo/`, moved so that its papers run as of today."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.rules.law import Law
from zerowaste.services.demo import LOGINS, PASSWORD
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.masterdata import masterdata
from zerowaste.services.masterdata.files import RawRow, read_rows

FOLDER = "demo"
WRITTEN_FOR = date(2026, 1, 1)  # the day the files' own days count from


def load_city(
    session: Session,
    law: Law,
    manifests: Path,
    *,
    city: str,
    passwords: Passwords,
    at: datetime,
    today: date,
    new_id: Callable[[], UUID],
) -> masterdata.Loaded:
    """Load the demo city as of `today`; the events say `at`. Raises `load_invalid`."""
    files = sorted((manifests / FOLDER).glob("*.toml"))
    faults: list[Problem] = []
    rows = read_rows(((file.name, file.read_bytes()) for file in files), faults)
    if not rows:
        raise Refusal("load_empty")
    for row in rows:
        row.values = _moved(row.values, today - WRITTEN_FOR)
        _password(row)
    how = masterdata.Loading(city=city, passwords=passwords, now=at, demo=True, new_id=new_id)
    return masterdata.load_rows(session, law, rows, how, faults)


def _password(row: RawRow) -> None:
    """The printed logins get the password everybody knows; the rest one that nobody ever sees."""
    if row.table == "person" and row.values.get("login") in LOGINS:
        row.values["password"] = PASSWORD


def _moved(values: dict[str, Any], span: timedelta) -> dict[str, Any]:
    return {key: _day(value, span) for key, value in values.items()}


def _day(value: Any, span: timedelta) -> Any:
    return value + span if type(value) is date else value
