"""`flask tick`: what time alone brings about."""

from sqlmodel import Session

from tests.cast import DAN, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.cli.conftest import Clerk
from tests.story import Story
from zerowaste.services.requests import LineRequest


def test_what_nobody_fetched_expires_once(clerk: Clerk, session: Session, city: City) -> None:
    story = Story(session, city)
    story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 500_000, packages=3)],
    )  # fmt: skip
    session.commit()
    first = clerk.flask("tick")
    assert first.exit_code == 0
    assert "作废联单 1 份；" in first.output
    assert "0 manifest(s) expired; " in clerk.flask("tick").output
