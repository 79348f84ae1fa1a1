"""What somebody tried in order to make waste vanish, appear or pass a limit; each is stopped or told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.cast import DAN, DORA, FAY, PAULA, TESS, Person
from tests.city import CLINIC, PLANT, STATION, VAN, City
from tests.proof.crowd import codes, filed_oil
from tests.proof.invariants import broken
from tests.proof.test_found import holdings
from tests.story import Story
from zerowaste.rules.state import LineReport
from zerowaste.services.queries.manifests import actions_for
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Status, Verdict

SHARED = "841-001-01"  # infectious waste: on the list of hazardous waste (HW01), and a medical class


@pytest.fixture
def story(session: Session, city: City) -> Iterator[Story]:
    yield Story(session, city)
    assert broken(session.connection()) == []


def test_a_refusal_is_not_undone_under_what_goes_onward(story: Story) -> None:
    """Else the same waste would be accepted here and carried on there."""
    ref = filed_oil(story, consignee=STATION)
    story.act(DAN, ref, Act.PICKUP)
    story.act(TESS, ref, Act.REFUSE, reason="packaging")
    (gate,) = holdings(story, "gate")
    onward = filed_oil(
        story, 300_000, TESS, consignor=STATION, consignee=PLANT, line={"draws": ((gate, 300_000),)}
    )
    undone = story.act(TESS, ref, Act.REVERSE, note="after all")
    assert (undone.verdict, codes(undone)) == (Verdict.REFUSED, ["hangs_on_it"])
    assert undone.errors[0].params["names"] == onward
    story.act(TESS, onward, Act.CANCEL)
    assert story.act(TESS, ref, Act.REVERSE, note="after all").status is Status.IN_TRANSIT


def test_nobody_accepts_before_it_was_filed(story: Story) -> None:
    """An acceptance dated into last year would use last year's quota."""
    ref = filed_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    early = story.act(FAY, ref, Act.ACCEPT, at=story.now - timedelta(days=300))
    assert (early.verdict, codes(early)) == (Verdict.REFUSED, ["before_filing"])


def test_no_scan_without_network_loads_a_mountain(story: Story) -> None:
    """It would reserve the whole plant, for everybody."""
    ref = filed_oil(story)
    mountain = [LineReport(1, mass_g=10**12)]
    told = story.act(DAN, ref, Act.PICKUP, mountain, offline=True)
    assert (told.verdict, codes(told)) == (Verdict.REFUSED, ["load_implausible"])


def test_only_the_driver_was_where_no_network_is(story: Story) -> None:
    """A dispatcher sits in an office: what he says is judged as said now."""
    ref = filed_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(FAY, ref, Act.ACCEPT)
    again = story.act(DORA, ref, Act.PICKUP, offline=True)
    assert (again.verdict, codes(again)) == (Verdict.REFUSED, ["not_legal_now"])


def test_a_medical_lot_does_not_travel_as_hazardous_waste(story: Story) -> None:
    """MW-2D and MW-MODE would be left behind with the stream."""
    story.lot(PAULA, CLINIC, SHARED, 30_000)
    lot = holdings(story, "lot")[-1]

    def file(**draws: object) -> list[str]:
        line = LineRequest(SHARED, 30_000, packages=1, packaging="周转箱", **draws)  # type: ignore[arg-type]
        answer = story.file(
            PAULA, stream="hazardous", consignor=CLINIC, consignee=PLANT, lines=[line],
            legs=[story.leg(VAN, DAN)],
        )  # fmt: skip
        return [problem.code for problem in (*answer.errors, *answer.warnings)]

    assert "lot_of_other_stream" in file(draws=((lot, 30_000),))
    assert "generated_by_filing" in file()  # nor is it taken because it is the oldest


def test_an_arrival_is_taken_back_by_who_said_it(story: Story) -> None:
    """Else the driver could undo what the facility weighed."""
    ref = filed_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(FAY, ref, Act.ARRIVE, ticket={"net_g": 100_000})
    undone = story.act(DAN, ref, Act.REVERSE, note="no")
    assert (undone.verdict, codes(undone)) == (Verdict.REFUSED, ["not_yours_to_reverse"])
    assert story.act(FAY, ref, Act.REVERSE, note="mistyped").verdict is Verdict.APPLIED


def test_taking_back_is_offered_to_who_may(story: Story) -> None:
    """A button that always answers no is no button."""
    ref = filed_oil(story)
    after_pickup = story.act(DAN, ref, Act.PICKUP)
    assert Act.REVERSE in dict(after_pickup.actions)

    def offered(person: Person) -> bool:
        return Act.REVERSE in dict(actions_for(story.desk(person), ref))

    assert [offered(person) for person in (DAN, DORA, PAULA, FAY)] == [True, True, False, False]
    story.act(FAY, ref, Act.ACCEPT)
    assert [offered(person) for person in (DAN, DORA, PAULA, FAY)] == [False, False, False, True]


def test_a_loading_told_late_is_held_against_what_came(story: Story) -> None:
    """HW-DIFF: five grams loaded and four hundred kilograms received want an explanation."""
    ref = filed_oil(story)
    story.act(FAY, ref, Act.ACCEPT)
    told = story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=5)])
    assert "variance_over_tolerance" in [finding.code for finding in told.findings]


def test_what_came_back_is_weighed_once_and_compared(story: Story) -> None:
    ref = filed_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(FAY, ref, Act.REFUSE, reason="packaging")
    story.act(FAY, ref, Act.RETURN)
    home = story.act(PAULA, ref, Act.RECEIVE_BACK, [LineReport(1, received_g=3_000_000)])
    assert [finding.code for finding in home.findings] == ["return_differs"]
    assert story.act(PAULA, ref, Act.RECEIVE_BACK).verdict is Verdict.REFUSED


def test_nothing_is_sent_back_as_nothing_and_a_rest_is_told(story: Story) -> None:
    ref = filed_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(FAY, ref, Act.REFUSE, reason="packaging")
    assert codes(story.act(FAY, ref, Act.RETURN, [LineReport(1, mass_g=0)])) == ["nothing_sent_back"]
    part = story.act(FAY, ref, Act.RETURN, [LineReport(1, mass_g=100_000)])
    assert [warning.code for warning in part.warnings] == ["rest_stays"]


def test_a_ticket_that_its_lines_contradict_is_found(story: Story) -> None:
    ref = filed_oil(story)
    story.act(DAN, ref, Act.PICKUP)
    came = story.act(FAY, ref, Act.ARRIVE, [LineReport(1, received_g=5_000_000)], ticket={"net_g": 300_000})
    assert "ticket_differs" in [finding.code for finding in came.findings]


def test_a_lot_is_not_given_two_codes_at_once(story: Story) -> None:
    ref = filed_oil(story)
    story.act(FAY, ref, Act.ACCEPT)
    twice = [LineReport(1, waste_code="900-214-08"), LineReport(1, waste_code="900-249-08")]
    assert "line_twice" in codes(story.act(FAY, ref, Act.REASSIGN, twice))


def test_evidence_that_nobody_uploaded_is_asked_for(story: Story) -> None:
    ref = filed_oil(story)
    told = story.act(DAN, ref, Act.PICKUP, evidence=("f" * 64,))
    assert "evidence_not_uploaded" in [finding.code for finding in told.findings]
