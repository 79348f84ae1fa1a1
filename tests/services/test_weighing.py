"""What scales say: at the yard, on the weighbridge and at the gate, and where it contradicts itself."""

import uuid

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.story import Story
from zerowaste.models.tables import FLOW, HOLDING, LINE, MANIFEST
from zerowaste.rules.state import LineReport
from zerowaste.services.history.replay import replay
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Verdict

OIL, SLUDGE = "900-249-08", "900-214-08"


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def filed(story: Story, *lines: LineRequest) -> str:
    """Half a tonne of oil for the plant, or other lines."""
    told = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=lines or [LineRequest(OIL, 500_000, packages=3, packaging="桶")],
    )  # fmt: skip
    assert told.number is not None, told.errors
    return told.number


def received(story: Story, ref: str) -> list[int]:
    """What came, line by line."""
    of_it = LINE.c.manifest_id == MANIFEST.c.id
    rows = (
        select(LINE.c.received_g)
        .join(MANIFEST, of_it)
        .where(MANIFEST.c.number == ref)
        .order_by(LINE.c.number)
    )
    return list(story.session.execute(rows).scalars())


def balances(story: Story) -> dict[str, int]:
    """Grams by part, of everything that is not empty."""
    rows = story.session.execute(
        select(HOLDING.c.part, func.sum(HOLDING.c.grams)).where(HOLDING.c.grams > 0).group_by(HOLDING.c.part)
    )
    return {row[0]: int(row[1]) for row in rows}


def test_more_loaded_takes_the_rest_of_its_own_lot_before_anything_is_generated(story: Story) -> None:
    lot = story.lot(PAULA, WORKS, OIL, 600_000).lot
    ref = filed(story, LineRequest(OIL, 500_000, packages=3, packaging="桶", draws=((lot, 500_000),)))
    story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=650_000)])
    assert balances(story) == {"load.1": 650_000}
    generated = select(func.sum(FLOW.c.grams)).where(FLOW.c.from_id.is_(None))
    assert story.session.execute(generated).scalar_one() == 650_000
    story.act(DAN, ref, Act.REVERSE)
    assert balances(story) == {"lot": 600_000}
    assert replay(story.session, story.law) == []


def test_a_ticket_that_comes_with_the_acceptance_says_what_was_received(story: Story) -> None:
    ref = filed(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(FAY, ref, Act.ACCEPT, ticket={"net_g": 498_000})
    assert balances(story) == {"accepted": 498_000, "variance": 2_000}


def test_a_ticket_counts_beside_ticked_packages_and_what_is_refused(story: Story) -> None:
    """Dan ticks a package of the first line and brings a slip; Fay weighs again and refuses a part."""
    lines = [LineRequest(OIL, 300_000, packages=1, packaging="桶", tags=("T-1",)),
             LineRequest(SLUDGE, 100_000, packages=1, packaging="桶")]  # fmt: skip
    ref = filed(story, *lines)
    story.act(DAN, ref, Act.PICKUP)
    story.act(DAN, ref, Act.ARRIVE, [LineReport(1, tags=("T-1",))], ticket={"net_g": 404_000})
    assert received(story, ref) == [303_000, 101_000]
    part = [LineReport(1, refused_g=3_000, reason="packaging"), LineReport(2)]
    story.act(FAY, ref, Act.ACCEPT, part, ticket={"net_g": 400_000})
    assert received(story, ref) == [300_000, 100_000]


def test_an_acceptance_that_contradicts_its_ticket_is_found(story: Story) -> None:
    ref = filed(story)
    story.act(DAN, ref, Act.PICKUP)
    weighed = [LineReport(1, received_g=500_000)]
    told = story.act(FAY, ref, Act.ACCEPT, weighed, ticket={"net_g": 498_000})
    assert [problem.code for problem in told.findings] == ["ticket_differs"]


def test_nobody_receives_a_mountain_from_a_lorry(story: Story) -> None:
    """It would use up the whole plant, for everybody."""
    ref = filed(story)
    story.act(DAN, ref, Act.PICKUP)
    told = story.act(FAY, ref, Act.ACCEPT, [LineReport(1, received_g=500_000_000)])
    assert told.verdict is Verdict.REFUSED
    assert [problem.code for problem in told.errors] == ["received_implausible"]


def test_what_is_weighed_anew_is_no_longer_a_share(story: Story) -> None:
    ref = filed(story, *(LineRequest(code, 100_000, packages=1, packaging="桶") for code in (OIL, SLUDGE)))
    story.act(DAN, ref, Act.PICKUP)
    story.act(FAY, ref, Act.ARRIVE, ticket={"net_g": 199_000})
    story.act(FAY, ref, Act.ACCEPT, [LineReport(1, received_g=98_000), LineReport(2)])
    accepted = HOLDING.c.part == "accepted"
    into = select(FLOW.c.basis).join(HOLDING, HOLDING.c.id == FLOW.c.to_id).where(accepted)
    assert story.session.execute(into.order_by(HOLDING.c.line)).scalars().all() == ["scale", "share"]


@pytest.mark.parametrize("scanned", [True, False])
def test_a_stop_that_was_passed_by_has_no_share_of_the_ticket(story: Story, scanned: bool) -> None:
    """Dan's tour has three stops, and the third was shut: what the weighbridge says is of the other two.
    Where he scans no loading at all, nobody knows that, and each stop counts as it was declared."""
    tour = uuid.uuid4()

    def stop(code: str, mass_g: int) -> str:
        answer = story.file(
            PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
            lines=[LineRequest(code, mass_g, packages=1, packaging="桶")], trip=tour,
        )  # fmt: skip
        return str(answer.number)

    first, second, shut = stop(OIL, 120_000), stop(SLUDGE, 80_000), stop("336-052-17", 300_000)
    for ref in (first, second) if scanned else ():
        story.act(DAN, ref, Act.PICKUP)
    net_g = 195_000 if scanned else 495_000
    for ref in (first, second):
        story.act(FAY, ref, Act.ACCEPT, ticket={"net_g": net_g})
    assert [received(story, ref) for ref in (first, second)] == (
        [[117_000], [78_000]] if scanned else [[118_800], [79_200]]
    )
    assert received(story, shut) == [None]
    assert replay(story.session, story.law) == []


def test_a_line_that_is_decided_later_was_on_the_weighbridge_too(story: Story) -> None:
    """Fay refuses the sludge beside its ticket, and takes the oil an hour later without a word of mass."""
    ref = filed(
        story, LineRequest(OIL, 300_000, packages=1, packaging="桶"),
        LineRequest(SLUDGE, 200_000, packages=1, packaging="桶"),
    )  # fmt: skip
    story.act(DAN, ref, Act.PICKUP)
    sludge = LineReport(2, refused_g=198_000, reason="no_room")
    story.act(FAY, ref, Act.ACCEPT, [sludge], ticket={"net_g": 495_000})
    assert received(story, ref) == [297_000, 198_000]
    story.act(FAY, ref, Act.ACCEPT)
    assert received(story, ref) == [297_000, 198_000]
    assert replay(story.session, story.law) == []


@pytest.mark.parametrize(("net_g", "differs"), [(100_000, True), (495_000, False)])
def test_a_ticket_told_after_the_decision_is_held_against_it(story: Story, net_g: int, differs: bool) -> None:
    ref = filed(story)
    story.act(FAY, ref, Act.ACCEPT)
    late = story.act(DAN, ref, Act.ARRIVE, ticket={"net_g": net_g})
    assert ("ticket_differs" in {finding.code for finding in late.findings}) is differs
