"""Where hazardous waste lies: how long, how much, and whether the books add up."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.cast import DAN, FAY, PAULA, TESS
from tests.city import PLANT, STATION, WORKS
from tests.law.hazardous import (
    ACID,
    BATTERIES,
    ENGINE_OIL,
    OIL,
    TONNE,
    accepted,
    change_paper,
    codes,
    filed,
    findings,
    lot_at,
    of,
    paper,
)
from tests.story import Story
from zerowaste.audits.finding import Severity
from zerowaste.models.tables import HOLDING, PERMIT, QUOTA, TERM
from zerowaste.rules.state import LineReport
from zerowaste.services import register
from zerowaste.services.acts import treatments
from zerowaste.services.history.replay import replay
from zerowaste.vocabulary import Act, Instrument, Period, Unit, Verdict

YEAR_AFTER_NOW = datetime(2027, 3, 2, 16, 0, tzinfo=UTC)  # 365 days from 2 March 2026 are over
MINUTE = timedelta(minutes=1)


def overdue_after(story: Story, rule: str, due: datetime) -> list[tuple[Severity, int]]:
    """What is overdue under a rule once `due` has passed, having found nothing just before."""
    story.now = due - MINUTE
    assert findings(story, rule) == []
    story.now = due + MINUTE
    return [(finding.severity, finding.grams) for finding in findings(story, rule)]


@pytest.mark.parametrize("code", [OIL, BATTERIES])
def test_a_collector_passes_oil_and_batteries_on_within_ninety_working_days(story: Story, code: str) -> None:
    """HW-COLL90: from 2 March 2026, with its holidays and worked Saturdays, the 90th is 10 July."""
    accepted(story, of(code), by=TESS, consignee=STATION)
    due = lot_at(story, STATION, code).due_at + timedelta(microseconds=1)
    assert due == datetime(2026, 7, 10, 16, 0, tzinfo=UTC)
    assert overdue_after(story, "HW-COLL90", due) == [(Severity.OVERDUE, 500_000)]
    onward = filed(story, of(code, draws=((lot_at(story, STATION, code).id, 500_000),)),
                   person=TESS, consignor=STATION)  # fmt: skip
    assert len(findings(story, "HW-COLL90")) == 1  # filed is not yet passed on
    story.act(FAY, onward, Act.ACCEPT)
    assert findings(story, "HW-COLL90") == []


def test_oil_that_comes_back_to_a_collector_is_passed_on_within_ninety_working_days(story: Story) -> None:
    """HW-COLL90: what a plant refused and sent back lies under the same permit as what was collected."""
    accepted(story, of(OIL), by=TESS, consignee=STATION)
    onward = filed(story, of(OIL, draws=((lot_at(story, STATION, OIL).id, 500_000),)),
                   person=TESS, consignor=STATION)  # fmt: skip
    story.act(FAY, onward, Act.REFUSE, reason="no_room")
    story.act(FAY, onward, Act.RETURN)
    story.act(TESS, onward, Act.RECEIVE_BACK)
    due = datetime(2026, 7, 10, 16, 0, tzinfo=UTC)
    assert overdue_after(story, "HW-COLL90", due) == [(Severity.OVERDUE, 500_000)]


def test_other_wastes_and_other_permits_have_a_year(story: Story) -> None:
    """HW-COLL90 concerns mineral oil and nickel-cadmium batteries under a collecting permit alone;
    HW-STORE1Y all the rest."""
    accepted(story, of(ACID), by=TESS, consignee=STATION)
    change_paper(story, paper(story, Instrument.PERMIT, "station", STATION), collecting=False)
    accepted(story, of(OIL), by=TESS, consignee=STATION)
    found = overdue_after(story, "HW-STORE1Y", YEAR_AFTER_NOW)
    assert found == [(Severity.OVERDUE, 500_000)] * 2
    assert findings(story, "HW-COLL90") == []


def test_a_plant_stores_for_a_year_and_no_longer(story: Story) -> None:
    """HW-STORE1Y: what is neither treated nor passed on within 365 days is overdue until it is."""
    accepted(story, by=FAY)
    assert overdue_after(story, "HW-STORE1Y", YEAR_AFTER_NOW) == [(Severity.OVERDUE, 500_000)]
    burn(story, 200_000)
    assert [f.grams for f in findings(story, "HW-STORE1Y")] == [300_000]
    burn(story, 300_000)
    assert findings(story, "HW-STORE1Y") == []


def burn(story: Story, mass_g: int) -> None:
    request = treatments.TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation="D10", at=story.now,
        inputs=((lot_at(story, PLANT).id, None, mass_g),), body={"mass_g": mass_g}, done=True,
    )  # fmt: skip
    assert codes(treatments.treat(story.desk(FAY), request).errors) == set()


def test_three_tonnes_at_a_storage_point_and_no_more(story: Story) -> None:
    """HW-POINT3 warns whoever registers more, and is a finding until enough has left."""
    assert codes(story.lot(PAULA, WORKS, OIL, 2 * TONNE).warnings) == set()
    assert codes(story.lot(PAULA, WORKS, ACID, TONNE).warnings) == set()
    assert findings(story, "HW-POINT3") == []
    assert codes(story.lot(PAULA, WORKS, OIL, 1).warnings) == {"point_over_limit"}
    assert [(f.severity, f.grams) for f in findings(story, "HW-POINT3")] == [(Severity.WARN, 3 * TONNE + 1)]
    accepted(story, of(OIL, 2 * TONNE), by=FAY)
    assert findings(story, "HW-POINT3") == []


def test_what_a_filing_generates_lies_at_the_point_too(story: Story) -> None:
    """HW-POINT3 counts what is filed and not yet fetched."""
    filed(story, of(OIL, 3 * TONNE + 1))
    assert [f.grams for f in findings(story, "HW-POINT3")] == [3 * TONNE + 1]


def test_the_books_of_every_site_add_up(story: Story) -> None:
    """HW-BAL: opening + in − treated − sent = closing, for producer, station and plant, all the way."""
    story.lot(PAULA, WORKS, OIL, 800_000)
    accepted(story, of(OIL, 500_000), by=TESS, consignee=STATION)
    draws = ((lot_at(story, STATION).id, 400_000),)
    accepted(story, of(OIL, 400_000, draws=draws), by=FAY, person=TESS, consignor=STATION)
    burn(story, 150_000)
    assert findings(story, "HW-BAL") == []
    assert [lot_at(story, site).grams for site in (WORKS, STATION, PLANT)] == [300_000, 100_000, 250_000]


@pytest.mark.parametrize(("taken_g", "found"), [(800, []), (900, [900])])
def test_books_that_lack_more_than_a_thousandth_are_an_alert(
    story: Story, taken_g: int, found: list[int]
) -> None:
    """HW-BAL: grams that vanish from a lot behind the ledger's back are an alert of that site."""
    story.lot(PAULA, WORKS, OIL, 800_000)
    story.session.execute(update(HOLDING).values(grams=800_000 - taken_g))
    alerts = findings(story, "HW-BAL")
    assert [finding.grams for finding in alerts] == found
    assert all(f.severity is Severity.ALERT and f.subject == f"site:{WORKS}" for f in alerts)


def test_a_right_name_is_no_new_waste(story: Story) -> None:
    """HW-STORE1Y, HW-CAP120: Fay finds after half a year that the oil is batteries. Its year goes on, the
    yearly scale of batteries is what it fills, though that is full, and her second thoughts undo both."""
    began = story.now
    permit = paper(story, Instrument.PERMIT, "plant", PLANT)
    allow(story, permit, pattern="HW08", limit_g=TONNE)
    allow(story, permit, pattern=BATTERIES, limit_g=100_000)
    ref = accepted(story, of(ENGINE_OIL, 300_000), by=FAY)
    story.wait(days=180)
    right = story.act(FAY, ref, Act.REASSIGN, [LineReport(1, waste_code=BATTERIES)])
    assert (right.verdict, codes(right.warnings)) == (Verdict.APPLIED, {"capacity_warning"})
    lot = lot_at(story, PLANT, BATTERIES)
    assert (lot.since, lot.due_at) == (began, YEAR_AFTER_NOW - timedelta(microseconds=1))
    assert used(story) == {"HW08": 0, BATTERIES: 300_000}
    story.act(FAY, ref, Act.REVERSE, note="they are oil after all")
    assert used(story) == {"HW08": 300_000, BATTERIES: 0}
    assert replay(story.session, story.law) == []


def test_a_station_loads_no_more_than_it_has(story: Story) -> None:
    """HW-BAL: Tess took in half a tonne. Her scale may say ten kilograms more; fifty come from nowhere."""
    for more, told in ((10_000, set()), (50_000, {"loaded_beyond_stock"})):
        accepted(story, of(OIL), by=TESS, consignee=STATION)
        ref = filed(story, of(OIL), person=TESS, consignor=STATION)
        loaded = story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=500_000 + more)])
        assert codes(loaded.findings) == told
        story.act(FAY, ref, Act.ACCEPT)
    own = story.act(DAN, filed(story, of(OIL)), Act.PICKUP, [LineReport(1, mass_g=550_000)])
    assert codes(own.findings) == set()  # who makes waste may load what he has just made
    (finding,) = [each for each in findings(story, "HW-BAL") if each.detail.startswith("loaded_beyond_stock")]
    assert finding.grams == 50_000


def allow(story: Story, permit_id: int, **term: Any) -> None:
    """One more yearly limit of a permit, on incineration."""
    values = {
        "permit_id": permit_id,
        "stream": "hazardous",
        "operation": "R9",
        "period": Period.YEAR,
        "unit": Unit.GRAM,
    }
    hard = {"hard_limit_g": term["limit_g"]}
    story.session.execute(insert(TERM).values(**values, **hard, **term))
    register.bump(story.session)


def used(story: Story) -> dict[str, int]:
    """Pattern → grams used this year, of the terms that speak of one waste."""
    rows = story.session.execute(
        select(TERM.c.pattern, QUOTA.c.used_g)
        .join(QUOTA, QUOTA.c.term_id == TERM.c.id)
        .join(PERMIT, PERMIT.c.id == TERM.c.permit_id)
        .where(TERM.c.pattern != "*", PERMIT.c.site_id == story.city.sites[PLANT])
    )
    return {row.pattern: row.used_g for row in rows}
