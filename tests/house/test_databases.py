"""The tests' databases: each test has its own, the city in it as built, whatever went before."""

from collections.abc import Iterator

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.databases import Databases

COUNT = "SELECT count(*) FROM permit_term"


def run(url: str, *statements: str) -> list[int]:
    """Commits the statements one by one; the first number of each answer."""
    engine = create_engine(url, poolclass=NullPool)
    numbers = []
    for statement in statements:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            numbers.append(result.scalar() if result.returns_rows else result.rowcount)
    engine.dispose()
    return [int(number or 0) for number in numbers]


@pytest.fixture
def lent(databases: Databases, database_kind: str) -> Iterator[str]:
    url = databases.lend(database_kind, "city")
    yield url
    databases.take_back(url, "city")


def new_vehicle(plate: str) -> str:
    return (
        "INSERT INTO vehicle (plate, organisation_id, streams, licence_number, licence_to,"
        f" dedicated, withdrawn) VALUES ('{plate}', 1, '', '', '2099-12-31', '0', '0')"
        " RETURNING id"
    )


def test_a_database_that_comes_back_is_as_it_was(databases: Databases, database_kind: str) -> None:
    first = databases.lend(database_kind, "city")
    before, vehicle = run(first, COUNT, new_vehicle("A"))
    run(first, "DELETE FROM permit_term", "UPDATE site SET name = 'spoilt'")
    databases.take_back(first, "city")

    again = databases.lend(database_kind, "city")
    spoilt = "SELECT count(*) FROM site WHERE name = 'spoilt'"
    assert run(again, COUNT, spoilt, new_vehicle("A")) == [before, 0, vehicle]
    databases.take_back(again, "city")


def test_two_that_are_lent_at_once_share_nothing(databases: Databases, database_kind: str, lent: str) -> None:
    other = databases.lend(database_kind, "city")
    before = run(other, COUNT)
    run(lent, "DELETE FROM permit_term")
    assert run(other, COUNT) == before
    databases.take_back(other, "city")


def test_a_connection_somebody_forgot_is_in_nobodys_way(databases: Databases) -> None:
    url = databases.lend("postgresql", "city")
    engine = create_engine(url, poolclass=NullPool)
    forgotten = engine.connect()
    forgotten.execute(text("LOCK TABLE permit_term"))
    databases.take_back(url, "city")

    again = databases.lend("postgresql", "city")
    assert run(again, COUNT) > [0]
    databases.take_back(again, "city")
    forgotten.invalidate()
    forgotten.close()
    engine.dispose()
