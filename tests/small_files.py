"""Loading small files of master data: what the tests of it have in common."""

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.city import NOW, PLANT, City
from tests.story import the_law
from zerowaste.config import PasswordCost
from zerowaste.errors import Refusal
from zerowaste.models.tables import ORGANISATION
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.masterdata import masterdata
from zerowaste.services.masterdata.masterdata import Loaded, Loading

PASSWORDS = Passwords(PasswordCost(rounds=1, memory_kib=8, lanes=1))
HOW = Loading(city="3601", passwords=PASSWORDS, now=NOW)


def load(session: Session, toml: str, how: Loading = HOW) -> Loaded:
    return masterdata.load(session, the_law(), [("city.toml", toml.encode())], how)


def refused(session: Session, toml: str) -> set[tuple[str, str]]:
    """(code, where) of everything that is wrong with a file."""
    with pytest.raises(Refusal, match="load_invalid") as caught:
        load(session, toml)
    return {(problem.code, problem.path) for problem in caught.value.problems}


def code_of(session: Session, city: City, key: str) -> str:
    row = select(ORGANISATION.c.credit_code).where(ORGANISATION.c.id == city.organisations[key])
    return str(session.execute(row).scalar_one())


def permit(plant: str, limit: str, **more: str) -> str:
    extra = "\n".join(f"{key} = {value}" for key, value in more.items())
    return f"""
        [[permit]]
        kind = "permit"
        number = "证-9"
        organisation = "{plant}"
        site = "{PLANT}"
        valid_from = 2026-01-01
        valid_to = 2026-12-31
        {extra}
        [[permit.term]]
        stream = "hazardous"
        pattern = "HW06"
        operation = "R2"
        period = "year"
        limit = {limit}
    """
