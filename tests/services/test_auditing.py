"""The register of findings: the same breach is the same finding, and nothing changes that did not change."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import CLINIC, LORRY, NOW, PLANT, WORKS, City
from tests.graph.drawing import draw
from tests.story import Story, the_law
from zerowaste.models.tables import AUDIT_RUN, FINDING, HOLDING, LINE, MANIFEST
from zerowaste.rules.state import LineReport
from zerowaste.services.findings.auditing import Examined, Kept, examine, examine_whole, keep, last_audit
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act

HOUR = timedelta(hours=1)


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def audit(story: Story, *, whole: bool = False) -> Kept:
    law = the_law()
    examined = (examine_whole if whole else examine)(story.session, law, now=story.now)
    return keep(story.session, examined)


def short_load(story: Story) -> str:
    """Of half a tonne a fifth is gone at the gate; nobody has said why."""
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 500_000, packages=1, packaging="桶")],
    )  # fmt: skip
    assert filed.number
    story.act(DAN, filed.number, Act.PICKUP)
    story.act(FAY, filed.number, Act.ACCEPT, [LineReport(1, received_g=400_000)])
    return filed.number


def standing(story: Story) -> dict[str, object]:
    rows = story.session.execute(select(FINDING).where(FINDING.c.gone_at.is_(None)))
    return {row.key: row._asdict() for row in rows}


def test_the_first_audit_is_of_everything_and_the_next_only_of_what_was_touched(story: Story) -> None:
    short_load(story)
    first = audit(story)
    assert (first.whole, first.new) == (True, first.found)
    story.wait(hours=1)
    second = audit(story)
    assert (second.whole, second.new, second.gone) == (False, 0, 0)


def test_running_it_again_changes_nothing(story: Story) -> None:
    number = short_load(story)
    audit(story, whole=True)
    before = standing(story)
    assert f"variance HW-DIFF manifest:{number}/1" in before
    for whole in (True, False, True):
        assert audit(story, whole=whole).new == 0
    assert standing(story) == before


def test_what_was_mended_is_gone_and_stays_on_record(story: Story) -> None:
    number = short_load(story)
    audit(story)
    story.wait(hours=2)
    for person in (PAULA, FAY):
        story.act(person, number, Act.OPINION, note="复磅 weighed again")
    kept = audit(story)
    assert (kept.whole, kept.gone) == (False, 1)
    row = story.session.execute(select(FINDING).where(FINDING.c.audit == "variance")).one()
    assert row.gone_at == story.now


def test_time_alone_brings_findings(story: Story) -> None:
    story.lot(PAULA, CLINIC, "841-001-01", 12_000)
    audit(story)
    story.wait(hours=49)
    kept = audit(story)
    assert not kept.whole
    assert {finding.split()[1] for finding in standing(story)} == {"MW-2D", "MW-COLL2"}


def test_a_balance_changed_behind_the_books_back_shows_where_something_happens(story: Story) -> None:
    number = short_load(story)
    audit(story)
    lot = story.session.execute(select(HOLDING.c.id).where(HOLDING.c.part == "accepted")).scalar_one()
    story.session.execute(update(HOLDING).where(HOLDING.c.id == lot).values(grams=399_000))
    story.wait(hours=1)
    story.act(PAULA, number, Act.OPINION, note="已知")
    audit(story)
    assert {"conservation", "balance"} <= {key.split()[0] for key in standing(story)}
    story.session.execute(update(HOLDING).where(HOLDING.c.id == lot).values(grams=400_000))
    story.wait(hours=1)
    story.act(FAY, number, Act.OPINION, note="已复磅")
    audit(story)
    assert not {"conservation", "balance"} & {key.split()[0] for key in standing(story)}


@pytest.mark.parametrize("table", [MANIFEST, LINE])
def test_a_status_or_mass_that_no_event_tells_is_found_where_something_happens(
    story: Story, table: object
) -> None:
    number = short_load(story)
    audit(story)
    changed = {"status": "settled"} if table is MANIFEST else {"declared_g": 1}
    story.session.execute(update(table).values(**changed))  # type: ignore[arg-type]  # one of two tables
    story.wait(hours=1)
    story.act(PAULA, number, Act.OPINION, note="已知")
    audit(story)
    (found,) = (key for key in standing(story) if key.startswith("unproved"))
    assert "replay_value_differs" in found


def test_the_whole_proof_is_part_of_a_whole_audit(story: Story) -> None:
    number = short_load(story)
    story.session.execute(update(MANIFEST).where(MANIFEST.c.number == number).values(head="0" * 64))
    examined = examine_whole(story.session, the_law(), now=story.now, proof=True)
    assert "unproved" in {case.finding.audit for case in examined.cases}
    unproved = examine_whole(story.session, the_law(), now=story.now)
    assert "unproved" not in {case.finding.audit for case in unproved.cases}


def test_an_older_audit_never_overwrites_a_newer(story: Story) -> None:
    older = Examined(story.now, [], None)
    short_load(story)
    story.wait(hours=1)
    audit(story)
    assert keep(story.session, older) == Kept(True, 0, 0, 0)
    assert standing(story)


def test_after_a_great_many_events_everything_is_audited(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zerowaste.services.findings.auditing.MOST_TOUCHED", 2)
    audit(story)
    short_load(story)
    assert audit(story).whole
    last = last_audit(story.session)
    assert last is not None
    assert (last.at, last.whole) == (story.now, True)
    assert story.session.execute(select(AUDIT_RUN)).all()


def test_a_drawn_city_is_judged_with_its_whereabouts(session: Session, city: City) -> None:
    drawing = draw("generation > a.lot 3000001")
    drawing.write(session, city)
    keep(session, examine_whole(session, the_law(), now=NOW))
    row = session.execute(select(FINDING)).one()
    assert (row.audit, row.place, row.stream, row.grams) == ("point_limit", WORKS, "hazardous", 3_000_001)
    event = session.execute(select(HOLDING.c.event_id)).scalar_one()
    assert row.evidence["holdings"] == [drawing.id("a.lot")]
    assert row.evidence["events"] == [str(event)]
