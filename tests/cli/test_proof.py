"""`flask replay` and `flask verify`: clean books say so, and what was touched is named."""

import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.cli.conftest import Clerk
from tests.intruder import intruding
from tests.story import Story
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act


@pytest.fixture
def number(session: Session, city: City) -> str:
    """A manifest whose load has arrived and was accepted."""
    story = Story(session, city)
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 500_000, packages=3)],
    )  # fmt: skip
    assert filed.number is not None
    for person, act in ((DAN, Act.PICKUP), (DAN, Act.ARRIVE), (FAY, Act.ACCEPT)):
        story.act(person, filed.number, act)
    session.commit()
    return filed.number


def test_untouched_books_are_clean(clerk: Clerk, number: str) -> None:
    for command in ("replay", "verify"):
        result = clerk.flask(command)
        assert (result.exit_code, result.stderr) == (0, ""), result.output


def test_a_changed_balance_is_found_by_replay(clerk: Clerk, database_url: str, number: str) -> None:
    with intruding(database_url) as connection:
        connection.execute(text("UPDATE holding SET grams = grams + 1 WHERE part = 'accepted'"))
    result = clerk.flask("replay")
    assert result.exit_code == 1
    assert "500001" in result.output
    assert clerk.flask("verify").exit_code == 0


def test_a_changed_event_is_found_by_verify(clerk: Clerk, database_url: str, number: str) -> None:
    with intruding(database_url) as connection:
        connection.execute(
            text("UPDATE event SET text = replace(text, '500000', '400000') WHERE kind = 'accept'")
        )
    result = clerk.flask("verify")
    assert result.exit_code == 1
    assert "1 fault(s) in all." in result.output
