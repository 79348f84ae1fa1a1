"""A lorry breaks down, another driver comes: what has not begun is planned anew, and nothing is lost."""

import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import DAN, DORA, DREW, FAY, OLAF, PAULA, Person
from tests.city import LORRY, SECOND_LORRY, City
from tests.colleagues import DICK, SPARE_LORRY, hire, proved, replan, row_of
from tests.law.hazardous import codes, file, filed, refused
from tests.story import Story, audited
from zerowaste.errors import Refusal
from zerowaste.models.tables import EVENT, HOLDING, LEG
from zerowaste.services.queries.loads import loads_of
from zerowaste.services.queries.manifests import actions_for, read_manifest
from zerowaste.vocabulary import Act, Status, Verdict


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, hire(session, city))


def legs_of(story: Story, ref: str) -> list[tuple[str, str]]:
    """(plate, driver) of each leg, in their order."""
    return [(leg.vehicle, leg.driver) for leg in read_manifest(story.desk(PAULA), ref).legs]


def loads(story: Story, driver: Person) -> list[str]:
    return [load.number for load in loads_of(story.session, story.city.actor(driver), now=story.now)]


def holder(story: Story) -> int:
    """The one who holds what is on the road."""
    held = select(HOLDING.c.organisation_id).where(HOLDING.c.part.startswith("load"), HOLDING.c.grams > 0)
    return int(story.session.execute(held).scalar_one())


def test_before_the_pickup_the_producer_sends_another_carrier(story: Story) -> None:
    ref = filed(story)
    assert (loads(story, DAN), loads(story, DREW)) == ([ref], [])
    done = replan(story, PAULA, ref, (SECOND_LORRY, DREW))
    assert (done.verdict, done.status, list(done.errors)) == (Verdict.APPLIED, Status.FILED, [])
    assert legs_of(story, ref) == [(SECOND_LORRY, DREW.login)]
    assert row_of(story, ref).turn_id == story.city.organisations["second_carrier"]
    assert (loads(story, DAN), loads(story, DREW)) == ([], [ref])
    with pytest.raises(Refusal, match="not_found"):
        story.act(DAN, ref, Act.PICKUP)
    assert story.act(DREW, ref, Act.PICKUP).status is Status.IN_TRANSIT
    assert holder(story) == story.city.organisations["second_carrier"]
    assert proved(story)


def test_the_dispatcher_sends_another_of_his_drivers(story: Story) -> None:
    ref = filed(story)
    trip = row_of(story, ref).trip_id
    done = replan(story, DORA, ref, (LORRY, DICK))
    assert done.verdict is Verdict.APPLIED
    assert (loads(story, DAN), loads(story, DICK)) == ([], [ref])
    assert row_of(story, ref).trip_id == trip  # the same lorry is the same trip
    assert story.act(DICK, ref, Act.PICKUP).status is Status.IN_TRANSIT
    assert proved(story)


def test_a_lorry_breaks_down_and_another_brings_the_load(story: Story) -> None:
    """A leg is added, handed over as usual, and whoever comes with it arrives."""
    ref = filed(story)
    trip = row_of(story, ref).trip_id
    story.act(DAN, ref, Act.PICKUP)
    story.wait(hours=1)
    assert replan(story, DORA, ref, (SPARE_LORRY, DICK)).status is Status.IN_TRANSIT
    assert legs_of(story, ref) == [(LORRY, DAN.login), (SPARE_LORRY, DICK.login)]
    assert row_of(story, ref).trip_id == trip  # it left the yard on that lorry
    assert (loads(story, DAN), loads(story, DICK)) == ([], [ref])
    with pytest.raises(Refusal, match="forbidden"):
        story.act(DAN, ref, Act.ARRIVE)
    story.act(DICK, ref, Act.HANDOVER)
    story.wait(hours=1)
    assert story.act(DICK, ref, Act.ARRIVE, ticket={"net_g": 500_000}).status is Status.ARRIVED
    assert story.act(FAY, ref, Act.ACCEPT).status is Status.ACCEPTED
    began = story.session.execute(select(LEG.c.began_at, LEG.c.ended_at).order_by(LEG.c.number)).all()
    assert began[0].ended_at == began[1].began_at
    assert proved(story)


def test_whoever_carries_it_does_not_take_over_from_himself(story: Story) -> None:
    """Another driver on the same lorry is a leg, and so is the same driver on another."""
    ref = filed(story)
    story.act(DAN, ref, Act.PICKUP)
    answer = replan(story, DORA, ref, (LORRY, DAN), (SPARE_LORRY, DAN), (SPARE_LORRY, DAN))
    assert [(each.code, each.path) for each in answer.errors] == [
        ("leg_goes_on", "legs.0.vehicle"),
        ("leg_goes_on", "legs.2.vehicle"),
    ]
    assert replan(story, DORA, ref, (LORRY, DICK), (SPARE_LORRY, DICK)).verdict is Verdict.APPLIED


def test_the_lorry_that_comes_goes_before_the_carrier_planned_after_it(story: Story) -> None:
    """Drew is to take over at the crossing: whose lorry brings it there is the first carrier's matter."""
    ref = filed(story, legs=[story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)])
    story.act(DAN, ref, Act.PICKUP)
    assert replan(story, DORA, ref, (SPARE_LORRY, DICK), (SECOND_LORRY, DREW)).verdict is Verdict.APPLIED
    for driver in (DICK, DREW):
        story.wait(hours=1)
        assert story.act(driver, ref, Act.HANDOVER).verdict is Verdict.APPLIED
    assert story.act(DREW, ref, Act.ARRIVE).status is Status.ARRIVED
    assert proved(story)


@pytest.mark.parametrize(
    ("legs", "path"),
    [
        ([(SECOND_LORRY, DREW)], "legs.0.carrier"),  # his own leg to another carrier
        ([(LORRY, DICK), (SECOND_LORRY, DREW), (SPARE_LORRY, DICK)], "legs"),  # a leg behind another's
        ([(SECOND_LORRY, DREW), (LORRY, DAN)], "legs"),  # the other one first
        ([(LORRY, DAN), (SPARE_LORRY, DICK)], "legs"),  # the other's leg for himself
    ],
)
def test_a_dispatcher_plans_nobody_elses_legs(
    story: Story, legs: Sequence[tuple[str, Person]], path: str
) -> None:
    both = [story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)]
    ref = filed(story, legs=both if len(legs) > 1 else both[:1])
    answer = replan(story, DORA, ref, *legs)
    assert [(each.code, each.path) for each in answer.errors] == [("leg_not_yours", path)]


def test_who_has_nothing_to_do_with_it_plans_nothing(story: Story) -> None:
    ref = filed(story)
    with pytest.raises(Refusal, match="not_found"):
        replan(story, OLAF, ref, (SECOND_LORRY, DREW))
    for person in (DAN, FAY):
        with pytest.raises(Refusal, match="forbidden"):
            replan(story, person, ref, (SECOND_LORRY, DREW))


def test_a_dispatcher_whose_leg_is_over_plans_nothing(story: Story) -> None:
    ref = filed(story, legs=[story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)])
    story.act(DAN, ref, Act.PICKUP)
    story.act(DREW, ref, Act.HANDOVER)
    with pytest.raises(Refusal, match="forbidden"):
        replan(story, DORA, ref, (SPARE_LORRY, DICK))


def test_a_planned_leg_is_not_left_out(story: Story) -> None:
    ref = filed(story, legs=[story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)])
    assert refused(replan(story, PAULA, ref, (SPARE_LORRY, DICK))) == {"legs_left_out"}
    assert refused(replan(story, PAULA, ref)) == {"legs_left_out"}
    assert refused(replan(story, PAULA, ref, *[(SPARE_LORRY, DICK), (LORRY, DAN)] * 6)) == {"legs_too_many"}


def test_the_same_again_is_no_plan(story: Story) -> None:
    ref = filed(story)
    assert refused(replan(story, PAULA, ref, (LORRY, DAN))) == {"nothing_planned_anew"}


def test_what_the_old_driver_scanned_without_network_is_kept(story: Story) -> None:
    """Two lorries claim the load: what came late has no effect, and an overseer is told."""
    ref = filed(story)
    replan(story, PAULA, ref, (SECOND_LORRY, DREW))
    scan = {"id": uuid.uuid4(), "at": story.now, "offline": True}
    told = story.act(DAN, ref, Act.PICKUP, **scan)
    assert (told.verdict, told.status, codes(told.findings)) == (
        Verdict.NOTED, Status.FILED, {"leg_planned_anew"},
    )  # fmt: skip
    again = story.act(DAN, ref, Act.PICKUP, **scan)
    assert (again.created, again.verdict, codes(again.findings)) == (
        False, Verdict.NOTED, {"leg_planned_anew"},
    )  # fmt: skip
    story.act(DREW, ref, Act.PICKUP)
    assert story.act(DAN, ref, Act.ARRIVE, offline=True).verdict is Verdict.NOTED
    with pytest.raises(Refusal, match="not_found"):
        story.act(DAN, ref, Act.PICKUP)
    with pytest.raises(Refusal, match="not_found"):
        story.act(DICK, ref, Act.PICKUP, offline=True)  # who never was on it
    found = [each for each in audited(story.session, story.law, now=story.now)
             if each.detail.startswith("leg_planned_anew")]  # fmt: skip
    assert len(found) == 2
    assert proved(story)


def test_a_scan_long_ago_is_kept_too(story: Story) -> None:
    """However late it comes, it says that another lorry has the load."""
    ref = filed(story)
    replan(story, PAULA, ref, (SECOND_LORRY, DREW))
    story.act(DREW, ref, Act.PICKUP)
    at = story.now
    story.wait(days=30)
    assert story.act(DAN, ref, Act.PICKUP, at=at, offline=True).verdict is Verdict.NOTED


def test_who_broke_down_and_came_all_the_same_is_heard(story: Story) -> None:
    """Dan is on his leg still, but it is not the last one any more: that he arrived is noted."""
    ref = filed(story)
    story.act(DAN, ref, Act.PICKUP)
    replan(story, DORA, ref, (SPARE_LORRY, DICK))
    told = story.act(DAN, ref, Act.ARRIVE, offline=True)
    assert (told.verdict, codes(told.findings)) == (Verdict.NOTED, {"leg_planned_anew"})
    events = select(EVENT.c.verdict).where(EVENT.c.kind == "arrive")
    assert story.session.execute(events).scalars().all() == ["noted"]


def test_a_pickup_taken_back_leaves_nothing_with_the_old_carrier(story: Story) -> None:
    ref = filed(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(DAN, ref, Act.REVERSE, note="装错了 wrong yard")
    assert replan(story, PAULA, ref, (SECOND_LORRY, DREW)).verdict is Verdict.APPLIED
    story.act(DREW, ref, Act.PICKUP)
    assert holder(story) == story.city.organisations["second_carrier"]
    assert story.act(DREW, ref, Act.REVERSE, note="再来 again").verdict is Verdict.APPLIED
    assert story.act(DREW, ref, Act.PICKUP).status is Status.IN_TRANSIT
    assert proved(story)


def test_a_way_home_taken_back_makes_room_for_a_leg(story: Story) -> None:
    """Refused, sent home, and all of it taken back: the load is on the road again, and breaks down."""
    ref = filed(story)
    story.act(DAN, ref, Act.PICKUP)
    story.act(DAN, ref, Act.ARRIVE)
    story.act(FAY, ref, Act.REFUSE, reason="packaging")
    story.act(FAY, ref, Act.RETURN)
    for person in (FAY, FAY, DAN):
        assert story.act(person, ref, Act.REVERSE, note="误 error").errors == []
    assert replan(story, DORA, ref, (SPARE_LORRY, DICK)).verdict is Verdict.APPLIED
    assert legs_of(story, ref) == [(LORRY, DAN.login), (SPARE_LORRY, DICK.login)]
    story.act(DICK, ref, Act.HANDOVER)
    story.act(DICK, ref, Act.ARRIVE)
    story.act(FAY, ref, Act.REFUSE, reason="packaging")
    assert story.act(FAY, ref, Act.RETURN).verdict is Verdict.APPLIED
    assert proved(story)


def test_a_plan_is_not_taken_back_but_made_again(story: Story) -> None:
    ref = filed(story)
    replan(story, PAULA, ref, (SECOND_LORRY, DREW))
    assert codes(story.act(PAULA, ref, Act.REVERSE, note="不 no").errors) in (
        {"not_legal_now"},
        {"not_reversible"},
    )
    assert replan(story, PAULA, ref, (LORRY, DAN)).verdict is Verdict.APPLIED
    assert story.act(DAN, ref, Act.PICKUP, offline=True).verdict is Verdict.APPLIED


def test_it_is_offered_to_whom_it_is_allowed_and_while_it_is(story: Story) -> None:
    def offered(person: Person) -> bool:
        return Act.REPLAN in [act for act, _ in actions_for(story.desk(person), ref)]

    ref = filed(story)
    for status in (Status.FILED, Status.IN_TRANSIT):
        assert row_of(story, ref).status == status
        assert [offered(each) for each in (PAULA, DORA, DAN, FAY)] == [True, True, False, False]
        story.act(DAN, ref, Act.PICKUP)
    story.act(DAN, ref, Act.ARRIVE)
    assert not offered(PAULA)
    assert not offered(DORA)
    assert replan(story, PAULA, ref, (SPARE_LORRY, DICK)).code == "not_legal_now"


def test_a_draft_and_a_stranger_know_no_plan(story: Story) -> None:
    assert file(story, legs=[story.leg(SECOND_LORRY, DREW)]).number is not None
    with pytest.raises(Refusal, match="not_found"):
        replan(story, DORA, "20263601000001", (LORRY, DAN))
