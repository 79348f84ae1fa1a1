"""The life of a chain, told by the cast."""

from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.story import Story
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Status

OIL = "900-249-08"


def test_a_load_goes_from_the_works_to_the_plant(session: Session, city: City) -> None:
    story = Story(session, city)
    filed = story.file(
        PAULA,
        stream="hazardous",
        consignor=WORKS,
        consignee=PLANT,
        lines=[LineRequest(OIL, 500_000, packages=3, packaging="桶", operation="R9")],
        legs=[story.leg(LORRY, DAN)],
    )
    assert filed.number == "20263601000001", filed.errors
    ref = filed.number
    story.wait(hours=1)
    assert story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=498_000)]).status is Status.IN_TRANSIT
    story.wait(hours=1)
    assert story.act(DAN, ref, Act.ARRIVE, ticket={"net_g": 497_000}).status is Status.ARRIVED
    story.wait(hours=1)
    accepted = story.act(FAY, ref, Act.ACCEPT, [LineReport(1, received_g=497_000, accepted_g=497_000)])
    assert (accepted.status, accepted.errors) == (Status.ACCEPTED, [])
