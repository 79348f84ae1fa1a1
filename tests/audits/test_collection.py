"""MW-COLL2, KW-DAILY: whoever makes such waste is visited often enough."""

from datetime import timedelta

from tests.audits.drawn_city import CLINIC, PLANT, city_of
from tests.city import NOW
from zerowaste.audits.collection import find

WAITING = "generation > a.lot 5\ngeneration > m.yard 7"


def test_medical_waste_that_nobody_fetched_for_two_days() -> None:
    (finding,) = find(city_of(WAITING, age=timedelta(hours=49)))
    assert (finding.rule, finding.subject, finding.detail) == ("MW-COLL2", "site:CLINIC", "medical")
    assert (finding.grams, finding.holder) == (12, CLINIC.holder)
    assert finding.due_at == NOW - timedelta(hours=1)
    assert len(finding.events) == 2


def test_a_visit_within_two_days_is_often_enough() -> None:
    """The lot is three days old, but somebody came yesterday (that it was left is another rule's)."""
    visited = {(CLINIC.id, "medical"): NOW - timedelta(hours=20)}
    assert list(find(city_of(WAITING, age=timedelta(hours=72), pickups=visited))) == []


def test_the_last_visit_was_too_long_ago() -> None:
    visited = {(CLINIC.id, "medical"): NOW - timedelta(hours=50)}
    (finding,) = find(city_of(WAITING, age=timedelta(hours=72), pickups=visited))
    assert finding.due_at == NOW - timedelta(hours=2)


def test_a_visit_for_other_waste_does_not_count() -> None:
    visited = {(CLINIC.id, "hazardous"): NOW}
    assert len(list(find(city_of(WAITING, age=timedelta(hours=72), pickups=visited)))) == 1


def test_fresh_waste_waits_in_peace() -> None:
    assert list(find(city_of(WAITING, age=timedelta(hours=47)))) == []


def test_kitchen_waste_is_fetched_daily() -> None:
    day = city_of(WAITING, stream="kitchen", waste_code="KW-1", age=timedelta(hours=25))
    assert [finding.rule for finding in find(day)] == ["KW-DAILY"]


def test_streams_without_such_a_clock_are_not_visited() -> None:
    old = city_of(WAITING, stream="hazardous", waste_code="900-249-08", age=timedelta(days=300))
    assert list(find(old)) == []


def test_what_lies_at_a_plant_needs_no_collector() -> None:
    at_plant = city_of("generation > a.lot 5", places={"a.lot": PLANT}, age=timedelta(days=9))
    assert list(find(at_plant)) == []
