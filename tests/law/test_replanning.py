"""Who may carry what is planned anew, and on which trip: the law asks as it does at filing."""

import uuid
from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session

from tests.cast import DAN, DORA, DREW, OLAF, PAULA
from tests.city import CLINIC, LORRY, OTHER, PLANT, SECOND_LORRY, VAN, WORKS, City
from tests.colleagues import DICK, SPARE_LORRY, hire, proved, replan, row_of
from tests.law.hazardous import ENGINE_OIL, filed, of, place_on_the_map, refused
from tests.story import Story
from zerowaste.models.tables import FINDING, USER
from zerowaste.services import register
from zerowaste.services.findings.auditing import examine, keep
from zerowaste.services.requests import LegRequest, LineRequest
from zerowaste.vocabulary import Act, Verdict


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, hire(session, city))


def test_whoever_comes_is_licensed_and_belongs_to_his_carrier(story: Story) -> None:
    """As at filing: all that is wrong is told at once, at its leg."""
    ref = filed(story)
    ended = update(USER).where(USER.c.login == DICK.login).values(licence_to=date(2026, 3, 1))
    story.session.execute(ended)
    register.bump(story.session)
    strange = LegRequest(story.carrier_code("carrier"), SECOND_LORRY, DREW.login)
    legs = (story.leg(SPARE_LORRY, DICK), strange)
    answer = story.act(PAULA, ref, Act.REPLAN, legs=legs)
    assert {(each.code, each.path) for each in answer.errors} == {
        ("driver_licence_expired", "legs.0.driver"),
        ("vehicle_not_of_carrier", "legs.1.vehicle"),
        ("driver_not_of_carrier", "legs.1.driver"),
    }
    nobody = LegRequest(story.carrier_code("carrier"), "赣A99999", "nobody")
    answer = story.act(PAULA, ref, Act.REPLAN, legs=(nobody, legs[0]))
    assert {(each.code, each.path) for each in answer.errors} == {
        ("vehicle_unknown", "legs.0.vehicle"),
        ("driver_unknown", "legs.0.driver"),
        ("driver_licence_expired", "legs.1.driver"),
    }


def test_whoever_broke_down_is_judged_if_he_is_to_go_on(story: Story) -> None:
    """Dan is on leg 1; that he stands there already is no licence for leg 2."""
    ref = filed(story)
    story.act(DAN, ref, Act.PICKUP)
    story.session.execute(update(USER).where(USER.c.login == DAN.login).values(licence_to=date(2026, 3, 1)))
    register.bump(story.session)
    assert refused(replan(story, DORA, ref, (SPARE_LORRY, DAN))) == {"driver_licence_expired"}


def test_anothers_licence_does_not_keep_a_dispatcher_from_sending_help(story: Story) -> None:
    """Drew's licence is asked for when he takes over; that it has ended is not Dora's to mend."""
    ref = filed(story, legs=[story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)])
    story.act(DAN, ref, Act.PICKUP)
    ended = update(USER).where(USER.c.login == DREW.login).values(licence_to=date(2026, 3, 1))
    story.session.execute(ended)
    register.bump(story.session)
    assert replan(story, DORA, ref, (SPARE_LORRY, DICK), (SECOND_LORRY, DREW)).verdict is Verdict.APPLIED


def test_medical_waste_comes_on_a_vehicle_of_its_own_kind(story: Story) -> None:
    """MW-MODE: the van may not be swapped for a lorry that carries oil at other times."""
    ref = story.file(
        PAULA, stream="medical", consignor=CLINIC, consignee=PLANT, legs=[story.leg(VAN, DAN)],
        lines=[LineRequest("841-001-01", 80_000, packages=3, packaging="箱")],
    ).number  # fmt: skip
    assert ref is not None
    assert refused(replan(story, DORA, ref, (SPARE_LORRY, DICK))) == {
        "vehicle_not_for_stream", "vehicle_not_dedicated",
    }  # fmt: skip
    assert replan(story, PAULA, ref, (SECOND_LORRY, DREW)).verdict is Verdict.APPLIED


def test_another_first_lorry_is_another_trip_and_the_others_stay(story: Story) -> None:
    """HW-TRIP: two manifests on one lorry; one goes with the other lorry, and leaves the trip."""
    trip = uuid.uuid4()
    stays, goes = filed(story, trip=trip), filed(story, of(ENGINE_OIL), trip=trip)
    assert replan(story, DORA, goes, (SPARE_LORRY, DICK)).verdict is Verdict.APPLIED
    assert row_of(story, stays).trip_id == trip
    assert row_of(story, goes).trip_id not in (None, trip)
    assert proved(story)


def test_a_trip_is_joined_as_at_filing(story: Story) -> None:
    """HW-TRIP: on one vehicle, and one consignor's waste of one kind once."""
    spare, trip = [story.leg(SPARE_LORRY, DICK)], uuid.uuid4()
    there = filed(story, legs=spare, trip=trip)
    same, other = filed(story), filed(story, of(ENGINE_OIL))
    assert refused(replan(story, PAULA, same, (SPARE_LORRY, DICK), trip=trip)) == {"kind_already_on_trip"}
    elsewhere = replan(story, PAULA, other, (SECOND_LORRY, DREW), trip=trip)
    assert refused(elsewhere) == {"trip_of_other_vehicle"}
    assert replan(story, PAULA, other, (SPARE_LORRY, DICK), trip=trip).verdict is Verdict.APPLIED
    assert row_of(story, other).trip_id == row_of(story, there).trip_id == trip
    assert replan(story, PAULA, other, (SPARE_LORRY, DICK), trip=uuid.uuid4()).verdict is Verdict.APPLIED
    assert row_of(story, other).trip_id != trip
    story.act(DICK, other, Act.PICKUP)
    assert refused(replan(story, PAULA, other, (SECOND_LORRY, DREW), trip=trip)) == {"trip_has_begun"}
    assert proved(story)


def test_a_tour_is_looked_at_again_when_a_load_has_left_it(story: Story) -> None:
    """Three loads at once, far apart, are a tour nobody can drive; without one of them it is none."""

    def tours() -> int:
        story.wait(hours=1)  # so that what was before is not looked at for being new
        keep(story.session, examine(story.session, story.law, now=story.now))
        standing = select(func.count()).where(FINDING.c.audit == "tours", FINDING.c.gone_at.is_(None))
        return int(story.session.execute(standing).scalar_one())

    place_on_the_map(story, WORKS, 28.6, 115.8)
    place_on_the_map(story, OTHER, 29.1, 116.1)
    trip = uuid.uuid4()
    refs = [
        filed(story, trip=trip),
        filed(story, trip=trip, person=OLAF, consignor=OTHER),
        filed(story, of(ENGINE_OIL), trip=trip),
    ]
    for ref in refs:
        story.act(DAN, ref, Act.PICKUP)
    assert tours() == 1
    story.act(DAN, refs[2], Act.REVERSE, note="没装 not loaded")
    assert replan(story, DORA, refs[2], (SPARE_LORRY, DICK)).verdict is Verdict.APPLIED
    assert tours() == 0
