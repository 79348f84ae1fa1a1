"""Out of a batch comes no waste that never went in, however it is told."""

import uuid

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import FAY, RUTH
from tests.city import PLANT, City
from tests.proof.crowd import filed_oil
from tests.story import Story, the_law
from zerowaste.models.tables import HOLDING
from zerowaste.rules.treating import Output
from zerowaste.services.acts import treatments
from zerowaste.services.findings.auditing import examine_whole, keep
from zerowaste.services.findings.findings import Wanted, findings_for
from zerowaste.services.requests import OutputsRequest, TreatmentRequest
from zerowaste.vocabulary import Act


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def burn(story: Story, lot: int, mass_g: int, **other: object) -> treatments.Treated:
    values = {"outputs": (), "done": True, "additives": (), "at": story.now, **other}
    request = TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation="D10", inputs=((lot, None, mass_g),),
        body={"lot": lot, "mass_g": mass_g}, **values,  # type: ignore[arg-type]
    )  # fmt: skip
    return treatments.treat(story.desk(FAY), request)


def received_lot(story: Story) -> int:
    """A lot of half a tonne of waste oil at the plant."""
    story.act(FAY, filed_oil(story), Act.ACCEPT)
    return story.session.execute(
        select(HOLDING.c.id).where(HOLDING.c.part == "accepted").order_by(HOLDING.c.id)
    ).scalar_one()


def test_a_mountain_does_not_come_out_little_by_little(story: Story) -> None:
    """Each of a hundred reports a little below what one may tell would make a mountain of a barrel."""
    ash = Output("residue", 4_000_000, waste_code="772-003-18")
    treated = burn(story, received_lot(story), 500_000, outputs=(ash,), done=False)
    more = OutputsRequest(uuid.uuid4(), story.now, (ash,), {"more": 1})
    refused = treatments.add_outputs(story.desk(FAY), treated.id, more)
    assert [error.code for error in refused.errors] == ["output_beyond_input"]


def test_what_came_out_too_much_is_found_at_its_batch_and_its_plant(story: Story) -> None:
    """The district whose plant it is sees the finding too, and it leads to the batch."""
    treated = burn(story, received_lot(story), 1_000, outputs=(Output("product", 2_500, name="油"),))
    keep(story.session, examine_whole(story.session, the_law(), now=story.now))
    wanted = Wanted(audit="contradicted")
    (finding,) = findings_for(story.session, story.city.actor(RUTH), wanted, limit=9)
    assert (finding.rule, finding.grams) == ("HW-BAL", 1_500)
    assert (finding.place, finding.treatment) == (PLANT, str(treated.id))
    assert (finding.stream, finding.waste_code) == ("hazardous", "900-249-08")


def test_nor_is_lime_what_it_is_made_of(story: Story) -> None:
    """A million tonnes of an additive are no excuse for as much residue."""
    ash = Output("residue", 10**12, waste_code="772-003-18")
    refused = burn(story, received_lot(story), 1, outputs=(ash,), additives=(("石灰", 10**12),))
    assert [error.code for error in refused.errors] == ["additives_beyond_input"]


def test_what_comes_out_as_it_was_put_in_was_not_treated(story: Story) -> None:
    """Else a year's storage begins anew, and the chain looks treated."""
    same = Output("residue", 300_000, waste_code="900-249-08")
    treated = burn(story, received_lot(story), 500_000, outputs=(same,), done=False)
    assert [finding.code for finding in treated.findings] == ["residue_as_put_in"]
    more = OutputsRequest(uuid.uuid4(), story.now, (same,), {"more": 1})
    later = treatments.add_outputs(story.desk(FAY), treated.id, more)
    assert "residue_as_put_in" in [finding.code for finding in later.findings]
