"""The audit of the whole city, with the evidence of each finding."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from tests.city import CLINIC, NOW, City
from tests.graph.drawing import DUE_AFTER, draw
from tests.story import audited, the_law
from zerowaste.audits.finding import Severity
from zerowaste.models.tables import HOLDING

FAULTY = """
    generation > a.lot 3000001
    generation > m.load.1 90000
    m.load.1 > m.gate 90000
    m.gate > m.accepted 80000
    m.gate > m.variance 10000
"""


def test_every_rule_looks_at_the_city_and_the_most_urgent_comes_first(session: Session, city: City) -> None:
    drawing = draw(FAULTY)
    drawing.write(session, city)
    waiting = draw("generation > c.lot 40", first=100)
    waiting.write(session, city, places={"c": CLINIC}, stream="medical", waste_code="841-001-01")
    session.execute(update(HOLDING).where(HOLDING.c.id == drawing.id("m.variance")).values(grams=9_000))
    found = audited(session, the_law(), now=NOW + DUE_AFTER + timedelta(minutes=1))
    assert [finding.rule for finding in found] == [
        "HW-BAL",  # a kilogram of ninety is gone from the plant's books
        "ledger",
        "HW-STORE1Y",
        "MW-2D",
        "MW-COLL2",
        "setting",
        "HW-DIFF",
        "HW-POINT3",
    ]
    assert [f.severity for f in found] == sorted((f.severity for f in found), key=list(Severity).index)
    assert len({finding.key for finding in found}) == len(found)


def test_each_finding_names_the_events_behind_it(session: Session, city: City) -> None:
    drawing = draw(FAULTY)
    drawing.write(session, city)
    opened = dict(session.execute(select(HOLDING.c.part, HOLDING.c.event_id)).all())
    session.execute(update(HOLDING).where(HOLDING.c.id == drawing.id("m.variance")).values(grams=9_000))
    events = {finding.rule: finding.events for finding in audited(session, the_law(), now=NOW)}
    assert events == {
        "HW-BAL": (),
        "ledger": (opened["variance"],),
        "HW-DIFF": (opened["gate"],),
        "HW-POINT3": (opened["lot"],),
    }


def test_a_city_in_order_has_no_findings(session: Session, city: City) -> None:
    draw("generation > a.lot 5\na.lot > m.load.1 5").write(session, city)
    assert audited(session, the_law(), now=NOW) == []
