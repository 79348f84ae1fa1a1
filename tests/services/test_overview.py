"""The region at a glance: figures that can be added up by hand.

Paula's works (old town) send 500 kg to Fay's plant by the lake; 480 kg are accepted, 300 kg burnt, 60 kg
of them left as ash. Olaf's 90 kg are still on the road."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import ADA, DAN, DREW, FAY, OLAF, PAULA, RITA, RUTH, Person
from tests.city import LORRY, OTHER, PLANT, SECOND_LORRY, WORKS
from tests.story import Story
from zerowaste.clock import local_day
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.acts import treatments
from zerowaste.services.queries.overview import Ended, Moved, Open, Overview, Sums, overview
from zerowaste.services.requests import LineRequest, TreatmentRequest
from zerowaste.vocabulary import Act

OIL, ASH = "900-249-08", "772-003-18"
OLD_TOWN, LAKE = "360102", "360111"


@pytest.fixture
def story(session: Any, city: Any) -> Story:
    story = Story(session, city)
    oil = LineRequest(waste_code=OIL, mass_g=500_000, packages=1, packaging="桶")
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, lines=[oil], legs=[story.leg(LORRY, DAN)]
    )
    story.act(DAN, str(filed.number), Act.PICKUP)
    story.wait(hours=2)
    part = LineReport(1, received_g=480_000, accepted_g=480_000, refused_g=0)
    story.act(FAY, str(filed.number), Act.ACCEPT, [part])
    story.wait(hours=1)
    batch = TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation="D10", at=story.now, inputs=((None, OIL, 300_000),),
        outputs=(Output("residue", 60_000, "hazardous", ASH),), done=True, body={},
    )  # fmt: skip
    assert treatments.treat(story.desk(FAY), batch).errors == ()
    other = LineRequest(waste_code=OIL, mass_g=90_000, packages=1, packaging="桶")
    onway = story.file(
        OLAF, stream="hazardous", consignor=OTHER, consignee=PLANT, lines=[other],
        legs=[story.leg(SECOND_LORRY, DREW)],
    )  # fmt: skip
    story.act(DREW, str(onway.number), Act.PICKUP)
    return story


def seen(story: Story, person: Person, *, days: int = 30, stream: str | None = None) -> Overview:
    now = story.now + timedelta(hours=1)
    return overview(
        story.session, story.city.actor(person), since=now - timedelta(days=days), today=local_day(now),
        now=now, stream=stream,
    )  # fmt: skip


def test_the_city_sees_what_was_sent_and_what_became_of_it(story: Story) -> None:
    found = seen(story, RITA)
    assert found.sums == Sums(2, 590_000, 590_000, 480_000, 0)
    ((district, receiver, *_, grams),) = found.moved
    assert (district, receiver, grams) == (OLD_TOWN, PLANT, 480_000)
    assert found.ended == [Ended(PLANT, "D10", "fate", 240_000)]
    assert found.ended_g == 240_000
    assert found == seen(story, ADA)


def test_what_is_open_is_told_by_district_and_age(story: Story) -> None:
    found = {(each.district, each.age): each for each in seen(story, RITA).open}
    assert found[LAKE, 0][3:5] == (180_000 + 60_000, 2)  # oil not yet burnt, and the ash
    assert found["", 0][3:5] == (90_000, 1)  # on Drew's lorry
    assert sum(each.mass_g for each in found.values()) == 330_000
    assert Open._fields[3:5] == ("mass_g", "holdings")


def test_what_is_not_listed_is_counted_all_the_same(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zerowaste.services.queries.overview.MOST_FLOWS", 0)
    found = seen(story, RITA)
    assert (found.moved, found.ended) == ([], [])
    assert (found.sums.accepted_g, found.ended_g) == (480_000, 240_000)


def test_a_district_sees_its_own_ends_only(story: Story) -> None:
    found = seen(story, RUTH)  # the lake: Olaf's site and Fay's plant, not Paula's
    assert found.sums == Sums(1, 90_000, 90_000, 0, 0)
    assert [each[:2] for each in found.moved] == [(OLD_TOWN, PLANT)]  # it came to her plant
    assert isinstance(found.moved[0], Moved)


def test_before_the_period_nothing_is_counted(story: Story) -> None:
    story.wait(days=40)
    found = seen(story, RITA, days=7)
    assert found.sums == Sums(0, 0, 0, 0, 0)
    assert (found.moved, found.ended) == ([], [])
    assert {each.age for each in found.open} == {3}  # what is open is open, whenever it began


def test_another_stream_is_left_out(story: Story) -> None:
    found = seen(story, RITA, stream="kitchen")
    assert (found.sums.loads, found.moved, found.ended, found.open) == (0, [], [], [])


def test_the_fullest_come_first(story: Story) -> None:
    board = seen(story, RITA).filling
    shares = [(each.used + each.reserved) / each.limit for each in board]
    assert shares == sorted(shares, reverse=True)
    assert {each.site for each in board} == {PLANT}
    assert any((each.used, each.reserved) == (480_000, 90_000) for each in board)
