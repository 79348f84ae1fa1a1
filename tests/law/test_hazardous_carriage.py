"""On the road with hazardous waste: who may carry it, from whom, to whom, and beside what."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from tests.cast import DAN, DREW, FAY, OLAF, PAULA, TESS
from tests.city import LORRY, OTHER, PLANT, SECOND_LORRY, STATION, VAN, WORKS
from tests.law.hazardous import (
    ACID,
    ALKALI,
    CYANIDE,
    OIL,
    accepted,
    change_paper,
    codes,
    file,
    filed,
    lot_at,
    of,
    paper,
    place_on_the_map,
    refused,
)
from tests.story import Story
from zerowaste.errors import Refusal
from zerowaste.models.tables import LEG, VEHICLE
from zerowaste.rules.state import LineReport
from zerowaste.services import register
from zerowaste.services.acts import drafts, treatments
from zerowaste.services.requests import LegRequest
from zerowaste.vocabulary import Act, Instrument, Status, Verdict

CROSSROADS = {"lat_e6": 28_690_000, "lon_e6": 115_860_000, "accuracy_m": 20}


def two_legs(story: Story) -> list[LegRequest]:
    return [story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)]


def test_a_handover_has_its_time_and_is_done_by_the_next_carrier(story: Story) -> None:
    """HW-RELAY: the next driver takes over himself; when is booked on both legs, where is asked for."""
    ref = filed(story, legs=two_legs(story))
    story.act(DAN, ref, Act.PICKUP)
    story.wait(hours=2)
    with pytest.raises(Refusal, match="forbidden"):
        story.act(DAN, ref, Act.HANDOVER)
    done = story.act(DREW, ref, Act.HANDOVER, position=CROSSROADS)
    assert (done.verdict, codes(done.warnings)) == (Verdict.APPLIED, set())
    legs = story.session.execute(select(LEG.c.began_at, LEG.c.ended_at).order_by(LEG.c.number)).all()
    assert legs[0].ended_at == legs[1].began_at == story.now


def test_nobody_hands_over_to_himself(story: Story) -> None:
    """HW-RELAY: the same lorry and driver once more is no leg; back again after somebody else is one."""
    dan, drew = two_legs(story)
    answer = file(story, legs=[dan, dan, drew])
    assert [(error.path, error.code) for error in answer.errors] == [("legs.1.vehicle", "leg_goes_on")]
    assert file(story, legs=[dan, drew, dan]).number


def test_a_handover_nowhere_is_warned_of(story: Story) -> None:
    """HW-RELAY: a basement has no position; the handover counts and the place is asked for."""
    ref = filed(story, legs=two_legs(story))
    story.act(DAN, ref, Act.PICKUP)
    done = story.act(DREW, ref, Act.HANDOVER)
    assert (done.verdict, codes(done.warnings)) == (Verdict.APPLIED, {"handover_place_missing"})


def test_the_next_carrier_must_be_licensed_on_the_day_he_takes_over(story: Story) -> None:
    """HW-RELAY blocks a handover to a carrier or a vehicle whose licence has ended meanwhile."""
    ref = filed(story, legs=two_legs(story))
    story.act(DAN, ref, Act.PICKUP)
    licence = paper(story, Instrument.LICENCE, "second_carrier")
    change_paper(story, licence, valid_to=date(2026, 3, 1))
    story.session.execute(
        update(VEHICLE).where(VEHICLE.c.plate == SECOND_LORRY).values(licence_to=date(2026, 3, 1))
    )
    register.bump(story.session)
    late = story.act(DREW, ref, Act.HANDOVER)
    assert refused(late) == {"carrier_not_licensed", "vehicle_licence_expired"}
    told_later = story.act(DREW, ref, Act.HANDOVER, offline=True)
    assert told_later.verdict is Verdict.APPLIED
    assert codes(told_later.findings) >= {"carrier_not_licensed", "vehicle_licence_expired"}


def test_no_carrier_loads_without_a_manifest(story: Story) -> None:
    """HW-NOMAN: unknown, cancelled or expired, there is no manifest to load under."""
    with pytest.raises(Refusal, match="not_found"):
        story.act(DAN, "20263601999999", Act.PICKUP)
    cancelled = filed(story)
    story.act(PAULA, cancelled, Act.CANCEL)
    assert story.act(DAN, cancelled, Act.PICKUP).code == "not_legal_now"
    expired = filed(story)
    story.wait(days=4)
    assert story.act(DAN, expired, Act.PICKUP).code == "not_legal_now"


def test_no_carrier_loads_under_a_draft(story: Story) -> None:
    """HW-NOMAN: a draft is no manifest yet."""
    draft = drafts.save_draft(
        story.desk(PAULA),
        drafts.DraftRequest(stream="hazardous", consignor=WORKS, consignee=PLANT, body={}),
    )
    with pytest.raises(Refusal, match="not_found"):
        story.act(DAN, str(draft.id), Act.PICKUP)


def test_a_carrier_loads_only_under_his_own_manifest(story: Story) -> None:
    """HW-NOMAN: another carrier's manifest is none for Drew."""
    ref = filed(story)
    with pytest.raises(Refusal, match="not_found"):
        story.act(DREW, ref, Act.PICKUP)
    assert story.act(DAN, ref, Act.PICKUP).status is Status.IN_TRANSIT


def test_loading_before_the_manifest_was_filed_is_found(story: Story) -> None:
    """HW-NOMAN: told afterwards, a ride without a manifest is a finding."""
    before = story.now - timedelta(hours=3)
    ref = filed(story)
    done = story.act(DAN, ref, Act.PICKUP, at=before)
    assert (done.verdict, codes(done.findings)) == (Verdict.APPLIED, {"before_filing"})


def test_only_the_receiver_that_the_manifest_names_takes_the_load(story: Story) -> None:
    """HW-DEST: nobody else can say that it arrived, accept it or refuse it."""
    ref = filed(story)
    story.act(DAN, ref, Act.PICKUP)
    for kind in (Act.ARRIVE, Act.ACCEPT, Act.REFUSE):
        with pytest.raises(Refusal, match="not_found"):
            story.act(TESS, ref, kind)
    assert story.act(FAY, ref, Act.ARRIVE).status is Status.ARRIVED


def test_a_load_set_down_elsewhere_is_found(story: Story) -> None:
    """HW-DEST: an arrival that is reported far from the receiver is a finding; one at his gate is none."""
    place_on_the_map(story, PLANT, 28.60, 115.70)
    refs = [filed(story), filed(story)]
    for ref in refs:
        story.act(DAN, ref, Act.PICKUP)
    elsewhere = story.act(DAN, refs[0], Act.ARRIVE, position=CROSSROADS)
    assert codes(elsewhere.findings) == {"far_from_site"}
    gate = {"lat_e6": 28_601_000, "lon_e6": 115_701_000, "accuracy_m": 20}
    assert codes(story.act(DAN, refs[1], Act.ARRIVE, position=gate).findings) == set()


def test_acid_and_cyanide_never_share_a_manifest_or_a_trip(story: Story) -> None:
    """HW-MIX blocks wastes that react, on one manifest and on one trip."""
    assert refused(file(story, of(ACID), of(CYANIDE))) == {"incompatible"}
    trip = uuid.uuid4()
    filed(story, of(ACID), trip=trip)
    assert refused(file(story, of(CYANIDE), trip=trip)) == {"incompatible"}
    assert file(story, of(OIL), trip=trip).number


def test_what_is_already_on_the_lorry_counts_whatever_trip_it_is_on(story: Story) -> None:
    """HW-MIX: two trips filed apart meet on one vehicle; the second load waits until the first is off."""
    acid, alkali = filed(story, of(ACID)), filed(story, of(ALKALI))
    story.act(DAN, acid, Act.PICKUP)
    assert refused(story.act(DAN, alkali, Act.PICKUP)) == {"incompatible"}
    story.act(DAN, acid, Act.ARRIVE)
    assert story.act(DAN, alkali, Act.PICKUP).status is Status.IN_TRANSIT


def test_what_was_loaded_out_of_reach_is_found_not_refused(story: Story) -> None:
    """HW-MIX: it is on the lorry already, so it is a finding."""
    acid, alkali = filed(story, of(ACID)), filed(story, of(ALKALI))
    story.act(DAN, acid, Act.PICKUP)
    done = story.act(DAN, alkali, Act.PICKUP, offline=True)
    assert (done.verdict, codes(done.findings)) == (Verdict.APPLIED, {"incompatible"})


def test_a_handover_asks_what_the_next_lorry_carries(story: Story) -> None:
    """HW-MIX: acid handed over onto alkali is refused; oil is welcome there."""
    alkali = filed(story, of(ALKALI), legs=[story.leg(SECOND_LORRY, DREW)])
    story.act(DREW, alkali, Act.PICKUP)
    for code, wrong in ((ACID, {"incompatible"}), (OIL, set())):
        ref = filed(story, of(code), legs=two_legs(story))
        story.act(DAN, ref, Act.PICKUP)
        assert refused(story.act(DREW, ref, Act.HANDOVER, position=CROSSROADS)) == wrong


def test_a_store_with_acid_is_warned_of_cyanide(story: Story) -> None:
    """HW-MIX: a site may have several stores, so what reacts is warned of when it is put there."""
    story.lot(PAULA, WORKS, ACID, 100_000)
    assert codes(story.lot(PAULA, WORKS, OIL, 100_000).warnings) == set()
    assert codes(story.lot(PAULA, WORKS, CYANIDE, 100_000).warnings) == {"store_apart"}


def test_a_plant_is_told_what_to_keep_apart(story: Story) -> None:
    """HW-MIX: Fay may take both, and is told at the gate that cyanides lie where the acid is to go."""
    for code, told in ((CYANIDE, set()), (OIL, set()), (ACID, {"keep_apart"})):
        ref = filed(story, of(code))
        story.act(DAN, ref, Act.PICKUP)
        assert codes(story.act(FAY, ref, Act.ACCEPT).warnings) == told


@pytest.mark.parametrize(("second", "wrong"), [(ALKALI, {"incompatible"}), (OIL, set())])
def test_a_batch_never_mixes_what_reacts(story: Story, second: str, wrong: set[str]) -> None:
    """HW-MIX: acid and alkali are not burnt together; acid and oil may be."""
    for code in (ACID, second):
        accepted(story, of(code, operation="D10"), by=FAY)
    inputs = tuple((lot_at(story, PLANT, code).id, None, 500_000) for code in (ACID, second))
    request = treatments.TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation="D10", at=story.now, inputs=inputs, body={}, done=True
    )
    assert codes(treatments.treat(story.desk(FAY), request).errors) == wrong


def test_an_outsider_cannot_join_a_reacting_load_either(story: Story) -> None:
    """HW-MIX looks at the vehicle, whoever the waste is from."""
    trip = uuid.uuid4()
    filed(story, of(ACID), trip=trip)
    answer = file(story, of(CYANIDE), person=OLAF, consignor=OTHER, trip=trip)
    assert refused(answer) == {"incompatible"}


def test_what_the_station_collects_it_may_mix_no_more_than_others(story: Story) -> None:
    """HW-MIX holds for loads from a transfer station as for a producer's."""
    for code in (ACID, CYANIDE):
        accepted(story, of(code), by=TESS, consignee=STATION)
    answer = file(story, of(ACID), of(CYANIDE), person=TESS, consignor=STATION)
    assert "incompatible" in refused(answer)
    one = story.act(DAN, filed(story, of(ACID), person=TESS, consignor=STATION), Act.PICKUP,
                    [LineReport(1, mass_g=500_000)])  # fmt: skip
    assert one.status is Status.IN_TRANSIT


def refused_at_the_gate(story: Story) -> str:
    ref = filed(story)
    for person, kind in ((DAN, Act.PICKUP), (DAN, Act.ARRIVE), (FAY, Act.REFUSE)):
        story.wait(minutes=10)
        story.act(person, ref, kind, reason="no_room" if kind is Act.REFUSE else "")
    return ref


def test_refused_waste_goes_home_with_a_carrier_who_may_carry_it(story: Story) -> None:
    """HW-NOMAN: Fay sends it home in another firm's van for medical waste, is told all that is wrong with
    that where she said it, and sends Drew."""
    ref, firm = refused_at_the_gate(story), story.carrier_code("second_carrier")
    answer = story.act(FAY, ref, Act.RETURN, leg_by=LegRequest(firm, VAN, DAN.login))
    assert [(error.path, error.code) for error in answer.errors] == [
        ("leg.vehicle", "vehicle_not_of_carrier"),
        ("leg.driver", "driver_not_of_carrier"),
        ("leg.vehicle", "vehicle_not_for_stream"),
    ]
    with pytest.raises(Refusal) as nobody:
        story.act(FAY, ref, Act.RETURN, leg_by=LegRequest(firm, "赣A99999", DREW.login))
    assert [(each.path, each.code) for each in nobody.value.problems] == [("leg.vehicle", "vehicle_unknown")]
    assert story.act(FAY, ref, Act.RETURN, leg_by=story.leg(SECOND_LORRY, DREW)).verdict is Verdict.APPLIED


def test_whoever_brought_it_takes_it_home_only_while_his_licence_lasts(story: Story) -> None:
    """HW-NOMAN: the carrier's licence ran out at the gate; another one must be named."""
    ref = refused_at_the_gate(story)
    change_paper(story, paper(story, Instrument.LICENCE, "carrier"), suspended=True)
    assert refused(story.act(FAY, ref, Act.RETURN)) == {"carrier_not_licensed"}
    assert story.act(FAY, ref, Act.RETURN, leg_by=story.leg(SECOND_LORRY, DREW)).verdict is Verdict.APPLIED
