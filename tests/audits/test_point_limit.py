"""HW-POINT3: no more than three tonnes at a storage point."""

from tests.audits.drawn_city import CLINIC, PLANT, city_of
from zerowaste.audits.finding import Severity
from zerowaste.audits.point_limit import find

HAZARDOUS = {"stream": "hazardous", "waste_code": "900-249-08"}


def test_a_gram_over_three_tonnes_is_too_much() -> None:
    """Two lots, and the yard of a filed manifest that still stands there."""
    (finding,) = find(
        city_of(
            "generation > a.lot 1000000\ngeneration > b.lot 1000000\ngeneration > m.yard 1000001",
            **HAZARDOUS,
        )
    )
    assert (finding.rule, finding.severity, finding.grams) == ("HW-POINT3", Severity.WARN, 3_000_001)
    assert (finding.subject, finding.holder) == ("site:CLINIC", CLINIC.holder)
    assert len(finding.holdings) == 3


def test_three_tonnes_exactly_are_allowed() -> None:
    assert list(find(city_of("generation > a.lot 3000000", **HAZARDOUS))) == []


def test_a_store_of_a_plant_is_no_point() -> None:
    assert list(find(city_of("generation > a.lot 9000000", places={"a.lot": PLANT}, **HAZARDOUS))) == []


def test_streams_without_a_limit_have_none() -> None:
    assert list(find(city_of("generation > a.lot 9000000", stream="construction", waste_code="CW-1"))) == []
