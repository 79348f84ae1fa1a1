"""At the receiver's gate: five working days to decide, and what happens where load and paper differ."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from tests.cast import DAN, FAY, PAULA
from tests.law.hazardous import (
    ENGINE_OIL,
    OIL,
    at_the_gate,
    codes,
    filed,
    findings,
    of,
    refused,
    weighed,
)
from tests.story import Story
from zerowaste.audits.finding import Severity
from zerowaste.models.tables import HOLDING, OUTBOX
from zerowaste.rules.state import LineReport
from zerowaste.vocabulary import Act, Status, Verdict


def end_of(month: int, day: int) -> datetime:
    """When that day of 2026 is over in the city, as UTC has it."""
    return datetime(2026, month, day, 16, tzinfo=UTC)


def overdue_from(story: Story) -> datetime:
    """The first moment after the deadline at the gate."""
    due = story.session.execute(select(HOLDING.c.due_at).where(HOLDING.c.part == "gate")).scalar_one()
    assert isinstance(due, datetime)
    return due + timedelta(microseconds=1)


def told(story: Story) -> dict[int | None, list[str]]:
    """Who was told of what: the organisation (None: the authority) → the codes."""
    rows = story.session.execute(select(OUTBOX.c.organisation_id, OUTBOX.c.content))
    return {row.organisation_id: row.content["codes"] for row in rows}


def test_five_working_days_to_accept(story: Story) -> None:
    """HW-ACC5: what came on Monday the 2nd is overdue when Monday the 9th is over, and still acceptable."""
    ref = at_the_gate(story)
    assert overdue_from(story) == end_of(3, 9)
    story.now = overdue_from(story) - timedelta(microseconds=1)
    assert findings(story, "HW-ACC5") == []
    story.wait(microseconds=2)
    found = findings(story, "HW-ACC5")
    assert [(f.severity, f.grams) for f in found] == [(Severity.OVERDUE, 500_000)]
    assert story.act(FAY, ref, Act.ACCEPT).status is Status.ACCEPTED
    assert findings(story, "HW-ACC5") == []


def test_holidays_are_no_working_days(story: Story) -> None:
    """HW-ACC5: what comes on the eve of the first of May is overdue when the 11th is over; Saturday the
    9th is worked."""
    story.now = datetime(2026, 4, 30, 2, 0, tzinfo=UTC)
    at_the_gate(story)
    assert overdue_from(story) == end_of(5, 11)


def test_a_decision_in_parts_stops_the_clock_line_by_line(story: Story) -> None:
    """HW-ACC5: what is decided is no longer waited for; the other line is."""
    ref = at_the_gate(story, of(OIL), of(ENGINE_OIL, 300_000))
    assert story.act(FAY, ref, Act.ACCEPT, [weighed(500_000)]).status is Status.ARRIVED
    story.wait(days=14)
    assert [f.grams for f in findings(story, "HW-ACC5")] == [300_000]


def test_a_load_that_weighs_too_little_is_told_and_settled_by_both(story: Story) -> None:
    """HW-DIFF: consignor and authority are told; it stays a task until both sides have spoken."""
    ref = at_the_gate(story)
    done = story.act(FAY, ref, Act.ACCEPT, [weighed(480_000)])
    assert codes(done.findings) == {"variance_over_tolerance"}
    assert codes(done.warnings) == {"variance_over_tolerance"}
    producer = story.city.organisations["producer"]
    assert told(story) == {None: ["variance_over_tolerance"], producer: ["variance_over_tolerance"]}
    assert [(f.severity, f.grams) for f in findings(story, "HW-DIFF")] == [(Severity.TASK, 20_000)]
    for person in (FAY, PAULA):
        assert len(findings(story, "HW-DIFF")) == 1
        assert story.act(person, ref, Act.OPINION, note="复磅属实").verdict is Verdict.APPLIED
    assert findings(story, "HW-DIFF") == []


def test_within_the_tolerance_nobody_is_troubled(story: Story) -> None:
    """HW-DIFF: three per cent is what two scales may differ."""
    ref = at_the_gate(story)
    done = story.act(FAY, ref, Act.ACCEPT, [weighed(485_000)])
    assert (codes(done.findings), told(story), findings(story, "HW-DIFF")) == (set(), {}, [])
    assert refused(story.act(PAULA, ref, Act.OPINION)) == {"no_opinion_asked"}


def test_another_waste_than_declared_is_told(story: Story) -> None:
    """HW-DIFF: the name differs, so it is accepted as what it is, and told."""
    ref = at_the_gate(story)
    done = story.act(FAY, ref, Act.ACCEPT, [weighed(500_000, waste_code=ENGINE_OIL)])
    assert codes(done.findings) == {"code_differs"}
    assert told(story)[None] == ["code_differs"]
    lot = story.session.execute(select(HOLDING.c.waste_code).where(HOLDING.c.part == "accepted")).scalar_one()
    assert lot == ENGINE_OIL


def test_a_refusal_gives_its_reason_and_is_told(story: Story) -> None:
    """HW-DIFF: what is refused needs a reason, and consignor and authority hear of it."""
    ref = at_the_gate(story)
    assert refused(story.act(FAY, ref, Act.REFUSE)) == {"reason_missing"}
    done = story.act(FAY, ref, Act.REFUSE, [LineReport(1, reason="packaging")])
    assert (done.status, codes(done.findings)) == (Status.REFUSED, {"mass_refused"})
    assert told(story)[None] == ["mass_refused"]


def test_a_drum_too_few_is_told(story: Story) -> None:
    """HW-DIFF: the packages differ."""
    ref = filed(story, of(OIL, packages=2, tags=("T-1", "T-2")))
    story.act(DAN, ref, Act.PICKUP, [LineReport(1, tags=("T-1", "T-2"))])
    done = story.act(FAY, ref, Act.ACCEPT, [weighed(500_000, tags=("T-1",))])
    assert "tag_missing" in codes(done.findings)
    assert told(story)[None] == ["tag_missing"]


def test_what_was_taken_back_is_open_again(story: Story) -> None:
    """HW-ACC5: an acceptance taken back leaves the load where it was, under the same deadline."""
    ref = at_the_gate(story)
    before = overdue_from(story)
    story.act(FAY, ref, Act.ACCEPT)
    assert story.act(FAY, ref, Act.REVERSE).status is Status.ARRIVED
    assert overdue_from(story) == before
    story.now = before
    assert len(findings(story, "HW-ACC5")) == 1
