"""`flask reconcile`: a month's masses, for people, machines and cron."""

import json

import pytest
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, TONNE, WORKS, City
from tests.cli.conftest import Clerk
from tests.story import Story
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Basis


def send(session: Session, city: City, received_g: int) -> None:
    story = Story(session, city)
    line = LineRequest(
        waste_code="900-249-08", mass_g=10 * TONNE, packages=1, packaging="罐车", basis=Basis.SCALE
    )
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, lines=[line],
        legs=[story.leg(LORRY, DAN)],
    )  # fmt: skip
    story.act(DAN, str(filed.number), Act.PICKUP)
    story.wait(hours=1)
    part = LineReport(1, received_g=received_g, accepted_g=received_g, refused_g=0)
    story.act(FAY, str(filed.number), Act.ACCEPT, [part])
    session.commit()


def test_a_month_that_balances(clerk: Clerk, session: Session, city: City) -> None:
    send(session, city, 10 * TONNE)
    told = clerk.flask("reconcile", "--month", "2026-03")
    assert told.exit_code == 0
    assert "0 suspect" in told.output


def test_a_load_that_shrank_on_the_way_ends_in_an_exit_status(
    clerk: Clerk, session: Session, city: City
) -> None:
    send(session, city, 8 * TONNE)
    told = clerk.flask("reconcile", "--month", "2026-03")
    assert told.exit_code == 1
    assert f"{WORKS} → {PLANT}" in told.output
    found = json.loads(clerk.flask("reconcile", "--month", "2026-03", "--json").output)
    assert found["sound"] is False
    assert found["masses"][0]["origin"] == WORKS
    assert [each["what"] for each in found["masses"][0]["measured"] if each["suspect"]] == ["received"]


@pytest.mark.parametrize("month", ["2026", "2026-13", "march", "1999-01"])
def test_what_is_no_month_is_refused(clerk: Clerk, city: City, month: str) -> None:
    assert clerk.flask("reconcile", "--month", month).exit_code == 2
