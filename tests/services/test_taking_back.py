"""Taking back: whatever is done again afterwards can be taken back too."""

from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session

from tests.cast import DAN, DREW, FAY, PAULA, RITA, Person
from tests.city import ABROAD, LORRY, PLANT, SECOND_LORRY, WORKS, City
from tests.story import Story, the_law
from zerowaste.rules.state import LineReport
from zerowaste.services.acts.lots import list_lots
from zerowaste.services.findings.auditing import examine, examine_whole, keep
from zerowaste.services.history.replay import replay
from zerowaste.services.queries.manifests import read_manifest
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Status, Verdict

Leg = tuple[int, bool, str, bool]


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def oil_to(story: Story, consignee: str) -> str:
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=consignee, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 500_000, packages=3, packaging="桶")],
    )  # fmt: skip
    return str(filed.number)


@pytest.fixture
def ref(story: Story) -> str:
    """Half a tonne of oil that Fay refused at her gate."""
    number = oil_to(story, PLANT)
    for person, kind, more in (
        (DAN, Act.PICKUP, {}),
        (DAN, Act.ARRIVE, {}),
        (FAY, Act.REFUSE, {"reason": "no_room"}),
    ):
        said(story, person, number, kind, **more)
    return number


def said(story: Story, person: Person, ref: str, kind: Act, **more: Any) -> Status:
    story.wait(minutes=10)
    return story.act(person, ref, kind, **more).status


def legs(story: Story, ref: str) -> list[Leg]:
    """(number, home, driver, over) of each."""
    found = read_manifest(story.desk(PAULA), ref).legs
    return [(leg.number, leg.back, leg.driver, leg.ended_at is not None) for leg in found]


OUT: Leg = (1, False, DAN.login, True)


def test_a_way_home_that_was_taken_back_is_no_leg(story: Story, ref: str) -> None:
    said(story, FAY, ref, Act.RETURN)
    assert legs(story, ref) == [OUT, (2, True, DAN.login, False)]
    said(story, FAY, ref, Act.REVERSE, note="the lorry was gone already")
    assert legs(story, ref) == [OUT]


def test_a_receipt_is_taken_back_after_a_second_return_by_another_carrier(story: Story, ref: str) -> None:
    said(story, FAY, ref, Act.RETURN, leg_by=story.leg(SECOND_LORRY, DREW))
    said(story, FAY, ref, Act.REVERSE, note="Drew has no time")
    said(story, FAY, ref, Act.RETURN)
    assert said(story, PAULA, ref, Act.RECEIVE_BACK, lines=[LineReport(1, received_g=50_000)]) is (
        Status.SETTLED
    )
    assert legs(story, ref) == [OUT, (2, True, DAN.login, True)]
    assert said(story, PAULA, ref, Act.REVERSE, note="a nought too few") is Status.REFUSED
    assert legs(story, ref) == [OUT, (2, True, DAN.login, False)]  # on its way again
    assert said(story, PAULA, ref, Act.RECEIVE_BACK) is Status.SETTLED
    assert replay(story.session, the_law()) == []


def test_an_authority_that_confirmed_takes_it_back_itself_and_nobody_else_does(story: Story) -> None:
    ref = oil_to(story, ABROAD)
    said(story, DAN, ref, Act.PICKUP)
    story.wait(minutes=10)
    confirmed = story.act(RITA, ref, Act.CONFIRM_OUTSIDE, lines=[LineReport(1, received_g=50_000)])
    assert [act for act, _ in confirmed.actions] == [Act.REVERSE]
    refused = story.act(PAULA, ref, Act.REVERSE, note="it was half a tonne")
    assert [problem.code for problem in refused.errors] == ["not_yours_to_reverse"]
    assert said(story, RITA, ref, Act.REVERSE, note="a nought too few") is Status.IN_TRANSIT
    said(story, PAULA, ref, Act.CONFIRM_OUTSIDE)
    meddled = story.act(RITA, ref, Act.REVERSE, note="not yet")
    assert [problem.code for problem in meddled.errors] == ["not_yours_to_reverse"]
    assert replay(story.session, the_law()) == []


def test_waste_that_is_promised_to_another_load_meanwhile_is_not_promised_back(story: Story) -> None:
    """Dan loads less than was planned, Paula files the rest, and then he finds that he loaded nothing."""
    lot = story.lot(PAULA, WORKS, "900-249-08", 500_000).lot

    def oil(mass_g: int) -> str:
        line = LineRequest("900-249-08", mass_g, packages=1, packaging="桶", draws=((lot, mass_g),))
        legs = [story.leg(LORRY, DAN)]
        filed = story.file(
            PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=legs, lines=[line]
        )
        return str(filed.number)

    first = oil(500_000)
    story.act(DAN, first, Act.PICKUP, [LineReport(1, mass_g=100_000)])
    second = oil(400_000)
    refused = story.act(DAN, first, Act.REVERSE, note="the wrong drums")
    assert [(each.code, each.params["names"]) for each in refused.errors] == [("hangs_on_it", second)]
    story.act(PAULA, second, Act.CANCEL)
    assert said(story, DAN, first, Act.REVERSE, note="the wrong drums") is Status.FILED
    assert replay(story.session, the_law()) == []


def test_refused_attempts_to_take_back_leave_the_audit_at_work(story: Story) -> None:
    """Nothing but the filing stands, and Paula tries twice."""
    keep(story.session, examine_whole(story.session, the_law(), now=story.now))
    story.wait(minutes=10)
    ref = oil_to(story, PLANT)
    for _ in range(2):
        assert story.act(PAULA, ref, Act.REVERSE, note="?").verdict is Verdict.REFUSED
    assert examine(story.session, the_law(), now=story.now).cases == []


def test_what_is_accepted_anew_is_the_waste_and_the_moment_said_then(story: Story) -> None:
    """Fay takes oil for acid, takes it back, and a day later accepts it as what it is: the lot in her store
    has the code of her second word, and its year begins with it."""
    ref = oil_to(story, PLANT)
    said(story, DAN, ref, Act.PICKUP)
    said(story, FAY, ref, Act.ACCEPT, lines=[LineReport(1, waste_code="900-300-34")])
    said(story, FAY, ref, Act.REVERSE, note="I read the wrong label")
    story.wait(days=1)
    said(story, FAY, ref, Act.ACCEPT, lines=[LineReport(1, waste_code="900-214-08")])
    assert in_store(story) == [("900-214-08", 500_000, story.now)]
    for code in ("900-300-34", "900-249-08"):
        said(story, FAY, ref, Act.REASSIGN, lines=[LineReport(1, waste_code=code)])
        assert [(kind, grams) for kind, grams, _ in in_store(story)] == [(code, 500_000)]
        said(story, FAY, ref, Act.REVERSE, note="not yet sure")
    assert replay(story.session, the_law()) == []


def in_store(story: Story) -> list[tuple[str, int, datetime]]:
    """(waste code, grams, since) of each lot at the plant."""
    rows = list_lots(story.desk(FAY), PLANT, None, after=None, limit=10)
    return [(row.waste_code, row.grams, row.since) for row in rows]
