"""The permit's yearly scale: ten tonnes at the small plant, and twelve before a new permit is due."""

from datetime import UTC, datetime

from tests.cast import FAY, PAULA
from tests.city import PLANT, SMALL
from tests.law.hazardous import OIL, TONNE, at_the_gate, file, filed, of, refused, warned, weighed
from tests.story import Story
from zerowaste.vocabulary import Act, Period, Status


def test_over_the_yearly_scale_is_warned_of_and_over_120_per_cent_is_refused(story: Story) -> None:
    """HW-CAP120: ten tonnes pass, twelve with a warning, a gram more not at all."""
    assert warned(story, of(OIL, 10 * TONNE), consignee=SMALL) == set()
    assert refused(file(story, of(OIL, 2 * TONNE + 1), consignee=SMALL)) == {"capacity_exceeded"}
    assert warned(story, of(OIL, 2 * TONNE), consignee=SMALL) == {"capacity_warning"}
    assert refused(file(story, of(OIL, 1), consignee=SMALL)) == {"capacity_exceeded"}


def test_a_full_plant_says_what_is_left_until_when_and_who_else_has_room(story: Story) -> None:
    """HW-CAP120: the refusal names the permit, what is left, the end of the year, and the big plant."""
    filed(story, of(OIL, 9 * TONNE), consignee=SMALL)
    (problem,) = file(story, of(OIL, 4 * TONNE), consignee=SMALL).errors
    said = problem.params
    assert (said["limit"], said["left"], said["asked"]) == (10 * TONNE, 3 * TONNE, 4 * TONNE)
    assert (said["period"], said["until"]) == (Period.YEAR, "2026-12-31")
    assert (PLANT, "room") in [(place["code"], place["reason"]) for place in said["alternatives"]]
    assert "还可接收 3,000 kg" in problem.sentence("zh")
    assert PLANT in problem.sentence("en")


def test_room_is_given_back_and_the_new_year_begins_anew(story: Story) -> None:
    """HW-CAP120 counts what was accepted or is on its way in the calendar year."""
    ref = filed(story, of(OIL, 12 * TONNE), consignee=SMALL)
    new_year = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # 01:00 of 1 January in the city
    assert file(story, of(OIL, 10 * TONNE), consignee=SMALL, planned_at=new_year).number
    assert refused(file(story, of(OIL, TONNE), consignee=SMALL)) == {"capacity_exceeded"}
    story.act(PAULA, ref, Act.CANCEL)
    assert file(story, of(OIL, TONNE), consignee=SMALL).number


def test_the_gate_counts_what_is_accepted(story: Story) -> None:
    """HW-CAP120: what was refused is free again; more than declared is let in up to 120 per cent only."""
    ref = at_the_gate(story, of(OIL, 11 * TONNE), consignee=SMALL)
    assert refused(story.act(FAY, ref, Act.ACCEPT, [weighed(12 * TONNE + 1)])) == {"capacity_exceeded"}
    some = weighed(11 * TONNE, accepted_g=4 * TONNE, refused_g=7 * TONNE, reason="quality")
    assert story.act(FAY, ref, Act.ACCEPT, [some]).status is Status.PARTLY_ACCEPTED
    assert file(story, of(OIL, 8 * TONNE), consignee=SMALL).number
    assert refused(file(story, of(OIL, 1), consignee=SMALL)) == {"capacity_exceeded"}
