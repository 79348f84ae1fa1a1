"""Findings as overseers read them: each in the regions of its ends, the most urgent first."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session

from tests.cast import ADA, PAULA, RITA, RUTH, Person
from tests.city import CLINIC, NOW, OTHER, PLANT, WORKS, City
from tests.graph.drawing import DUE_AFTER, Drawing, Paper, draw
from tests.story import Story, the_law
from zerowaste.audits import Severity
from zerowaste.errors import Refusal
from zerowaste.models.tables import HOLDING
from zerowaste.services.findings.auditing import examine_whole, keep
from zerowaste.services.findings.dispositions import Disposed, DispositionRequest, dispose
from zerowaste.services.findings.findings import (
    FoundItem,
    Wanted,
    audited_at,
    count_findings,
    evidence_of,
    finding_for,
    findings_for,
    history_of,
)
from zerowaste.services.history.replay import differences
from zerowaste.services.history.verify import verify
from zerowaste.vocabulary import Disposition

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
    keep(session, examine_whole(session, the_law(), now=LATER))
    return drawing


def seen(session: Session, city: City, person: Person, wanted: Wanted = ALL) -> list[FoundItem]:
    return list(findings_for(session, city.actor(person), wanted, limit=100))


def named(found: list[FoundItem]) -> set[tuple[str, str]]:
    return {(item.rule, item.place) for item in found}


def say(
    session: Session, city: City, finding: FoundItem, word: Disposition, note: str = "", **more: object
) -> Disposed:
    values = {"id": uuid.uuid4(), "expects": None, "body": {"disposition": str(word)}, **more}
    request = DispositionRequest(finding=str(finding.id), disposition=word, note=note, **values)  # type: ignore[arg-type]  # by name
    return dispose(Story(session, city, LATER).desk(RITA), request)


def test_each_finding_says_where_it_is_and_since_when(session: Session, city: City, faulty: Drawing) -> None:
    found = {(item.rule, item.place): item for item in seen(session, city, RITA)}
    difference = found["HW-DIFF", PLANT]
    assert (difference.stream, difference.waste_code) == ("hazardous", "900-249-08")
    assert difference.manifest
    assert difference.since == NOW  # when it was weighed at the gate
    full = found["HW-POINT3", WORKS]
    assert (full.stream, full.manifest, full.since) == ("hazardous", "", NOW)
    medical = found["MW-2D", CLINIC]
    assert (medical.stream, medical.waste_code) == ("medical", "841-001-01")
    (lost,) = (item for item in found.values() if item.evidence["holdings"] == [faulty.id("s.load.1")])
    assert lost.place == ""
    assert lost.manifest  # on the road: its paper leads on
    assert audited_at(session) == LATER


@pytest.mark.usefixtures("faulty")
def test_a_district_sees_what_begins_or_ends_there(session: Session, city: City) -> None:
    lake = seen(session, city, RUTH)
    assert ("HW-DIFF", PLANT) in named(lake)
    assert "never_arrived" in {item.audit for item in lake}
    assert not {WORKS, CLINIC} & {item.place for item in lake}
    assert seen(session, city, RITA) == seen(session, city, ADA)
    assert seen(session, city, PAULA) == []
    hidden = next(item for item in seen(session, city, RITA) if item.place == WORKS)
    with pytest.raises(Refusal, match="not_found"):
        finding_for(session, city.actor(RUTH), str(hidden.id))


@pytest.mark.usefixtures("faulty")
def test_the_list_is_narrowed_and_goes_on_where_it_ended(session: Session, city: City) -> None:
    whole = seen(session, city, RITA)
    assert [item.order for item in whole] == sorted(item.order for item in whole)
    medical = seen(session, city, RITA, Wanted(stream="medical"))
    assert {item.place for item in medical} == {CLINIC}
    assert named(seen(session, city, RITA, Wanted(severity=Severity.TASK))) == {("HW-DIFF", PLANT)}
    assert named(seen(session, city, RITA, Wanted(audit="point_limit"))) == {("HW-POINT3", WORKS)}
    assert WORKS not in {item.place for item in seen(session, city, RITA, Wanted(region="360111"))}
    rita = city.actor(RITA)
    first = findings_for(session, rita, ALL, limit=2)
    rest = findings_for(session, rita, ALL, after=first[-1].order, limit=100)
    assert [*first, *rest] == whole


@pytest.mark.usefixtures("faulty")
def test_what_is_counted_is_what_is_listed(session: Session, city: City) -> None:
    for person in (RITA, RUTH):
        counts = count_findings(session, city.actor(person), ALL)
        assert sum(counts.values()) == len(seen(session, city, person))
        assert counts[Severity.TASK] == 1


def test_a_broken_book_is_found_where_it_lies(session: Session, city: City, faulty: Drawing) -> None:
    session.execute(update(HOLDING).where(HOLDING.c.id == faulty.id("m.accepted")).values(grams=79_999))
    keep(session, examine_whole(session, the_law(), now=LATER))
    assert ("ledger", PLANT) in named(seen(session, city, RUTH, Wanted(severity=Severity.ALERT)))


@pytest.mark.usefixtures("faulty")
def test_a_finding_leads_to_its_events(session: Session, city: City) -> None:
    (difference,) = seen(session, city, RITA, Wanted(audit="variance"))
    (weighed,) = evidence_of(session, difference)
    assert (weighed.at, str(weighed.id)) == (NOW, difference.evidence["events"][0])


@pytest.mark.usefixtures("faulty")
def test_what_is_made_of_a_finding_is_evidence_and_can_change(session: Session, city: City) -> None:
    (difference,) = seen(session, city, RITA, Wanted(audit="variance"))
    assert say(session, city, difference, Disposition.CONFIRMED) == (Disposition.CONFIRMED, 1, True)
    assert say(session, city, difference, Disposition.EXPLAINED, "复磅无误 weighed again").number == 2
    after = finding_for(session, city.actor(RITA), str(difference.id))
    assert (after.disposition, after.stake_g, after.disposed_by) == (
        "explained",
        difference.grams,
        RITA.login,
    )
    said = history_of(session, difference.id)
    assert [(word.disposition, word.note) for word in said] == [
        ("confirmed", ""), ("explained", "复磅无误 weighed again"),
    ]  # fmt: skip
    assert seen(session, city, RITA, Wanted(audit="variance", disposition=Disposition.OPEN)) == []
    assert [fault for fault in verify(session, the_law()) if fault.subject == "disposition"] == []
    told = [each for each in differences(session, the_law()) if each.table == "disposition"]
    assert told == []


@pytest.mark.usefixtures("faulty")
def test_another_audit_keeps_what_was_said(session: Session, city: City) -> None:
    (difference,) = seen(session, city, RITA, Wanted(audit="variance"))
    say(session, city, difference, Disposition.WAIVED, "微量 a trifle")
    keep(session, examine_whole(session, the_law(), now=LATER + timedelta(hours=1)))
    (again,) = seen(session, city, RITA, Wanted(audit="variance"))
    assert (again.id, again.disposition) == (difference.id, "waived")


@pytest.mark.usefixtures("faulty")
def test_letting_it_rest_needs_a_reason_and_a_stale_page_is_told(session: Session, city: City) -> None:
    (difference,) = seen(session, city, RITA, Wanted(audit="variance"))
    with pytest.raises(Refusal) as lazy:
        say(session, city, difference, Disposition.FALSE_ALARM, "  ")
    assert [problem.code for problem in lazy.value.problems] == ["why_missing"]
    say(session, city, difference, Disposition.CONFIRMED)
    with pytest.raises(Refusal, match="changed_meanwhile"):
        say(session, city, difference, Disposition.WAIVED, "why", expects=0)


@pytest.mark.usefixtures("faulty")
def test_the_same_word_sent_twice_is_said_once(session: Session, city: City) -> None:
    (difference,) = seen(session, city, RITA, Wanted(audit="variance"))
    same = uuid.uuid4()
    assert say(session, city, difference, Disposition.CONFIRMED, id=same).created
    assert not say(session, city, difference, Disposition.CONFIRMED, id=same).created
    with pytest.raises(Refusal, match="id_reused"):
        say(session, city, difference, Disposition.WAIVED, "other", id=same, body={"disposition": "waived"})
    assert len(history_of(session, difference.id)) == 1
