"""Medical waste on the road: on what it may ride, beside what, and what a small clinic is spared."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.cast import DAN, DREW, FAY, PAULA, TESS
from tests.city import CLINIC, LORRY, PLANT, SECOND_LORRY, STATION, VAN, WORKS
from tests.law.hazardous import OIL, change_paper, codes, of, paper, refused
from tests.law.hazardous import file as file_hazardous
from tests.law.hazardous import filed as filed_hazardous
from tests.law.rounds import (
    MEDICAL,
    SHARPS,
    TISSUE,
    change_site,
    file,
    filed,
    on_the_road,
)
from tests.story import Story
from zerowaste.models.tables import MANIFEST, VEHICLE
from zerowaste.rules.state import LineReport
from zerowaste.services import register
from zerowaste.services.acts import filing
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Instrument, Status, Verdict


def oil(story: Story, **other: Any) -> filing.Filed:
    """Paula's works send oil on Drew's lorry."""
    values: dict[str, Any] = {"legs": [story.leg(SECOND_LORRY, DREW)], **other}
    return story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, lines=[of(OIL)], **values
    )  # fmt: skip


def test_only_a_vehicle_kept_for_it_carries_medical_waste(story: Story) -> None:
    """MW-MODE blocks a lorry for goods; the van goes."""
    assert refused(file(story, MEDICAL, legs=[story.leg(LORRY, DAN)])) >= {"vehicle_not_dedicated"}
    assert refused(file(story, MEDICAL, legs=[story.leg(VAN, DAN)])) == set()


def test_a_relay_needs_such_a_vehicle_on_every_leg(story: Story) -> None:
    """MW-MODE: the second vehicle is as dedicated as the first."""
    legs = [story.leg(VAN, DAN), story.leg(SECOND_LORRY, DREW)]
    assert refused(file(story, MEDICAL, legs=legs)) == set()
    story.session.execute(update(VEHICLE).where(VEHICLE.c.plate == SECOND_LORRY).values(dedicated=False))
    register.bump(story.session)
    answer = file(story, MEDICAL, legs=legs)
    assert [(error.code, error.path) for error in answer.errors] == [
        ("vehicle_not_dedicated", "legs.1.vehicle")
    ]


def test_a_carrier_must_be_licensed_for_it(story: Story) -> None:
    """MW-MODE: with a suspended licence nobody files, and nobody loads what was filed before."""
    ref = filed(story, MEDICAL)
    change_paper(story, paper(story, Instrument.LICENCE, "carrier"), suspended=True)
    assert refused(file(story, MEDICAL)) == {"carrier_not_licensed"}
    assert refused(story.act(DAN, ref, Act.PICKUP)) == {"carrier_not_licensed"}


@pytest.mark.parametrize("medical_first", [True, False])
def test_it_shares_no_trip_with_other_goods(story: Story, medical_first: bool) -> None:
    """MW-MODE: whoever joins the other's trip is refused; two calls at clinics may be one trip."""
    trip = uuid.uuid4()
    legs = [story.leg(SECOND_LORRY, DREW)]
    if medical_first:
        filed(story, MEDICAL, legs=legs, trip=trip)
        second = oil(story, trip=trip)
    else:
        assert oil(story, trip=trip).number
        second = file(story, MEDICAL, legs=legs, trip=trip)
    assert refused(second) == {"trip_mixes_streams"}


def test_clinics_may_be_called_at_on_one_trip(story: Story) -> None:
    """MW-MODE forbids other goods, not a tour."""
    trip = uuid.uuid4()
    on_the_road(story, MEDICAL, trip=trip)
    on_the_road(story, MEDICAL, LineRequest(SHARPS, 5_000, packages=1), trip=trip)


def test_it_is_not_loaded_beside_other_goods(story: Story) -> None:
    """MW-MODE: trips that were filed apart may not be driven together either."""
    legs = [story.leg(SECOND_LORRY, DREW)]
    goods = oil(story).number
    assert goods is not None
    bags = filed(story, MEDICAL, legs=legs)
    story.act(DREW, goods, Act.PICKUP)
    late = story.act(DREW, bags, Act.PICKUP)
    assert (late.verdict, refused(late)) == (Verdict.REFUSED, {"trip_mixes_streams_aboard"})
    story.act(DREW, goods, Act.ARRIVE)
    assert story.act(DREW, bags, Act.PICKUP).status is Status.IN_TRANSIT
    assert refused(story.act(DREW, str(oil(story).number), Act.PICKUP)) == {"trip_mixes_streams_aboard"}


def test_goods_loaded_beside_it_out_of_reach_are_found(story: Story) -> None:
    """MW-MODE: told afterwards, it has happened: a finding, and the books follow."""
    goods = str(oil(story).number)
    bags = filed(story, MEDICAL, legs=[story.leg(SECOND_LORRY, DREW)])
    story.act(DREW, bags, Act.PICKUP)
    done = story.act(DREW, goods, Act.PICKUP, offline=True)
    assert (done.verdict, codes(done.findings)) == (Verdict.APPLIED, {"trip_mixes_streams_aboard"})


def test_tissue_is_burnt(story: Story) -> None:
    """MW-MODE goes with it: what cannot be disinfected is not sent to be."""
    tissue = LineRequest(TISSUE, 5_000, packages=1, operation="Y11")
    assert "tissue_must_be_burnt" in refused(file(story, MEDICAL, tissue))


@pytest.mark.parametrize("beds", [1, 19])
def test_a_small_clinic_is_told_that_it_is_exempt(story: Story, beds: int) -> None:
    """MW-EXEMPT: up to 19 beds the collection has a number of the long series, and says so."""
    change_site(story, CLINIC, beds=beds)
    answer = file(story, MEDICAL)
    assert codes(answer.warnings) >= {"exempt_collection"}
    assert answer.number is not None
    assert (len(answer.number), answer.number[:9]) == (18, "202636019")


def test_from_twenty_beds_it_is_hazardous_waste_like_any_other(story: Story) -> None:
    """MW-EXEMPT ends at 19 beds: 14 digits out of the city's one series."""
    change_site(story, CLINIC, beds=20)
    answer = file(story, MEDICAL)
    assert "exempt_collection" not in codes(answer.warnings)
    assert answer.number is not None
    assert len(answer.number) == 14


def test_exempt_collections_leave_the_city_s_numbers_alone(story: Story) -> None:
    """MW-EXEMPT: oil after a small clinic's bags gets the very next number after oil."""
    first = oil(story).number
    change_site(story, CLINIC, beds=10)
    filed(story, MEDICAL)
    second = oil(story).number
    assert first is not None
    assert second is not None
    assert int(second) == int(first) + 1


def test_what_is_exempt_is_followed_all_the_same(story: Story) -> None:
    """MW-EXEMPT spares the permit to collect; vehicle, plant and chain are as ever."""
    change_site(story, CLINIC, beds=10)
    assert "vehicle_not_dedicated" in refused(file(story, MEDICAL, legs=[story.leg(LORRY, DAN)]))
    ref = on_the_road(story, MEDICAL)
    story.act(DAN, ref, Act.ARRIVE)
    assert story.act(FAY, ref, Act.ACCEPT).status is Status.ACCEPTED
    events = select(MANIFEST.c.events).where(MANIFEST.c.number == ref)
    assert story.session.execute(events).scalar_one() == len(["file", "pickup", "arrive", "accept"])


def test_refused_medical_waste_goes_home_in_such_a_vehicle_too(story: Story) -> None:
    """MW-MODE: the way home is a way: a lorry for goods does not take the boxes back to the ward."""
    ref = on_the_road(story, MEDICAL)
    story.wait(minutes=10)
    story.act(FAY, ref, Act.REFUSE, reason="packaging")
    assert refused(story.act(FAY, ref, Act.RETURN, leg_by=story.leg(LORRY, DAN))) == {
        "vehicle_not_for_stream", "vehicle_not_dedicated"
    }  # fmt: skip
    assert story.act(FAY, ref, Act.RETURN, leg_by=story.leg(VAN, DAN)).verdict is Verdict.APPLIED


def test_medical_waste_is_not_filed_as_any_hazardous_waste(story: Story) -> None:
    """MW-MODE: the hazardous catalogue has it as HW01, but under that name it would ride on a lorry for
    drums, without its tags. What the station took in under that name it may still pass on."""
    line = of("841-001-01")
    answer = file_hazardous(story, line)
    assert [(error.path, error.code) for error in answer.errors] == [
        ("lines.0.waste_code", "waste_of_other_stream")
    ]
    assert "医疗废物" in answer.errors[0].sentence("zh")
    assert "file it under that stream (medical)" in answer.errors[0].sentence("en")
    ref = filed_hazardous(story, of(OIL), consignee=STATION)
    story.act(DAN, ref, Act.PICKUP)
    found = story.act(TESS, ref, Act.ACCEPT, [LineReport(1, waste_code=line.waste_code)])
    assert codes(found.findings) >= {"code_differs"}
    passed_on = file_hazardous(story, line, person=TESS, consignor=STATION)
    assert passed_on.number, passed_on.errors


def test_each_box_has_a_tag_of_its_own(story: Story) -> None:
    """A filing that names fewer tags than boxes is warned of: the rest is scanned at loading."""
    boxes = LineRequest("841-001-01", 80_000, packages=2, packaging="箱", tags=("B-1",))
    (warning,) = [each for each in file(story, MEDICAL, boxes).warnings if each.code == "tags_and_packages"]
    assert (warning.path, warning.params["packages"], warning.params["tags"]) == ("lines.0.tags", 2, 1)
    both = replace(boxes, tags=("B-3", "B-4"))
    assert "tags_and_packages" not in codes(file(story, MEDICAL, both).warnings)
