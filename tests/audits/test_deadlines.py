"""The audits of deadlines: what is open past its due moment, under the rule whose clock ran out."""

from datetime import timedelta

import pytest

from tests.audits.drawn_city import CLINIC, PLANT, STATION, city_of
from tests.city import NOW
from tests.graph.drawing import draw
from zerowaste.audits import (
    Finding,
    late_acceptance,
    late_treatment,
    never_arrived,
    refused_waits,
    stuck_in_storage,
)
from zerowaste.audits.finding import Severity
from zerowaste.graph.city import City
from zerowaste.graph.city_rows import SitePlace

LATE = timedelta(hours=-3)
COLD_PLANT = PLANT._replace(storage="cold")


def overdue(city: City) -> list[Finding]:
    """What any of them finds; no two find the same."""
    audits = (late_acceptance, never_arrived, refused_waits, late_treatment, stuck_in_storage)
    found = [finding for audit in audits for finding in audit.find(city)]
    assert len({finding.subject for finding in found}) == len(found)
    return found


def rules_of(text: str, **city: object) -> list[str]:
    return [finding.rule for finding in overdue(city_of(text, due_in=LATE, **city))]


@pytest.mark.parametrize(
    ("stream", "code", "place", "rule"),
    [
        ("medical", "841-001-01", CLINIC, "MW-2D"),
        ("medical", "841-001-01", PLANT, "MW-FAC"),
        ("medical", "841-001-01", COLD_PLANT, "MW-FAC"),
        ("kitchen", "KW-1", CLINIC, "KW-DAILY"),
        ("hazardous", "900-249-08", PLANT, "HW-STORE1Y"),
        ("hazardous", "900-249-08", STATION, "HW-COLL90"),
        ("hazardous", "336-064-17", STATION, "HW-STORE1Y"),  # no oil: nothing to pass on
        ("hazardous", "000-000-00", STATION, "HW-STORE1Y"),  # a code that no list has any more
        ("hazardous", "900-249-08", CLINIC, "setting"),
        ("construction", "CW-1", PLANT, "setting"),
    ],
)
def test_waste_that_lies_too_long_breaks_the_rule_of_its_place(
    stream: str, code: str, place: SitePlace, rule: str
) -> None:
    found = rules_of("generation > a.lot 5", places={"a.lot": place}, stream=stream, waste_code=code)
    assert found == [rule]


def test_a_load_at_the_gate_awaits_the_decision_for_five_working_days() -> None:
    arrived = "generation > m.load.1 5\nm.load.1 > m.gate 5"
    assert rules_of(arrived) == ["HW-ACC5"]
    assert rules_of(arrived, decided=True) == ["setting"], "decided: it is refused mass that waits"


@pytest.mark.parametrize(("end", "audit"), [("m.load.1", "never_arrived"), ("t.batch", "late_treatment")])
def test_a_load_on_the_road_and_a_batch_have_deadlines_of_our_own(end: str, audit: str) -> None:
    (found,) = overdue(city_of(f"generation > {end} 5", due_in=LATE))
    assert (found.audit, found.rule) == (audit, "setting")


def test_refused_mass_waits_at_the_gate_or_on_its_way_back() -> None:
    gate = "generation > m.load.1 5\nm.load.1 > m.gate 5"
    back = f"{gate}\nm.gate > m.back.1 5"
    for text, decided in ((gate, True), (back, False)):
        (found,) = overdue(city_of(text, due_in=LATE, decided=decided))
        assert found.audit == "refused_waits"


def test_a_finding_says_what_who_and_since_when() -> None:
    drawing = draw("generation > a.lot 5\ngeneration > b.lot 7\nb.lot > m.load.1 7")
    _load, lot = overdue(city_of(drawing, due_in=LATE))
    assert (lot.subject, lot.grams, lot.holder) == (f"holding:{drawing.id('a.lot')}", 5, CLINIC.holder)
    assert (lot.due_at, lot.severity) == (NOW + LATE, Severity.OVERDUE)
    assert lot.key == f"stuck_in_storage MW-2D holding:{drawing.id('a.lot')}"
    assert len(lot.events) == 1


def test_what_is_in_time_or_has_no_deadline_is_no_finding() -> None:
    assert list(overdue(city_of("generation > a.lot 5", due_in=timedelta(0)))) == []
    assert list(overdue(city_of("generation > a.lot 5", due_in=None))) == []


def test_waste_older_than_its_stream_is_judged_by_the_streams_first_law() -> None:
    old = city_of("generation > a.lot 5", due_in=LATE, age=timedelta(days=20_000))
    assert [finding.rule for finding in overdue(old)] == ["MW-2D"]
