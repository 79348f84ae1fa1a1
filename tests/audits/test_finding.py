"""Findings: known again from day to day."""

from dataclasses import replace

from zerowaste.audits import ALL
from zerowaste.audits.finding import Finding, Severity


def test_a_finding_is_the_same_one_tomorrow() -> None:
    today = Finding("point_limit", "HW-POINT3", Severity.WARN, "site:A", 3_100_000, detail="hazardous")
    assert today.key == "point_limit HW-POINT3 site:A hazardous"
    assert replace(today, grams=3_200_000).key == today.key
    assert replace(today, subject="site:B").key != today.key


def test_every_audit_is_listed_once() -> None:
    assert len({audit.__module__ for audit in ALL}) == len(ALL) == 6
