"""Kitchen waste: fetched every day, only by and to those who may, and its oil apart."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from tests.cast import DAN, FAY, PAULA, TESS
from tests.city import CANTEEN, PLANT, STATION
from tests.law.hazardous import change_paper, change_terms, codes, paper, refused
from tests.law.rounds import (
    COOKING_OIL,
    FOOD,
    KITCHEN,
    MARKET,
    accepted,
    file,
    filed,
    lots_at,
    on_the_road,
    overdue,
    treat,
)
from tests.story import Story
from zerowaste.models.tables import TERM
from zerowaste.rules.state import LineReport
from zerowaste.services import register
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Instrument, Status

OIL_LINE = LineRequest(COOKING_OIL, 30_000)


def test_a_canteen_s_waste_goes_within_a_day(story: Story) -> None:
    """KW-DAILY: 24 hours in the yard, then it is overdue there and a call was missed."""
    begun = story.now
    story.lot(PAULA, CANTEEN, FOOD, 120_000)
    story.wait(hours=24)
    assert overdue(story, ["KW-DAILY"]) == []
    story.wait(minutes=1)
    found = {finding.audit: finding for finding in overdue(story, ["KW-DAILY"])}
    assert set(found) == {"stuck_in_storage", "collection"}
    assert {finding.due_at for finding in found.values()} == {begun + timedelta(hours=24)}
    assert {finding.grams for finding in found.values()} == {120_000}


def test_what_is_fetched_every_day_is_never_late(story: Story) -> None:
    """KW-DAILY: three days, three calls, nothing found."""
    for _ in range(3):
        story.lot(PAULA, CANTEEN, FOOD, 300_000)
        story.wait(hours=20)
        ref = accepted(story, KITCHEN, by=FAY)
        assert ref
        lot = lots_at(story, PLANT)[-1]
        assert refused(treat(story, lot.id, lot.grams, "K1")) == set()
        story.wait(hours=4)
        assert overdue(story, ["KW-DAILY"]) == []


def test_a_transfer_station_is_emptied_every_day(story: Story) -> None:
    """KW-DAILY holds for a station that does not cool."""
    accepted(story, KITCHEN, by=TESS, consignee=STATION)
    story.wait(hours=25)
    (finding,) = overdue(story, ["KW-DAILY"])
    assert (finding.audit, finding.grams) == ("stuck_in_storage", 300_000)


def test_only_a_qualified_plant_receives_it(story: Story) -> None:
    """KW-QUAL blocks a plant whose permit says nothing of kitchen waste, or has ended."""
    assert refused(file(story, KITCHEN, consignee="N-SMALL")) == {"permit_code"}
    permit = paper(story, Instrument.PERMIT, "plant", PLANT)
    change_paper(story, permit, valid_to=date(2026, 3, 1))
    assert refused(file(story, KITCHEN)) == {"permit_expired"}
    change_paper(story, permit, valid_to=date(2026, 3, 2))
    filed(story, KITCHEN)


def test_only_a_qualified_carrier_collects_it(story: Story) -> None:
    """KW-QUAL: no licence, no filing; none left on the day, no loading."""
    ref = filed(story, KITCHEN)
    change_paper(story, paper(story, Instrument.LICENCE, "carrier"), valid_to=date(2026, 3, 1))
    assert refused(file(story, KITCHEN)) == {"carrier_not_licensed"}
    assert refused(story.act(DAN, ref, Act.PICKUP)) == {"carrier_not_licensed"}


@pytest.mark.parametrize("consignee", [CANTEEN, "N-OTHER", "N-BUILDING"])
def test_nobody_else_receives_it(story: Story, consignee: str) -> None:
    """KW-QUAL: a farmer, or whoever makes waste himself, is no receiver."""
    assert refused(file(story, KITCHEN, consignee=consignee)) & {"not_a_receiver", "same_site"}


@pytest.mark.parametrize("operation", ["feed", "R15", "U1"])
def test_it_is_not_fed_to_animals(story: Story, operation: str) -> None:
    """KW-QUAL: digestion, compost and fuel are what may be done with it; feeding is not on the list."""
    line = LineRequest(FOOD, 100_000, operation=operation)
    assert "operation_not_for_waste" in refused(file(story, KITCHEN, line))


def test_it_is_not_turned_into_feed_at_the_plant(story: Story) -> None:
    """KW-QUAL: nor can a plant report having done so."""
    accepted(story, KITCHEN, by=FAY)
    (lot,) = lots_at(story, PLANT)
    assert codes(treat(story, lot.id, lot.grams, "U1").errors)
    assert lots_at(story, PLANT)[0].grams == lot.grams


def test_oil_beside_food_on_one_manifest_is_warned_of(story: Story) -> None:
    """KW-UCO: it goes through, and the producer is told to keep it apart."""
    answer = file(story, KITCHEN, KITCHEN.line, OIL_LINE)
    assert answer.number
    assert "waste_oil_apart" in codes(answer.warnings)


@pytest.mark.parametrize("line", [KITCHEN.line, OIL_LINE])
def test_oil_alone_and_food_alone_are_as_they_should_be(story: Story, line: LineRequest) -> None:
    """KW-UCO: a manifest for each."""
    answer = file(story, KITCHEN, line)
    assert answer.number
    assert codes(answer.warnings) == {"generated_by_filing"}


@pytest.mark.parametrize("oil_first", [True, False])
def test_oil_and_food_on_one_lorry_are_warned_of(story: Story, oil_first: bool) -> None:
    """KW-UCO: two manifests, one trip, is not apart either."""
    trip = uuid.uuid4()
    first, second = (OIL_LINE, KITCHEN.line) if oil_first else (KITCHEN.line, OIL_LINE)
    filed(story, KITCHEN, first, trip=trip)
    answer = file(story, KITCHEN, second, trip=trip)
    assert answer.number
    assert "waste_oil_on_trip" in codes(answer.warnings)


def test_two_kinds_of_food_may_ride_together(story: Story) -> None:
    """KW-UCO is about oil only."""
    trip = uuid.uuid4()
    filed(story, KITCHEN, trip=trip)
    answer = file(story, KITCHEN, LineRequest(MARKET, 50_000), trip=trip)
    assert codes(answer.warnings) == {"generated_by_filing"}


def test_oil_is_a_line_of_its_own(story: Story) -> None:
    """KW-UCO: weighed once, not spread over lines or hidden among the food."""
    twice = file(story, KITCHEN, OIL_LINE, OIL_LINE)
    assert "code_twice" in refused(twice)


def test_oil_goes_to_who_makes_fuel_of_it(story: Story) -> None:
    """KW-UCO: a plant that only digests is no receiver of oil, though its permit says kitchen waste."""
    ref = filed(story, KITCHEN, OIL_LINE)
    permit = paper(story, Instrument.PERMIT, "plant", PLANT)
    where = (TERM.c.permit_id == permit, TERM.c.pattern == COOKING_OIL)
    story.session.execute(update(TERM).where(*where).values(stream="hazardous"))
    register.bump(story.session)
    assert refused(file(story, KITCHEN, OIL_LINE)) == {"permit_suits_not"}
    assert refused(story.act(DAN, ref, Act.PICKUP)) == {"permit_operation"}
    assert refused(file(story, KITCHEN)) == set()


def test_oil_found_in_the_food_gets_its_own_code_at_the_gate(story: Story) -> None:
    """KW-UCO: what was declared as food and is oil is booked as oil, for whom it concerns to see."""
    ref = on_the_road(story, KITCHEN)
    story.act(DAN, ref, Act.ARRIVE)
    row = LineReport(1, received_g=300_000, accepted_g=300_000, refused_g=0, waste_code=COOKING_OIL)
    done = story.act(FAY, ref, Act.ACCEPT, [row])
    assert done.status in (Status.ACCEPTED, Status.SETTLED)
    assert "code_differs" in codes([*done.findings, *done.warnings])
    (lot,) = lots_at(story, PLANT)
    assert (lot.waste_code, lot.grams) == (COOKING_OIL, 300_000)


def test_terms_of_a_permit_are_read_for_oil_as_for_all(story: Story) -> None:
    """KW-UCO: a permit for oil alone is none for food."""
    change_terms(story, paper(story, Instrument.PERMIT, "plant", PLANT), pattern=COOKING_OIL)
    assert refused(file(story, KITCHEN)) == {"permit_code"}
