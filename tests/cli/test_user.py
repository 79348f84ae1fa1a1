"""`flask user add`: an account for one person."""

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import PASSWORD
from tests.city import City
from tests.cli.conftest import Clerk
from zerowaste.models.tables import MEMBERSHIP, ORGANISATION, USER


@pytest.fixture
def plant(session: Session, city: City) -> str:
    """The credit code of Fay's firm."""
    row = select(ORGANISATION.c.credit_code).where(ORGANISATION.c.id == city.organisations["plant"])
    code = session.execute(row).scalar_one()
    session.rollback()
    return str(code)


def test_a_password_is_asked_for_twice_and_not_shown(
    clerk: Clerk, session: Session, city: City, plant: str
) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    result = clerk.flask(
        "user", "add", "Wang", "--name", "王敏", "--role", "facility", "--organisation", plant,
        "--site", "N-PLANT", typed=typed,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert PASSWORD not in result.output
    user = session.execute(select(USER).where(USER.c.login == "wang")).one()
    member = session.execute(select(MEMBERSHIP).where(MEMBERSHIP.c.user_id == user.id)).one()
    assert (user.name, user.role, member.site_id) == ("王敏", "facility", city.sites["N-PLANT"])


def test_what_does_not_fit_is_said(clerk: Clerk, plant: str) -> None:
    add = ("user", "add")
    rest = ("--organisation", plant, "--password", PASSWORD)
    taken = clerk.flask(*add, "fay", "--name", "费收", "--role", "facility", *rest)
    assert taken.exit_code == 1
    assert "fay" in taken.stderr
    nowhere = clerk.flask(*add, "rico", "--name", "芮可", "--role", "regulator", *rest)
    assert nowhere.exit_code == 1
    weak = clerk.flask(*add, "weak", "--name", "弱", "--role", "facility", "--organisation", plant,
                       "--password", "short")  # fmt: skip
    assert weak.exit_code == 1
    unlicensed = clerk.flask(*add, "dirk", "--name", "迪克", "--role", "driver", *rest)
    assert "licence" in unlicensed.stderr
