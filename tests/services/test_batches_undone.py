"""A batch that was reported wrongly is taken back, step by step, while nothing hangs on it."""

import uuid
from typing import Any

import pytest
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA, RITA, TESS
from tests.city import LORRY, PLANT, STATION, WORKS, City
from tests.story import Story, audited
from zerowaste.errors import Refusal
from zerowaste.rules.treating import Output
from zerowaste.services.acts.batches_undone import UndoRequest, take_back
from zerowaste.services.acts.lots import list_lots
from zerowaste.services.acts.treatments import Treated, add_outputs, treat
from zerowaste.services.history.replay import replay
from zerowaste.services.queries.chains import chain
from zerowaste.services.requests import LineRequest, OutputsRequest, TreatmentRequest
from zerowaste.vocabulary import Act

OIL, ASH = "900-249-08", Output("residue", 60_000, "hazardous", "772-003-18")


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


@pytest.fixture
def ref(story: Story) -> str:
    """Half a tonne of oil in Fay's store."""
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, 500_000, packages=3, packaging="桶")],
    )  # fmt: skip
    for person, kind in ((DAN, Act.PICKUP), (FAY, Act.ACCEPT)):
        story.act(person, str(filed.number), kind)
    return str(filed.number)


def burnt(story: Story, *outputs: Output, done: bool = True) -> uuid.UUID:
    made = treat(
        story.desk(FAY),
        TreatmentRequest(
            id=uuid.uuid4(), site=PLANT, operation="D10", at=story.now, inputs=((None, OIL, 500_000),),
            outputs=outputs, body={"burn": OIL}, done=done,
        ),
    )  # fmt: skip
    assert not made.errors
    return made.id


def undo(story: Story, batch: uuid.UUID, **other: Any) -> Treated:
    values = {"id": uuid.uuid4(), "at": story.now, "note": "wrong lot", "body": {"undo": 1}, **other}
    return take_back(story.desk(FAY), batch, UndoRequest(**values))


def in_store(story: Story) -> list[tuple[str, int]]:
    rows = list_lots(story.desk(FAY), PLANT, None, after=None, limit=9)
    return sorted((row.waste_code, row.grams) for row in rows)


def closed(story: Story, ref: str) -> bool:
    return chain(story.session, story.law, story.city.actor(RITA), ref, now=story.now).closed


def test_a_wrong_batch_is_taken_back_and_its_chain_is_open_again(story: Story, ref: str) -> None:
    batch = burnt(story)
    assert closed(story, ref)
    act = uuid.uuid4()
    assert undo(story, batch, id=act).done
    assert not closed(story, ref)
    assert in_store(story) == [(OIL, 500_000)]
    again = undo(story, batch, id=act)
    assert (again.created, list(again.errors)) == (False, [])
    assert [error.code for error in undo(story, batch).errors] == ["nothing_to_take_back"]
    second = burnt(story)
    assert closed(story, ref)
    odd = [finding.subject for finding in audited(story.session, story.law, now=story.now)]
    assert odd == [f"treatment:{second}"]  # it left no ash; of the first nothing is left to judge
    assert replay(story.session, story.law) == []


def test_reports_are_taken_back_one_by_one(story: Story, ref: str) -> None:
    """The ash came out later; without it the batch goes on, and ash may come again."""
    batch = burnt(story, done=False)
    ash = OutputsRequest(uuid.uuid4(), story.now, (ASH,), {"ash": 1}, done=True)
    add_outputs(story.desk(FAY), batch, ash)
    assert in_store(story) == [("772-003-18", 60_000)]
    assert not undo(story, batch).done
    assert in_store(story) == []
    assert not add_outputs(story.desk(FAY), batch, OutputsRequest(uuid.uuid4(), story.now, (ASH,), {})).errors
    undo(story, batch)
    undo(story, batch)
    assert in_store(story) == [(OIL, 500_000)]
    assert replay(story.session, story.law) == []


def test_what_came_out_and_went_on_holds_it(story: Story, ref: str) -> None:
    """The ash is promised to a manifest: that is called off first."""
    batch = burnt(story, ASH)
    filed = story.file(
        FAY, stream="hazardous", consignor=PLANT, consignee=STATION, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("772-003-18", 60_000, packages=1, packaging="袋")],
    )  # fmt: skip
    assert filed.number, filed.errors
    assert [error.code for error in undo(story, batch).errors] == ["residue_is_used"]
    story.act(FAY, filed.number, Act.CANCEL)
    assert not undo(story, batch).errors
    assert in_store(story) == [(OIL, 500_000)]
    with pytest.raises(Refusal, match="not_found"):
        take_back(story.desk(TESS), batch, UndoRequest(uuid.uuid4(), story.now, "x", {}))
