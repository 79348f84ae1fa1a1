"""A package's tag names one package: it cannot be on two open manifests at once."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.cast import DAN, FAY, OLAF, PAULA, TESS
from tests.city import LORRY, OTHER, STATION, City
from tests.law.hazardous import OIL, accepted, at_the_gate, codes, file, filed, lot_at, of, refused
from tests.story import Story
from zerowaste.errors import Refusal
from zerowaste.models.tables import PACKAGE
from zerowaste.rules.state import LineReport
from zerowaste.services.naming import ANOTHERS
from zerowaste.vocabulary import Act, Status, Verdict

TAGGED = of(OIL, tags=("T-1", "T-2"))


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def test_a_tag_on_another_producers_open_manifest_is_found_and_no_number_of_his_told(story: Story) -> None:
    first = filed(story, TAGGED)
    answer = file(story, of(OIL, tags=("T-9", "T-2")), person=OLAF, consignor=OTHER)
    (error,) = answer.errors
    assert (error.code, error.path) == ("tag_on_open_manifest", "lines.0.tags.1")
    assert error.params == {"tag": "T-2", "number": ANOTHERS}
    assert first not in error.sentence("en")


def test_nor_may_its_own_producer_file_it_twice(story: Story) -> None:
    first = filed(story, TAGGED)
    again = file(story, TAGGED, dry_run=True)
    assert refused(again) == {"tag_on_open_manifest"}
    assert all(first in error.sentence("en") for error in again.errors)
    assert refused(file(story, TAGGED)) == {"tag_on_open_manifest"}


@pytest.mark.parametrize("acts", [(Act.PICKUP,), (Act.PICKUP, Act.ARRIVE)])
def test_what_is_being_carried_or_stands_at_the_gate_is_on_no_other(
    story: Story, acts: tuple[Act, ...]
) -> None:
    ref = filed(story, TAGGED)
    for kind in acts:
        assert story.act(DAN, ref, kind).code == ""
    assert refused(file(story, TAGGED)) == {"tag_on_open_manifest"}


def test_a_refused_filing_leaves_the_tag_free(story: Story) -> None:
    """All or nothing: the tags of what was not filed are on no manifest, and are not even known."""
    assert "site_unknown" in _why_invalid(story)
    assert refused(file(story, of("999-999-99", tags=("T-1",)))) >= {"waste_code_unknown"}
    assert story.session.execute(PACKAGE.select()).all() == []
    filed(story, TAGGED)


def _why_invalid(story: Story) -> set[str]:
    with pytest.raises(Refusal) as refusal:
        file(story, TAGGED, consignee="NOWHERE")
    return codes(refusal.value.problems)


def test_a_cancelled_or_expired_manifest_frees_its_tags(story: Story) -> None:
    story.act(PAULA, filed(story, TAGGED), Act.CANCEL)
    filed(story, TAGGED)
    story.wait(days=5)  # nobody picked it up; nobody has ticked it off yet either
    filed(story, TAGGED)


def test_what_a_station_accepted_it_passes_on_under_the_same_tags(story: Story) -> None:
    """The drum keeps its tag from the works to the station to the plant."""
    accepted(story, TAGGED, by=TESS, consignee=STATION)
    lot = lot_at(story, STATION)
    onward = of(OIL, tags=("T-1", "T-2"), draws=((lot.id, 500_000),))
    filed(story, onward, person=TESS, consignor=STATION)


def test_refused_drums_go_onward_with_their_tags_but_not_while_they_ride_home(story: Story) -> None:
    ref = at_the_gate(story, TAGGED)
    assert story.act(FAY, ref, Act.REFUSE, reason="not_as_declared").status is Status.REFUSED
    assert refused(file(story, TAGGED, dry_run=True)) == set()
    story.act(FAY, ref, Act.RETURN)
    assert refused(file(story, TAGGED)) == {"tag_on_open_manifest"}
    story.act(PAULA, ref, Act.RECEIVE_BACK)
    filed(story, TAGGED)


def test_a_tag_of_another_manifest_that_is_scanned_at_the_yard_is_found(story: Story) -> None:
    """On the lorry it is what it is: told, not stopped."""
    other = filed(story, TAGGED)
    ref = filed(story, of(OIL, tags=("T-8",)))
    done = story.act(DAN, ref, Act.PICKUP, [LineReport(1, tags=("T-8", "T-1"))])
    assert done.verdict is Verdict.APPLIED
    (finding,) = [finding for finding in done.findings if finding.code == "tag_on_open_manifest"]
    assert finding.params == {"tag": "T-1", "number": other}


def test_tags_of_its_own_do_not_disturb_a_manifest(story: Story) -> None:
    ref = filed(story, TAGGED)
    done = story.act(DAN, ref, Act.PICKUP, [LineReport(1, tags=("T-1", "T-2"))])
    assert codes(done.findings) == set()
    story.now += timedelta(hours=1)
    assert story.act(DAN, ref, Act.ARRIVE).code == ""


def test_two_lines_share_no_tag(story: Story) -> None:
    lines = (of(OIL, tags=("T-1",)), of("900-214-08", tags=("T-1",)))
    assert refused(file(story, *lines, legs=[story.leg(LORRY, DAN)])) == {"tag_on_two_lines"}


def test_an_unknown_receiver_hides_nothing_else_that_is_wrong(story: Story) -> None:
    with pytest.raises(Refusal) as refusal:
        file(
            story, of("999-999-99", tags=("T-1", "T-1")), consignee="NOWHERE",
            planned_at=story.now - timedelta(days=9),
        )  # fmt: skip
    assert {problem.code for problem in refusal.value.problems} >= {
        "site_unknown", "waste_code_unknown", "tag_twice", "planned_in_the_past",
    }  # fmt: skip
