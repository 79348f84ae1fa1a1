"""The papers behind a load of hazardous waste: the producer's plan, the consent, the receiver's permit."""

import uuid
from datetime import date

import pytest
from sqlalchemy import select, update

from tests.cast import DAN, FAY, PAULA, TESS
from tests.city import ABROAD, OTHER, PLANT, SMALL, STATION, WORKS
from tests.law.hazardous import (
    ACID,
    ENGINE_OIL,
    OIL,
    TONNE,
    accepted,
    at_the_gate,
    change_paper,
    change_terms,
    codes,
    file,
    filed,
    lot_at,
    of,
    paper,
    refused,
    warned,
    weighed,
)
from tests.story import Story
from zerowaste.config import PasswordCost
from zerowaste.errors import Refusal
from zerowaste.models.tables import LINE, SITE
from zerowaste.rules.state import LineReport
from zerowaste.services import register
from zerowaste.services.acts import treatments
from zerowaste.services.identity.passwords import Passwords
from zerowaste.services.masterdata import masterdata
from zerowaste.services.requests import TreatmentRequest
from zerowaste.vocabulary import Act, Instrument, Status, Verdict

YESTERDAY = date(2026, 3, 1)


# --- the producer's management plan


def test_a_transfer_within_the_plan_is_warned_of_nothing(story: Story) -> None:
    """HW-PLAN: code, amount and receiver are as planned."""
    plan = paper(story, Instrument.PLAN, "producer")
    change_paper(story, plan, counterpart_id=story.city.sites[PLANT])
    change_terms(story, plan, pattern="HW08", operation="R9", limit_g=TONNE, hard_limit_g=TONNE)
    assert warned(story, of(OIL, TONNE, operation="R9")) == set()


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"valid_to": YESTERDAY}, "plan_expired"),
        ({"suspended": True}, "plan_suspended"),
        ({"organisation_id": "outsider"}, "plan_missing"),
        ({"counterpart_id": STATION}, "plan_receiver"),
    ],
)
def test_a_transfer_without_its_plan_is_warned_of(
    story: Story, change: dict[str, object], warning: str
) -> None:
    """HW-PLAN warns and lets the waste go: it must not lie where it is."""
    ids = {**story.city.organisations, **story.city.sites}
    values = {name: ids.get(str(value), value) for name, value in change.items()}
    change_paper(story, paper(story, Instrument.PLAN, "producer"), **values)
    assert warned(story) == {warning}


@pytest.mark.parametrize(
    ("terms", "warning"),
    [({"pattern": "HW34"}, "plan_code"), ({"operation": "D10"}, "plan_operation")],
)
def test_a_waste_or_method_that_is_not_planned_is_warned_of(
    story: Story, terms: dict[str, str], warning: str
) -> None:
    """HW-PLAN: the plan names wastes and what becomes of them."""
    change_terms(story, paper(story, Instrument.PLAN, "producer"), **terms)
    assert warned(story, of(OIL, operation="R9")) == {warning}


def test_more_than_planned_is_warned_of_even_far_over(story: Story) -> None:
    """HW-PLAN counts what goes under it, and never blocks."""
    plan = paper(story, Instrument.PLAN, "producer")
    change_terms(story, plan, limit_g=TONNE, hard_limit_g=TONNE)
    assert warned(story, of(OIL, TONNE)) == set()
    assert warned(story, of(OIL, 5 * TONNE)) == {"capacity_warning"}


def test_the_plan_is_asked_again_on_the_day_of_loading(story: Story) -> None:
    """HW-PLAN: it ended between filing and pickup."""
    ref = filed(story)
    change_paper(story, paper(story, Instrument.PLAN, "producer"), valid_to=YESTERDAY)
    done = story.act(DAN, ref, Act.PICKUP)
    assert (done.verdict, codes(done.warnings)) == (Verdict.APPLIED, {"plan_expired"})


def test_a_station_passes_on_without_a_plan(story: Story) -> None:
    """HW-PLAN is a duty of who makes waste, not of who passes it on."""
    accepted(story, by=TESS, consignee=STATION)
    assert warned(story, person=TESS, consignor=STATION) == {"draws_chosen_for_you"}


# --- leaving the province


def test_oil_leaves_the_province_under_its_consent(story: Story) -> None:
    """HW-XPROV: waste, amount and receiver are as consented; the receiver outside confirms on paper."""
    ref = filed(story, consignee=ABROAD)
    assert story.act(DAN, ref, Act.PICKUP).status is Status.IN_TRANSIT
    assert story.act(PAULA, ref, Act.CONFIRM_OUTSIDE).status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"valid_to": YESTERDAY}, "consent_expired"),
        ({"valid_from": date(2026, 3, 3)}, "consent_expired"),
        ({"suspended": True}, "consent_suspended"),
        ({"organisation_id": "outsider"}, "consent_missing"),
        ({"counterpart_id": PLANT}, "consent_receiver"),
    ],
)
def test_nothing_leaves_the_province_without_a_consent(
    story: Story, change: dict[str, object], error: str
) -> None:
    """HW-XPROV blocks at filing."""
    ids = {**story.city.organisations, **story.city.sites}
    values = {name: ids.get(str(value), value) for name, value in change.items()}
    change_paper(story, paper(story, Instrument.CONSENT, "producer", WORKS), **values)
    assert refused(file(story, consignee=ABROAD)) == {error}
    assert file(story).number  # inside the city no consent is asked for


def test_a_consent_binds_the_waste(story: Story) -> None:
    """HW-XPROV: the consent is for mineral oil, so acid stays."""
    assert refused(file(story, of(ACID), consignee=ABROAD)) == {"consent_code"}


def test_a_consent_binds_the_amount(story: Story) -> None:
    """HW-XPROV: a hundred tonnes over all loads, and not a gram more."""
    filed(story, of(OIL, 60 * TONNE), consignee=ABROAD)
    assert refused(file(story, of(OIL, 40 * TONNE + 1), consignee=ABROAD)) == {"capacity_exceeded"}
    assert file(story, of(OIL, 40 * TONNE), consignee=ABROAD).number


def test_a_consent_binds_the_method(story: Story) -> None:
    """HW-XPROV: where it names how the waste is treated, the manifest must say the same."""
    change_terms(story, paper(story, Instrument.CONSENT, "producer", WORKS), operation="R9")
    assert refused(file(story, of(OIL), consignee=ABROAD)) == {"operation_missing"}
    assert refused(file(story, of(OIL, operation="D10"), consignee=ABROAD)) == {"consent_operation"}
    assert file(story, of(OIL, operation="R9"), consignee=ABROAD).number


def test_a_consent_that_ends_before_loading_stops_the_lorry(story: Story) -> None:
    """HW-XPROV blocks at the yard too."""
    ref = filed(story, consignee=ABROAD)
    change_paper(story, paper(story, Instrument.CONSENT, "producer", WORKS), valid_to=YESTERDAY)
    assert refused(story.act(DAN, ref, Act.PICKUP)) == {"consent_expired"}


def test_a_receiver_elsewhere_in_the_province_needs_no_consent(story: Story) -> None:
    """HW-XPROV concerns the border of the province."""
    story.session.execute(update(SITE).where(SITE.c.code == ABROAD).values(street="360400"))
    register.bump(story.session)
    assert file(story, of(ACID), consignee=ABROAD).number


@pytest.mark.parametrize(
    ("days", "receiver", "faults"),
    [
        (("2026-01-01", "2026-12-31"), ABROAD, set()),
        (("2026-01-01", "2027-01-02"), ABROAD, {"consent_too_long"}),
        (("2024-02-29", "2025-03-01"), ABROAD, {"consent_too_long"}),
        (("2026-01-01", "2026-12-31"), "", {"consent_needs_receiver"}),
    ],
)
def test_no_consent_is_registered_for_more_than_a_year_or_for_anybody(
    story: Story, days: tuple[str, str], receiver: str, faults: set[str]
) -> None:
    """HW-XPROV: twelve months at most, for one receiver."""
    text = f"""
        [[permit]]
        kind = "consent"
        number = "赣跨-1"
        organisation = "{story.carrier_code("producer")}"
        site = "{WORKS}"
        {f'receiver = "{receiver}"' if receiver else ""}
        valid_from = {days[0]}
        valid_to = {days[1]}
        term = [{{ stream = "hazardous", pattern = "HW34", limit = 10 }}]
    """
    how = masterdata.Loading(
        city="3601", passwords=Passwords(PasswordCost(rounds=1, memory_kib=8, lanes=1)), now=story.now
    )
    found: set[str] = set()
    try:
        masterdata.load(story.session, story.law, [("permits.toml", text.encode())], how)
    except Refusal as refusal:
        found = codes(refusal.problems)
    assert found == faults


# --- the receiver's permit


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"valid_to": YESTERDAY}, "permit_expired"),
        ({"suspended": True}, "permit_suspended"),
        ({"organisation_id": "outsider", "site_id": OTHER}, "permit_missing"),
        ({"counterpart_id": STATION}, "permit_receiver"),
    ],
)
def test_a_receiver_without_a_valid_permit_gets_nothing(
    story: Story, change: dict[str, object], error: str
) -> None:
    """HW-PERMIT blocks at filing."""
    ids = {**story.city.organisations, **story.city.sites}
    values = {name: ids.get(str(value), value) for name, value in change.items()}
    change_paper(story, paper(story, Instrument.PERMIT, "plant", SMALL), **values)
    assert refused(file(story, consignee=SMALL)) == {error}


def test_a_permit_covers_codes_and_methods(story: Story) -> None:
    """HW-PERMIT: the small plant refines mineral oil, and neither takes acid nor burns oil."""
    assert refused(file(story, of(ACID), consignee=SMALL)) == {"permit_code"}
    assert refused(file(story, of(OIL, operation="D10"), consignee=SMALL)) == {"permit_operation"}
    assert file(story, of(OIL, operation="R9"), consignee=SMALL).number
    assert file(story, of(OIL), consignee=SMALL).number  # unsaid: as the permit says


def test_how_much_may_lie_there_does_not_say_what_may_be_done(story: Story) -> None:
    """HW-PERMIT: the plant may burn, refine and store; a storage limit is no leave to do anything else."""
    assert "permit_operation" in refused(file(story, of(OIL, operation="D9")))
    ref = accepted(story, by=FAY)
    lot = lot_at(story, PLANT)
    request = TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation="D9", at=story.now,
        inputs=((lot.id, None, lot.grams),), body={"of": ref}, done=True,
    )  # fmt: skip
    assert "permit_operation" in refused(treatments.treat(story.desk(FAY), request))


@pytest.mark.parametrize("step", [Act.PICKUP, Act.ACCEPT])
def test_a_permit_is_asked_again_at_the_yard_and_at_the_gate(story: Story, step: Act) -> None:
    """HW-PERMIT: it ended under way, so nothing is loaded, or the load at the gate is refused."""
    permit = paper(story, Instrument.PERMIT, "plant", SMALL)
    at_pickup = step is Act.PICKUP
    ref = filed(story, consignee=SMALL) if at_pickup else at_the_gate(story, consignee=SMALL)
    change_paper(story, permit, valid_to=YESTERDAY)
    assert refused(story.act(DAN if at_pickup else FAY, ref, step)) == {"permit_expired"}
    if not at_pickup:
        sent_away = story.act(FAY, ref, Act.REFUSE, [LineReport(1, reason="no_permit")])
        assert sent_away.status is Status.REFUSED


def test_what_is_found_at_the_gate_must_be_on_the_permit(story: Story) -> None:
    """HW-PERMIT: acid under the name of oil is not accepted by who may only take oil."""
    ref = at_the_gate(story, consignee=SMALL)
    assert refused(story.act(FAY, ref, Act.ACCEPT, [weighed(500_000, waste_code=ACID)])) == {"permit_code"}
    other_oil = story.act(FAY, ref, Act.ACCEPT, [weighed(500_000, waste_code=ENGINE_OIL)])
    assert other_oil.status is Status.ACCEPTED


def test_an_operation_that_nobody_said_is_the_permits(story: Story) -> None:
    """HW-PERMIT: how the waste will be treated is written down even where the filing left it out."""
    filed(story, consignee=SMALL)
    assert story.session.execute(select(LINE.c.operation)).scalar_one() == "R9"
