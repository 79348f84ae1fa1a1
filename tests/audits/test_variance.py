"""HW-DIFF: a difference over the tolerance stays a task until both sides have spoken."""

from uuid import UUID

import pytest

from tests.audits.drawn_city import city_of
from zerowaste.audits.finding import Finding, Severity
from zerowaste.audits.variance import find
from zerowaste.graph.city_rows import Difference

MANIFEST = UUID(int=7)


def findings(received_g: int, opinions: str = "", number: str | None = "2026-7") -> list[Finding]:
    difference = Difference(MANIFEST, number, 2, "hazardous", 1, "处置单位", 1_000_000, received_g, opinions)
    return list(find(city_of("", differences=(difference,))))


@pytest.mark.parametrize(("received", "missing"), [(969_999, 30_001), (1_030_001, -30_001)])
def test_more_than_three_percent_is_a_task(received: int, missing: int) -> None:
    (finding,) = findings(received)
    assert (finding.rule, finding.severity, finding.grams) == ("HW-DIFF", Severity.TASK, missing)
    assert (finding.subject, finding.lines) == ("manifest:2026-7/2", ((MANIFEST, 2),))


def test_within_three_percent_is_none() -> None:
    assert findings(970_000) == []
    assert findings(1_030_000) == []


def test_both_opinions_end_it_and_one_does_not() -> None:
    assert findings(900_000, opinions="cr") == []
    assert len(findings(900_000, opinions="r")) == 1


def test_without_a_number_the_manifest_is_named_by_its_id() -> None:
    (finding,) = findings(900_000, number=None)
    assert finding.subject == f"manifest:{MANIFEST}/2"
