"""A lot registered with a wrong mass is put right: nothing is overwritten, what left it is not lost."""

import uuid

import pytest
from sqlmodel import Session

from tests.cast import DAN, OLAF, PAULA, RITA, Person
from tests.city import LORRY, OTHER, PLANT, WORKS, City
from tests.story import Story, audited
from zerowaste.errors import Refusal
from zerowaste.services.acts.corrections import Corrected, CorrectionRequest, correct_lot
from zerowaste.services.acts.lots import list_lots
from zerowaste.services.history.replay import replay
from zerowaste.services.queries.chains import chain
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Basis

OIL = "900-249-08"


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


@pytest.fixture
def lot(story: Story) -> int:
    """Paula meant fifty kilograms of oil and wrote fifty tonnes."""
    return story.lot(PAULA, WORKS, OIL, 50_000_000).lot


def put_right(
    story: Story, lot: int | uuid.UUID, mass_g: int, *, by: Person = PAULA, site: str = WORKS,
    act: uuid.UUID | None = None,
) -> Corrected:  # fmt: skip
    return correct_lot(
        story.desk(by),
        CorrectionRequest(
            id=act or uuid.uuid4(), site=site, lot=lot, mass_g=mass_g, basis=Basis.SCALE, at=story.now,
            note="单位写错", body={"lot": str(lot), "mass_g": mass_g},
        ),
    )  # fmt: skip


def lying(story: Story) -> list[int]:
    return [row.grams for row in list_lots(story.desk(PAULA), WORKS, None, after=None, limit=9)]


def wrong(refusal: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in refusal.value.problems]


def test_fifty_tonnes_were_fifty_kilograms(story: Story, lot: int) -> None:
    act = uuid.uuid4()
    done = put_right(story, lot, 50_000, act=act)
    assert (done.was_g, done.mass_g, done.left_g, done.created) == (50_000_000, 50_000, 50_000, True)
    again = put_right(story, lot, 50_000, act=act)
    assert (again.was_g, again.left_g, again.created) == (50_000_000, 50_000, False)
    assert lying(story) == [50_000]
    assert put_right(story, lot, 80_000).left_g == 80_000  # up again, by the scale
    assert put_right(story, lot, 0).left_g == 0  # there was none
    assert lying(story) == []
    assert audited(story.session, story.law, now=story.now) == []
    assert replay(story.session, story.law) == []


def test_what_left_it_or_is_promised_stays(story: Story, lot: int) -> None:
    """Dan has thirty kilograms on his lorry, ten more are promised: forty were there at least."""
    put_right(story, lot, 50_000)

    def filed(mass_g: int) -> str:
        line = LineRequest(OIL, mass_g, packages=1, packaging="桶", draws=((lot, mass_g),))
        legs = [story.leg(LORRY, DAN)]
        answer = story.file(
            PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=legs, lines=[line]
        )
        return str(answer.number)

    ref = filed(30_000)
    story.act(DAN, ref, Act.PICKUP)
    filed(10_000)
    with pytest.raises(Refusal) as refusal:
        put_right(story, lot, 39_999)
    assert wrong(refusal) == [("mass_g", "lot_in_use")]
    assert put_right(story, lot, 40_000).left_g == 10_000
    seen = chain(story.session, story.law, story.city.actor(RITA), ref, now=story.now)
    assert (seen.origin_g, seen.open_g) == (30_000, 30_000)
    assert replay(story.session, story.law) == []


def test_only_ones_own_registered_lots_are_put_right(story: Story, lot: int) -> None:
    with pytest.raises(Refusal, match="forbidden"):
        put_right(story, lot, 1, by=OLAF)
    for asked in (lot, 999_999, uuid.uuid4()):
        with pytest.raises(Refusal) as refusal:
            put_right(story, asked, 1, by=OLAF, site=OTHER)
        assert wrong(refusal) == [("lot", "lot_unknown")]
    with pytest.raises(Refusal) as refusal:
        put_right(story, lot, 50_000_000)
    assert wrong(refusal) == [("mass_g", "nothing_corrected")]
