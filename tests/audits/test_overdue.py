"""Overdue: what is open past its due moment, under the rule whose clock ran out."""

from datetime import timedelta

import pytest

from tests.audits.drawn_city import CLINIC, PLANT, STATION, city_of
from tests.city import NOW
from tests.graph.drawing import draw
from zerowaste.audits.finding import Severity
from zerowaste.audits.overdue import audit
from zerowaste.graph.city_rows import SitePlace

LATE = timedelta(hours=-3)
COLD_PLANT = PLANT._replace(storage="cold")


def rules_of(text: str, **city: object) -> list[str]:
    return [finding.rule for finding in audit(city_of(text, due_in=LATE, **city))]


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


@pytest.mark.parametrize("end", ["m.load.1", "t.batch"])
def test_a_load_on_the_road_and_a_batch_have_deadlines_of_our_own(end: str) -> None:
    assert rules_of(f"generation > {end} 5") == ["setting"]


def test_a_finding_says_what_who_and_since_when() -> None:
    drawing = draw("generation > a.lot 5\ngeneration > b.lot 7\nb.lot > m.load.1 7")
    lot, _load = audit(city_of(drawing, due_in=LATE))
    assert (lot.subject, lot.grams, lot.holder) == (f"holding:{drawing.id('a.lot')}", 5, CLINIC.holder)
    assert (lot.due_at, lot.severity) == (NOW + LATE, Severity.OVERDUE)
    assert lot.key == f"overdue MW-2D holding:{drawing.id('a.lot')}"
    assert len(lot.events) == 1


def test_what_is_in_time_or_has_no_deadline_is_no_finding() -> None:
    assert list(audit(city_of("generation > a.lot 5", due_in=timedelta(0)))) == []
    assert list(audit(city_of("generation > a.lot 5", due_in=None))) == []


def test_waste_older_than_its_stream_is_judged_by_the_streams_first_law() -> None:
    old = city_of("generation > a.lot 5", due_in=LATE, age=timedelta(days=20_000))
    assert [finding.rule for finding in audit(old)] == ["MW-2D"]
