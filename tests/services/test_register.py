"""What processes remember of master data: what was committed, and nothing else."""

import pytest
from sqlalchemy import update
from sqlmodel import Session

from tests.city import WORKS, City
from zerowaste.db import Database
from zerowaste.models.tables import SITE
from zerowaste.services import register
from zerowaste.services.register import Register


def rename(session: Session, name: str) -> str:
    """Ada gives the works another name, and looks at it."""
    session.execute(update(SITE).where(SITE.c.code == WORKS).values(name=name))
    register.bump(session)
    return name_of(session)


def name_of(session: Session) -> str:
    place = Register(session).place_called(WORKS)
    assert place is not None
    return place.name


def test_a_change_is_known_once_it_is_committed(database: Database, city: City) -> None:
    with database.session_for(write=False) as session:
        before = name_of(session)
    assert database.transact(lambda session: rename(session, "新厂")) == "新厂" != before
    with database.session_for(write=False) as session:
        assert name_of(session) == "新厂"


def test_what_was_rolled_back_is_remembered_by_nobody(database: Database, city: City) -> None:
    """The next change bears the same revision: it must not find there what never came to be."""

    def changes_his_mind(session: Session) -> None:
        assert rename(session, "写错的名字") == "写错的名字"
        raise LookupError

    with pytest.raises(LookupError):
        database.transact(changes_his_mind)
    database.transact(register.bump)
    assert database.transact(name_of) != "写错的名字"
