"""Findings as overseers read them: each in the regions of its ends, the most urgent first."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session

from tests.cast import ADA, PAULA, RITA, RUTH, Person
from tests.city import CLINIC, NOW, OTHER, PLANT, WORKS, City
from tests.graph.drawing import DUE_AFTER, Drawing, Paper, draw
from tests.story import the_law
from zerowaste.audits import Severity
from zerowaste.models.tables import HOLDING
from zerowaste.services.audit import urgency
from zerowaste.services.findings import Case, Report, Wanted, count_findings, findings_for, report_findings

# Paula's yard is over full, and a kilogram in ten was lost on the way from her to Fay's plant;
# Olaf, in the plant's district, has sent a load that never arrived.
FAULTY = """
    generation > a.lot 3000001
    generation > m.load.1 90000
    m.load.1 > m.gate 90000
    m.gate > m.accepted 80000
    m.gate > m.variance 10000
    generation > s.load.1 50
"""
PAPERS = {"m": Paper(), "s": Paper(consignor=OTHER)}
LATER = NOW + DUE_AFTER + timedelta(minutes=1)
ALL = Wanted()


@pytest.fixture
def faulty(session: Session, city: City) -> Drawing:
    drawing = draw(FAULTY)
    drawing.write(session, city, PAPERS)
    draw("generation > c.lot 40", first=100).write(
        session, city, places={"c": CLINIC}, stream="medical", waste_code="841-001-01"
    )
    return drawing


@pytest.fixture
def report(session: Session, faulty: Drawing) -> Report:
    assert faulty
    return report_findings(session, the_law(), now=LATER)


def seen(report: Report, city: City, person: Person, wanted: Wanted = ALL) -> list[Case]:
    return list(findings_for(report, city.actor(person), wanted, limit=100))


def named(cases: list[Case]) -> set[tuple[str, str]]:
    return {(case.finding.rule, case.place) for case in cases}


def test_each_finding_says_where_it_is_and_since_when(report: Report, city: City, faulty: Drawing) -> None:
    found = {(case.finding.rule, case.place): case for case in seen(report, city, RITA)}
    difference = found["HW-DIFF", PLANT]
    assert (difference.stream, difference.waste_code) == ("hazardous", "900-249-08")
    assert difference.manifest
    assert difference.since == NOW  # when it was weighed at the gate
    full = found["HW-POINT3", WORKS]
    assert (full.stream, full.manifest, full.since) == ("hazardous", "", NOW)
    medical = found["MW-2D", CLINIC]
    assert (medical.stream, medical.waste_code) == ("medical", "841-001-01")
    (lost,) = (case for case in found.values() if case.finding.holdings == (faulty.id("s.load.1"),))
    assert lost.place == ""
    assert lost.manifest  # on the road: its paper leads on


def test_a_district_sees_what_begins_or_ends_there(report: Report, city: City, faulty: Drawing) -> None:
    lake = seen(report, city, RUTH)
    assert ("HW-DIFF", PLANT) in named(lake)
    assert {case.finding.holdings for case in lake} >= {(faulty.id("s.load.1"),)}
    assert not {WORKS, CLINIC} & {case.place for case in lake}
    assert seen(report, city, RITA) == seen(report, city, ADA) == list(report.cases)
    assert seen(report, city, PAULA) == []


def test_the_list_is_narrowed_and_goes_on_where_it_ended(report: Report, city: City) -> None:
    whole = seen(report, city, RITA)
    assert [urgency(case.finding) for case in whole] == sorted(urgency(case.finding) for case in whole)
    medical = seen(report, city, RITA, Wanted(stream="medical"))
    assert {case.place for case in medical} == {CLINIC}
    assert named(seen(report, city, RITA, Wanted(severity=Severity.TASK))) == {("HW-DIFF", PLANT)}
    assert named(seen(report, city, RITA, Wanted(audit="point_limit"))) == {("HW-POINT3", WORKS)}
    assert WORKS not in {case.place for case in seen(report, city, RITA, Wanted(region="360111"))}
    rita, first = city.actor(RITA), findings_for(report, city.actor(RITA), ALL, limit=2)
    rest = findings_for(report, rita, ALL, after=urgency(first[-1].finding), limit=100)
    assert [*first, *rest] == whole


def test_what_is_counted_is_what_is_listed(report: Report, city: City) -> None:
    for person in (RITA, RUTH):
        counts = count_findings(report, city.actor(person))
        assert sum(counts.values()) == len(seen(report, city, person))
        assert counts[Severity.TASK] == 1


def test_a_broken_book_is_found_where_it_lies(session: Session, city: City, faulty: Drawing) -> None:
    session.execute(update(HOLDING).where(HOLDING.c.id == faulty.id("m.accepted")).values(grams=79_999))
    found = seen(report_findings(session, the_law(), now=NOW), city, RUTH, Wanted(severity=Severity.ALERT))
    assert ("ledger", PLANT) in named(found)
