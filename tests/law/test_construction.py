"""Construction waste: one manifest a trip, a plan before the first lorry, and approvals for all three."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from tests.cast import DAN, FAY, PAULA, TESS
from tests.city import BUILDING, CANTEEN, LORRY, PLANT, STATION
from tests.law.hazardous import change_paper, change_terms, codes, lot_at, paper, refused
from tests.law.rounds import CONSTRUCTION, KITCHEN, RUBBLE, SOIL, TONNE, accepted, file, filed, on_the_road
from tests.story import Story
from zerowaste.models.tables import TERM
from zerowaste.services import register
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Basis, Instrument, Status, Verdict


def test_a_second_manifest_on_a_trip_is_refused(story: Story) -> None:
    """CW-LIAN: one vehicle, one trip, one manifest; both kinds of rubble go on the one."""
    trip = uuid.uuid4()
    first = filed(story, CONSTRUCTION, trip=trip)
    second = file(story, CONSTRUCTION, LineRequest(RUBBLE, 5 * TONNE), trip=trip)
    assert [(error.code, error.path, error.params["number"]) for error in second.errors] == [
        ("one_manifest_a_trip", "trip", first)
    ]
    both = (LineRequest(SOIL, 15 * TONNE), LineRequest(RUBBLE, 5 * TONNE))
    filed(story, CONSTRUCTION, *both)


@pytest.mark.parametrize("construction_first", [True, False])
def test_other_waste_is_no_company_either(story: Story, construction_first: bool) -> None:
    """CW-LIAN: a kitchen tour cannot join a lorry of rubble, nor rubble a kitchen tour."""
    trip = uuid.uuid4()
    loads = (CONSTRUCTION, KITCHEN) if construction_first else (KITCHEN, CONSTRUCTION)
    filed(story, loads[0], trip=trip)
    assert refused(file(story, loads[1], trip=trip)) == {"one_manifest_a_trip"}


def test_a_cancelled_manifest_leaves_its_trip_to_another(story: Story) -> None:
    """CW-LIAN counts manifests that stand."""
    trip = uuid.uuid4()
    first = filed(story, CONSTRUCTION, trip=trip)
    story.act(PAULA, first, Act.CANCEL)
    filed(story, CONSTRUCTION, trip=trip)


def test_every_trip_has_its_own_manifest(story: Story) -> None:
    """CW-LIAN: the lorry may be promised all day, and is loaded again when it has tipped."""
    first, second = filed(story, CONSTRUCTION), filed(story, CONSTRUCTION)
    story.act(DAN, first, Act.PICKUP)
    early = story.act(DAN, second, Act.PICKUP)
    assert (early.verdict, refused(early)) == (Verdict.REFUSED, {"one_manifest_a_trip_aboard"})
    story.act(DAN, first, Act.ARRIVE)
    assert story.act(DAN, second, Act.PICKUP).status is Status.IN_TRANSIT


def test_a_second_load_told_afterwards_is_found(story: Story) -> None:
    """CW-LIAN: two loads at once on one lorry happened where no signal was: a finding."""
    first, second = filed(story, CONSTRUCTION), filed(story, CONSTRUCTION)
    story.act(DAN, first, Act.PICKUP)
    told = story.act(DAN, second, Act.PICKUP, offline=True)
    assert (told.verdict, codes(told.findings)) == (Verdict.APPLIED, {"one_manifest_a_trip_aboard"})


def test_two_loads_one_after_the_other_are_no_company(story: Story) -> None:
    """CW-LIAN: what counts is what lay on the lorry then, in whatever order the telling comes in."""
    first, second = filed(story, CONSTRUCTION), filed(story, CONSTRUCTION)
    morning = story.now
    story.wait(hours=3)
    story.act(DAN, second, Act.PICKUP, offline=True)
    story.wait(minutes=1)
    for kind, hours in ((Act.PICKUP, 0), (Act.ARRIVE, 1)):
        told = story.act(DAN, first, kind, at=morning + timedelta(hours=hours), offline=True)
        assert (told.verdict, codes(told.findings)) == (Verdict.APPLIED, set())


def test_a_load_put_beside_one_that_came_down_since_is_found(story: Story) -> None:
    """CW-LIAN: both lay on the lorry at eight, though it has been empty since nine."""
    first, second = filed(story, CONSTRUCTION), filed(story, CONSTRUCTION)
    eight = story.now
    story.act(DAN, first, Act.PICKUP)
    story.wait(hours=1)
    story.act(DAN, first, Act.ARRIVE)
    told = story.act(DAN, second, Act.PICKUP, at=eight + timedelta(minutes=10), offline=True)
    assert (told.verdict, codes(told.findings)) == (Verdict.APPLIED, {"one_manifest_a_trip_aboard"})


def test_kitchen_waste_is_not_loaded_onto_rubble(story: Story) -> None:
    """CW-LIAN: the lorry of rubble takes nothing more, whatever the next stream allows."""
    on_the_road(story, CONSTRUCTION)
    tour = filed(story, KITCHEN)
    assert refused(story.act(DAN, tour, Act.PICKUP)) == {"one_manifest_a_trip_aboard"}


def test_no_lorry_leaves_a_site_without_a_manifest_of_its_own_trip(story: Story) -> None:
    """CW-LIAN: a manifest is for one trip; it cannot be picked up twice."""
    ref = on_the_road(story, CONSTRUCTION)
    assert story.act(DAN, ref, Act.PICKUP).code == "not_legal_now"


def test_without_a_plan_nothing_leaves_the_building_site(story: Story) -> None:
    """CW-PLAN blocks: a canteen that builds has no plan on file; the building site has."""
    assert refused(file(story, CONSTRUCTION, consignor=CANTEEN)) == {"approval_missing"}
    assert refused(file(story, CONSTRUCTION)) == set()


def test_the_plan_is_there_before_the_work_begins(story: Story) -> None:
    """CW-PLAN: a plan that begins tomorrow is none for today."""
    plan = paper(story, Instrument.APPROVAL, "producer", BUILDING)
    change_paper(story, plan, valid_from=date(2026, 3, 3))
    assert refused(file(story, CONSTRUCTION)) == {"approval_expired"}
    story.wait(days=1)
    assert refused(file(story, CONSTRUCTION)) == set()


def test_a_plan_names_its_wastes(story: Story) -> None:
    """CW-PLAN: a plan for soil says nothing of rubble."""
    change_terms(story, paper(story, Instrument.APPROVAL, "producer", BUILDING), pattern=SOIL)
    assert refused(file(story, CONSTRUCTION)) == set()
    assert refused(file(story, CONSTRUCTION, LineRequest(RUBBLE, TONNE))) == {"approval_code"}


def test_a_plan_is_asked_for_again_when_the_lorry_is_loaded(story: Story) -> None:
    """CW-PLAN: suspended since the filing, it stops the lorry at the site's gate."""
    ref = filed(story, CONSTRUCTION)
    change_paper(story, paper(story, Instrument.APPROVAL, "producer", BUILDING), suspended=True)
    assert refused(story.act(DAN, ref, Act.PICKUP)) == {"approval_suspended"}


def test_an_approval_is_for_the_amount_it_says(story: Story) -> None:
    """CW-LIC: the last approved tonne may go, not one gram more."""
    approval = paper(story, Instrument.APPROVAL, "producer", BUILDING)
    change_terms(story, approval, limit_g=40 * TONNE, hard_limit_g=40 * TONNE)
    filed(story, CONSTRUCTION)
    over = file(story, CONSTRUCTION, LineRequest(SOIL, 20 * TONNE + 1))
    assert refused(over) == {"capacity_exceeded"}
    filed(story, CONSTRUCTION)
    assert refused(file(story, CONSTRUCTION, LineRequest(SOIL, 1))) == {"capacity_exceeded"}


def test_a_carrier_without_an_approval_carries_nothing(story: Story) -> None:
    """CW-LIC: the licence of a kitchen carrier is none for construction waste."""
    licence = paper(story, Instrument.LICENCE, "carrier")
    where = (TERM.c.permit_id == licence, TERM.c.stream == "construction")
    story.session.execute(update(TERM).where(*where).values(stream="kitchen"))
    register.bump(story.session)
    assert refused(file(story, CONSTRUCTION)) == {"carrier_not_licensed"}
    assert refused(file(story, KITCHEN)) == set()


def test_a_tip_without_an_approval_receives_nothing(story: Story) -> None:
    """CW-LIC blocks a receiver whose permit has ended or says nothing of this; a licensed one takes it."""
    assert refused(file(story, CONSTRUCTION, consignee="N-SMALL")) == {"permit_code"}
    permit = paper(story, Instrument.PERMIT, "plant", PLANT)
    change_paper(story, permit, valid_to=date(2026, 3, 1))
    assert refused(file(story, CONSTRUCTION)) == {"permit_expired"}
    change_paper(story, permit, valid_to=date(2026, 12, 31))
    accepted(story, CONSTRUCTION, by=FAY)


def test_a_licence_that_ended_on_the_way_is_seen_at_the_gate(story: Story) -> None:
    """CW-LIC is asked once more where the waste is accepted."""
    ref = on_the_road(story, CONSTRUCTION)
    story.act(DAN, ref, Act.ARRIVE)
    change_paper(story, paper(story, Instrument.PERMIT, "plant", PLANT), suspended=True)
    assert refused(story.act(FAY, ref, Act.ACCEPT)) == {"permit_suspended"}


def test_a_sorting_yard_passes_on_without_a_plan_of_its_own(story: Story) -> None:
    """CW-PLAN binds who builds; a yard that sorts passes on what it holds, lorry by lorry."""
    accepted(story, CONSTRUCTION, by=TESS, consignee=STATION)
    lot = lot_at(story, STATION, SOIL)
    part = LineRequest(SOIL, 8 * TONNE, draws=((lot.id, 8 * TONNE),))
    accepted(story, CONSTRUCTION, part, person=TESS, consignor=STATION, legs=[story.leg(LORRY, DAN)], by=FAY)


def test_a_volume_far_from_its_mass_is_doubted(story: Story) -> None:
    """CW-LIAN: most loads are a volume; twenty cubic metres of soil do not weigh two tonnes."""
    odd = LineRequest(SOIL, 2 * TONNE, basis=Basis.VOLUME, volume_l=20_000)
    assert "volume_and_mass_differ" in codes(file(story, CONSTRUCTION, odd).warnings)
    right = LineRequest(SOIL, 34 * TONNE, basis=Basis.VOLUME, volume_l=20_000)
    assert "volume_and_mass_differ" not in codes(file(story, CONSTRUCTION, right).warnings)
