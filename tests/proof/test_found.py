"""Stories that once went wrong, each as short as it can be told."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA, TESS
from tests.city import PLANT, STATION, WORKS, City
from tests.proof.crowd import OIL, accepted_oil, batch, codes, filed_oil
from tests.proof.invariants import broken
from tests.story import Story
from zerowaste.rules.state import LineReport
from zerowaste.services.acts import expiry, treatments
from zerowaste.services.requests import OutputsRequest
from zerowaste.vocabulary import Act, Status, Verdict


@pytest.fixture
def story(session: Session, city: City) -> Iterator[Story]:
    yield Story(session, city)
    assert broken(session.connection()) == []


def holdings(story: Story, part: str) -> list[int]:
    rows = story.session.connection().execute(
        text("SELECT id FROM holding WHERE part = :part AND grams > 0 ORDER BY id"), {"part": part}
    )
    return [row[0] for row in rows]


def test_a_late_scan_does_not_draw_on_lots_younger_than_the_load(story: Story) -> None:
    """Accepted before the pickup was told; a lot registered since cannot have been loaded then."""
    ref = filed_oil(story)
    story.act(FAY, ref, Act.ACCEPT)
    story.wait(hours=1)
    story.lot(PAULA, WORKS, OIL, 300_000)
    late = story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=520_000)], offline=True)
    assert late.verdict is Verdict.APPLIED


def test_what_has_gone_onward_is_not_received_back(story: Story) -> None:
    ref = filed_oil(story, consignee=STATION)
    story.act(DAN, ref, Act.PICKUP)
    story.act(TESS, ref, Act.REFUSE, reason="packaging")
    (gate,) = holdings(story, "gate")
    onward = filed_oil(
        story, 400_000, TESS, consignor=STATION, consignee=PLANT, line={"draws": ((gate, 400_000),)}
    )
    story.act(DAN, onward, Act.PICKUP)
    assert codes(story.act(PAULA, ref, Act.RECEIVE_BACK)) == ["more_than_waits"]
    story.act(TESS, ref, Act.RETURN, [LineReport(1, mass_g=100_000)])
    home = story.act(PAULA, ref, Act.RECEIVE_BACK)
    assert (codes(home), home.status) == ([], Status.SETTLED)


def test_a_refused_batch_sent_again_gets_the_same_refusal(story: Story) -> None:
    accepted_oil(story, FAY)
    (lot,) = holdings(story, "accepted")
    treatment = uuid.uuid4()
    first = batch(story, ((lot, None, 600_000),), FAY, id=treatment)
    again = batch(story, ((lot, None, 600_000),), FAY, id=treatment)
    assert (first.created, codes(first)) == (True, ["lot_short"])
    assert (again.created, again.code, codes(again), again.number) == (
        False,
        "invalid",
        ["lot_short"],
        first.number,
    )


def test_outputs_refused_since_the_batch_is_done_get_the_same_answer_again(story: Story) -> None:
    accepted_oil(story, FAY)
    (lot,) = holdings(story, "accepted")
    treated = batch(story, ((lot, None, 500_000),), FAY)
    late = OutputsRequest(id=uuid.uuid4(), at=story.now, outputs=(), body={})
    first = treatments.add_outputs(story.desk(FAY), treated.id, late)
    again = treatments.add_outputs(story.desk(FAY), treated.id, late)
    assert (codes(first), first.code, first.done) == (["treatment_done"], "not_legal_now", True)
    assert (codes(again), again.code, again.done) == (codes(first), first.code, first.done)


def test_a_pickup_taken_back_after_its_time_ran_out_expires_all_the_same(story: Story) -> None:
    """Nothing may be held for ever for a manifest that nobody will fetch any more."""
    ref, loaded = filed_oil(story), story.now
    story.wait(hours=71)
    story.act(DAN, ref, Act.PICKUP, at=loaded, offline=True)
    story.wait(hours=30)
    assert codes(story.act(DAN, ref, Act.REVERSE, note="the other lorry")) == []
    assert codes(story.act(DAN, ref, Act.PICKUP)) == ["not_legal_now"]
    assert expiry.expire_due(story.session, story.law, story.now) == 1
    rows = story.session.connection().execute(
        text("SELECT status, held_g, reserved_g FROM manifest, draw, quota")
    )
    assert {tuple(row) for row in rows} == {("expired", 0, 0)}
