"""`flask audit`: what is wrong in the city, for people and for machines."""

import json

from sqlmodel import Session

from tests.cast import PAULA
from tests.city import CLINIC, City
from tests.cli.conftest import Clerk
from tests.story import Story


def test_a_city_where_all_is_well(clerk: Clerk, city: City) -> None:
    result = clerk.flask("audit")
    assert (result.exit_code, result.output) == (0, "问题线索共 0 条（0）。 0 finding(s): 0.\n")
    assert json.loads(clerk.flask("audit", "--json").output) == []


def test_waste_that_lies_too_long_is_found(clerk: Clerk, session: Session, city: City) -> None:
    story = Story(session, city)
    lot = story.lot(PAULA, CLINIC, "841-001-01", 5_000)
    session.commit()
    told = clerk.flask("audit")
    assert told.exit_code == 1
    assert "MW-2D" in told.output
    findings = json.loads(clerk.flask("audit", "--json").output)
    overdue = next(finding for finding in findings if finding["rule"] == "MW-2D")
    assert overdue["holdings"] == [lot.lot]
    assert overdue["grams"] == 5_000
    assert overdue["due_at"].endswith("+00:00")
    assert overdue["events"] == [str(lot.event)]
