"""The life of a chain, told by the cast."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from tests.cast import DAN, DREW, FAY, OLAF, PAULA, TESS
from tests.city import LORRY, PLANT, SECOND_LORRY, STATION, WORKS, City
from tests.story import Story
from zerowaste.errors import Refusal
from zerowaste.models.tables import FLOW, HOLDING, QUOTA
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.acts import treatments
from zerowaste.services.requests import LineRequest, OutputsRequest, TreatmentRequest
from zerowaste.vocabulary import Act, Status, Verdict

OIL = "900-249-08"


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def file_oil(story: Story, mass_g: int = 500_000, **other: object) -> str:
    values = {"consignor": WORKS, "consignee": PLANT, "legs": [story.leg(LORRY, DAN)], **other}
    filed = story.file(
        values.pop("person", PAULA),  # type: ignore[arg-type]
        stream="hazardous",
        lines=[LineRequest(OIL, mass_g, packages=3, packaging="桶", **values.pop("line", {}))],  # type: ignore[arg-type]
        **values,  # type: ignore[arg-type]
    )
    assert filed.number is not None, filed.errors
    return filed.number


def balances(story: Story) -> dict[str, int]:
    """Grams by part, of everything that is not empty."""
    rows = story.session.execute(
        select(HOLDING.c.part, func.sum(HOLDING.c.grams)).where(HOLDING.c.grams > 0).group_by(HOLDING.c.part)
    )
    return {row[0]: int(row[1]) for row in rows}


def charged(story: Story) -> tuple[int, int]:
    """(reserved, used) over the yearly quotas of the plant."""
    row = story.session.execute(
        select(
            func.coalesce(func.sum(QUOTA.c.reserved_g), 0), func.coalesce(func.sum(QUOTA.c.used_g), 0)
        ).where(QUOTA.c.period == "year")
    ).one()
    return int(row[0]), int(row[1])


def test_a_load_goes_from_the_works_to_the_plant(story: Story) -> None:
    ref = file_oil(story)
    assert ref == "20263601000001"
    assert balances(story) == {"yard": 500_000}
    assert charged(story) == (500_000, 0)
    story.wait(hours=1)
    assert story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=498_000)]).status is Status.IN_TRANSIT
    assert balances(story) == {"load.1": 498_000}
    assert charged(story) == (498_000, 0)
    story.wait(hours=1)
    assert story.act(DAN, ref, Act.ARRIVE, ticket={"net_g": 497_000}).status is Status.ARRIVED
    story.wait(hours=1)
    accepted = story.act(FAY, ref, Act.ACCEPT, [LineReport(1, received_g=497_000, accepted_g=497_000)])
    assert (accepted.status, list(accepted.errors)) == (Status.ACCEPTED, [])
    assert balances(story) == {"accepted": 497_000, "variance": 1_000}
    assert charged(story) == (0, 497_000)


def test_refused_mass_goes_home(story: Story) -> None:
    ref = file_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(DAN, ref, Act.ARRIVE)
    part = LineReport(1, received_g=500_000, accepted_g=300_000, refused_g=200_000, reason="packaging")
    assert story.act(FAY, ref, Act.ACCEPT, [part]).status is Status.PARTLY_ACCEPTED
    assert charged(story) == (0, 300_000)
    assert story.act(FAY, ref, Act.RETURN).status is Status.PARTLY_ACCEPTED
    assert balances(story) == {"accepted": 300_000, "back.1": 200_000}
    home = story.act(PAULA, ref, Act.RECEIVE_BACK, [LineReport(1, received_g=199_000)])
    assert home.status is Status.SETTLED
    assert balances(story) == {"accepted": 300_000, "returned": 199_000, "back.variance": 1_000}


def test_acceptance_does_not_wait_for_scans_that_come_late(story: Story) -> None:
    ref = file_oil(story)
    accepted = story.act(FAY, ref, Act.ACCEPT, [LineReport(1, received_g=499_000)])
    assert accepted.status is Status.ACCEPTED
    assert {f.code for f in accepted.findings} == {"scan_missing"}
    assert balances(story) == {"accepted": 499_000, "variance": 1_000}
    late = story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=499_500)], offline=True)
    assert (late.verdict, late.status) == (Verdict.APPLIED, Status.ACCEPTED)
    assert balances(story) == {"accepted": 499_000, "variance": 500}


def test_a_variance_over_tolerance_waits_for_both_opinions(story: Story) -> None:
    ref = file_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    accepted = story.act(FAY, ref, Act.ACCEPT, [LineReport(1, received_g=400_000)])
    assert {w.code for w in accepted.warnings} == {"variance_over_tolerance"}
    assert story.act(FAY, ref, Act.OPINION, note="scale checked").status is Status.ACCEPTED
    assert story.act(PAULA, ref, Act.OPINION, note="water").status is Status.SETTLED


def test_an_opinion_is_taken_back_by_whoever_gave_it(story: Story) -> None:
    ref = file_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(FAY, ref, Act.ACCEPT, [LineReport(1, received_g=400_000)])
    story.act(PAULA, ref, Act.OPINION, note="water")
    silenced = story.act(FAY, ref, Act.REVERSE, note="we do not like it")
    assert (silenced.verdict, silenced.errors[0].code) == (Verdict.REFUSED, "not_yours_to_reverse")
    assert story.act(PAULA, ref, Act.REVERSE, note="mistyped").verdict is Verdict.APPLIED


def test_an_act_is_taken_back_unless_something_hangs_on_it(story: Story) -> None:
    ref = file_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(DAN, ref, Act.ARRIVE)
    story.act(FAY, ref, Act.ACCEPT)
    assert story.act(FAY, ref, Act.REVERSE, note="wrong line").status is Status.ARRIVED
    assert balances(story) == {"gate": 500_000}
    assert charged(story) == (500_000, 0)
    story.act(FAY, ref, Act.ACCEPT)
    lot = story.session.execute(
        select(HOLDING.c.id).where(HOLDING.c.part == "accepted", HOLDING.c.grams > 0)
    ).scalar_one()
    burn(story, lot, 500_000)
    hanging = story.act(FAY, ref, Act.REVERSE, note="too late")
    assert (hanging.verdict, hanging.errors[0].code) == (Verdict.REFUSED, "hangs_on_it")


def burn(story: Story, lot: int, mass_g: int, **other: object) -> treatments.Treated:
    values = {"outputs": (), "done": True, "additives": (), "at": story.now, **other}
    request = TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation="D10", inputs=((lot, None, mass_g),),
        body={"lot": lot, "mass_g": mass_g}, **values,  # type: ignore[arg-type]
    )  # fmt: skip
    return treatments.treat(story.desk(FAY), request)


def test_many_times_more_out_than_in_is_a_slip_of_the_unit(story: Story) -> None:
    ref = file_oil(story)
    story.act(FAY, ref, Act.ACCEPT)
    lot = story.session.execute(
        select(HOLDING.c.id).where(HOLDING.c.part == "accepted", HOLDING.c.grams > 0)
    ).scalar_one()
    tonnes = Output("product", 500_000_000, name="炉渣砖")
    refused = burn(story, lot, 500_000, outputs=(tonnes,))
    assert [error.code for error in refused.errors] == ["output_beyond_input"]
    wet = Output("residue", 600_000, waste_code="772-003-18")  # its stream is the code's
    treated = burn(story, lot, 500_000, outputs=(wet,))
    assert [finding.code for finding in treated.findings] == ["more_out_than_in"]
    more = OutputsRequest(uuid.uuid4(), story.now, (tonnes,), {"more": 1})
    assert treatments.add_outputs(story.desk(FAY), treated.id, more).code == "not_legal_now"


def test_nothing_comes_out_of_a_batch_before_it_began(story: Story) -> None:
    """Its ash would lie there, and be taken first, since before there was any."""
    ref = file_oil(story)
    story.act(FAY, ref, Act.ACCEPT)
    lot = story.session.execute(select(HOLDING.c.id).where(HOLDING.c.part == "accepted")).scalar_one()
    batch = burn(story, lot, 500_000, done=False)
    ash = Output("residue", 60_000, "hazardous", "772-003-18")
    early = OutputsRequest(uuid.uuid4(), story.now - timedelta(days=3), (ash,), {"ash": 1})
    answer = treatments.add_outputs(story.desk(FAY), batch.id, early)
    assert [(error.path, error.code) for error in answer.errors] == [("at", "output_before_batch")]
    assert balances(story) == {"batch": 500_000}


def test_a_treatment_before_its_waste_came_is_found(story: Story) -> None:
    ref = file_oil(story)
    story.wait(days=2)
    story.act(FAY, ref, Act.ACCEPT)
    lot = story.session.execute(
        select(HOLDING.c.id).where(HOLDING.c.part == "accepted", HOLDING.c.grams > 0)
    ).scalar_one()
    early = burn(story, lot, 500_000, at=story.now - timedelta(days=1))
    assert [finding.code for finding in early.findings] == ["treated_before_arrival"]


def test_a_batch_leaves_ash_that_waits_for_its_own_fate(story: Story) -> None:
    ref = file_oil(story)
    story.act(FAY, ref, Act.ACCEPT)
    lot = story.session.execute(
        select(HOLDING.c.id).where(HOLDING.c.part == "accepted", HOLDING.c.grams > 0)
    ).scalar_one()
    ash = Output("residue", 60_000, "hazardous", "772-003-18")
    treated = burn(story, lot, 500_000, outputs=(ash,), additives=(("石灰", 20_000),))
    assert list(treated.errors) == []
    assert balances(story) == {"residue": 60_000, "fate": 460_000}


def test_cancelling_gives_holds_and_quota_back(story: Story) -> None:
    lot = story.lot(PAULA, WORKS, OIL, 300_000)
    ref = file_oil(story)
    assert balances(story) == {"lot": 300_000, "yard": 200_000}
    assert story.act(PAULA, ref, Act.CANCEL).status is Status.CANCELLED
    assert balances(story) == {"lot": 300_000}
    held = story.session.execute(select(HOLDING.c.held_g).where(HOLDING.c.id == lot.lot)).scalar_one()
    assert (held, charged(story)) == (0, (0, 0))
    gone = story.act(DAN, ref, Act.PICKUP)
    assert (gone.verdict, gone.code) == (Verdict.REFUSED, "not_legal_now")
    happened = story.act(DAN, ref, Act.PICKUP, offline=True)
    assert happened.verdict is Verdict.NOTED


def test_nobody_picks_up_what_has_expired(story: Story) -> None:
    ref = file_oil(story)
    loaded_at = story.now + timedelta(hours=2)
    story.wait(days=4)
    assert story.act(DAN, ref, Act.PICKUP).code == "not_legal_now"
    story.wait(hours=-26)
    story.now = loaded_at + timedelta(hours=71)
    assert story.act(DAN, ref, Act.PICKUP, at=loaded_at, offline=True).status is Status.IN_TRANSIT


def test_two_carriers_hand_a_load_over(story: Story) -> None:
    ref = file_oil(story, legs=[story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)])
    story.act(DAN, ref, Act.PICKUP)
    with pytest.raises(Refusal, match="forbidden"):
        story.act(DAN, ref, Act.HANDOVER)
    assert story.act(DREW, ref, Act.HANDOVER).status is Status.IN_TRANSIT
    assert balances(story) == {"load.2": 500_000}
    assert story.act(DREW, ref, Act.ARRIVE).status is Status.ARRIVED


def test_a_transfer_station_passes_on_parts_of_several_lots(story: Story) -> None:
    first = file_oil(story, 300_000, consignee=STATION)
    second = file_oil(story, 200_000, consignee=STATION)
    for ref in (first, second):
        story.act(TESS, ref, Act.ACCEPT)
    lots = (
        story.session.execute(select(HOLDING.c.id).where(HOLDING.c.part == "accepted", HOLDING.c.grams > 0))
        .scalars()
        .all()
    )
    onward = file_oil(
        story, 350_000, person=TESS, consignor=STATION, consignee=PLANT,
        line={"draws": ((lots[0], 250_000), (lots[1], 100_000))},
    )  # fmt: skip
    story.act(DAN, onward, Act.PICKUP)
    assert balances(story) == {"accepted": 150_000, "load.1": 350_000}
    more = story.file(
        TESS, stream="hazardous", consignor=STATION, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, 150_001, packages=1)],
    )  # fmt: skip
    assert [e.code for e in more.errors] == ["stock_short"]


def test_an_outsider_sees_nothing(story: Story) -> None:
    ref = file_oil(story)
    with pytest.raises(Refusal, match="not_found"):
        story.act(OLAF, ref, Act.CANCEL)


def test_the_same_act_twice_is_one_act(story: Story) -> None:
    ref = file_oil(story)
    act = uuid.uuid4()
    first = story.act(DAN, ref, Act.PICKUP, id=act)
    again = story.act(DAN, ref, Act.PICKUP, id=act)
    assert (first.created, again.created, again.number) == (True, False, first.number)
    with pytest.raises(Refusal, match="id_reused"):
        story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=1)], id=act)
    flows = story.session.execute(select(func.count()).select_from(FLOW)).scalar_one()
    assert flows == 2


def test_a_line_the_loading_does_not_speak_of_counts_as_declared_and_is_named(story: Story) -> None:
    lines = [
        LineRequest(waste_code=code, mass_g=100_000, packages=1, packaging="桶")
        for code in (OIL, "900-214-08")
    ]
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, lines=lines, legs=[story.leg(LORRY, DAN)]
    )
    loaded = story.act(DAN, str(filed.number), Act.PICKUP, [LineReport(1, mass_g=90_000)])
    assert [(problem.code, problem.params["line"]) for problem in loaded.warnings] == [
        ("loaded_as_declared", 2)
    ]
    assert balances(story) == {"load.1": 190_000}
