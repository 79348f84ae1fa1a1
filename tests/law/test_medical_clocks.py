"""Medical waste against the clock: in the clinic, between two visits, and at the plant."""

from datetime import timedelta

import pytest

from tests.cast import FAY, PAULA, RITA
from tests.city import CLINIC, PLANT
from tests.law.hazardous import refused
from tests.law.rounds import INFECTIOUS, MEDICAL, accepted, change_site, lots_at, on_the_road, overdue, treat
from tests.story import Story
from zerowaste.audits.finding import Severity
from zerowaste.services.queries.unclosed import unclosed
from zerowaste.vocabulary import HoldingKind

HOUR = timedelta(hours=1)


def test_a_clinic_has_two_days_for_what_it_stores(story: Story) -> None:
    """MW-2D: 48 hours from the moment the waste came to be, weekend or not."""
    begun = story.now
    story.lot(PAULA, CLINIC, INFECTIOUS, 40_000)
    (lot,) = lots_at(story, CLINIC)
    assert lot.due_at == begun + 48 * HOUR
    story.wait(hours=48)
    assert overdue(story, ["MW-2D"]) == []
    story.wait(minutes=1)
    (finding,) = overdue(story, ["MW-2D"])
    assert (finding.severity, finding.grams, finding.due_at) == (Severity.OVERDUE, 40_000, lot.due_at)
    assert finding.holdings == (lot.id,)


def test_what_left_the_clinic_in_time_is_not_overdue_there(story: Story) -> None:
    """MW-2D asks nothing more of a clinic whose waste is on the road."""
    story.lot(PAULA, CLINIC, INFECTIOUS, 80_000)
    story.wait(hours=47)
    on_the_road(story, MEDICAL)
    story.wait(hours=2)
    assert overdue(story, ["MW-2D", "MW-COLL2"]) == []


def test_the_regulator_sees_where_medical_waste_lies_too_long(story: Story) -> None:
    """MW-2D: the list of what is unclosed says whose it is and until when he had time."""
    story.lot(PAULA, CLINIC, INFECTIOUS, 40_000)
    story.wait(hours=49)
    rita = story.city.actor(RITA)
    (row,) = unclosed(story.session, rita, now=story.now, stream="medical").items
    assert (row.kind, row.mass_g, row.overdue) == (HoldingKind.LOT, 40_000, True)


def test_a_collector_calls_at_least_every_two_days(story: Story) -> None:
    """MW-COLL2: the visit counts from the last one, and is due when waste waits."""
    story.lot(PAULA, CLINIC, INFECTIOUS, 40_000)
    story.wait(hours=47)
    assert overdue(story, ["MW-COLL2"]) == []
    story.wait(hours=2)
    (finding,) = overdue(story, ["MW-COLL2"])
    assert (finding.subject, finding.grams) == (f"site:{CLINIC}", 40_000)
    assert finding.due_at == story.now - HOUR


def test_a_visit_sets_the_collector_s_clock_back(story: Story) -> None:
    """MW-COLL2: after a visit there are two days again, though some waste was left standing."""
    story.lot(PAULA, CLINIC, INFECTIOUS, 90_000)
    story.wait(hours=40)
    accepted(story, MEDICAL, by=FAY)
    visited = story.now
    story.wait(hours=20)
    assert [f.rule for f in overdue(story, ["MW-2D", "MW-COLL2"])] == ["MW-2D"]
    story.wait(hours=29)
    (late,) = overdue(story, ["MW-COLL2"])
    assert (late.grams, late.due_at) == (10_000, visited + 48 * HOUR)


def test_a_visit_after_the_audit_s_month_is_still_a_visit_missed(story: Story) -> None:
    """MW-COLL2: no visit for a month is not forgotten."""
    story.lot(PAULA, CLINIC, INFECTIOUS, 40_000)
    story.wait(days=40)
    assert len(overdue(story, ["MW-COLL2"])) == 1


@pytest.mark.parametrize(("storage", "hours"), [("warm", 24), ("cold", 72), ("remote", 168)])
def test_the_plant_has_as_long_as_it_cools(story: Story, storage: str, hours: int) -> None:
    """MW-FAC: a day in the warm, three below 5 °C, seven where it is remote, cold and disinfected."""
    change_site(story, PLANT, storage=storage)
    accepted(story, MEDICAL, by=FAY)
    (lot,) = lots_at(story, PLANT)
    assert lot.due_at == story.now + timedelta(hours=hours)
    story.wait(hours=hours)
    assert overdue(story, ["MW-FAC"]) == []
    story.wait(minutes=1)
    (finding,) = overdue(story, ["MW-FAC"])
    assert (finding.severity, finding.grams, finding.holdings) == (Severity.OVERDUE, 80_000, (lot.id,))


def test_what_was_burnt_in_time_is_nobody_s_fault(story: Story) -> None:
    """MW-FAC: the clock ends with the treatment."""
    accepted(story, MEDICAL, by=FAY)
    story.wait(hours=23)
    (lot,) = lots_at(story, PLANT)
    assert refused(treat(story, lot.id, lot.grams, "Y10")) == set()
    story.wait(days=3)
    assert overdue(story, ["MW-FAC"]) == []
