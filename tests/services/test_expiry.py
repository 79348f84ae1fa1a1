"""Expiry: what nobody fetched in time gives back what it held and reserved."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from tests.cast import DAN, PAULA
from tests.city import CLINIC, LORRY, PLANT, VAN, WORKS, City
from tests.story import Story
from zerowaste.models.tables import EVENT, HOLDING, MANIFEST, QUOTA
from zerowaste.services.acts import drafts
from zerowaste.services.acts.expiry import expire_due
from zerowaste.services.queries.manifest_lists import Search, find_manifests
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Status

OIL = "900-249-08"


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def file_oil(story: Story, mass_g: int = 500_000) -> str:
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, mass_g, packages=3, packaging="桶")],
    )  # fmt: skip
    assert filed.number is not None, filed.errors
    return filed.number


def expire(story: Story, **limits: int) -> int:
    return expire_due(story.session, story.law, story.now, **limits)  # type: ignore[arg-type]  # most alone


def status(story: Story, number: str) -> str:
    return str(
        story.session.execute(select(MANIFEST.c.status).where(MANIFEST.c.number == number)).scalar_one()
    )


def test_holds_and_reservations_are_given_back(story: Story) -> None:
    lot = story.lot(PAULA, WORKS, OIL, 300_000)
    number = file_oil(story)
    story.wait(days=4)
    assert expire(story) == 1
    assert status(story, number) == Status.EXPIRED
    rows = story.session.execute(
        select(HOLDING.c.id, HOLDING.c.grams, HOLDING.c.held_g).where(HOLDING.c.grams > 0)
    )
    assert [tuple(row) for row in rows] == [(lot.lot, 300_000, 0)]
    taken = select(func.sum(QUOTA.c.reserved_g)).where(QUOTA.c.period == "year")
    assert story.session.execute(taken).scalar_one() == 0


def test_nothing_expires_before_its_time(story: Story) -> None:
    number = file_oil(story)
    story.wait(days=2, hours=23)
    assert expire(story) == 0
    assert status(story, number) == Status.FILED


def test_it_happens_once(story: Story) -> None:
    number = file_oil(story)
    story.wait(days=4)
    assert (expire(story), expire(story)) == (1, 0)
    kinds = story.session.execute(
        select(EVENT.c.kind, EVENT.c.actor)
        .join(MANIFEST, MANIFEST.c.number == number)
        .where(EVENT.c.subject == "manifest")
        .order_by(EVENT.c.number)
    )
    assert [tuple(row) for row in kinds] == [("file", "paula"), ("expire", "system")]


def test_what_is_on_the_road_does_not_expire(story: Story) -> None:
    number = file_oil(story)
    story.act(DAN, number, Act.PICKUP)
    story.wait(days=30)
    assert expire(story) == 0
    assert status(story, number) == Status.IN_TRANSIT


@pytest.mark.parametrize("written_down", [False, True], ids=["no tick yet", "after the tick"])
def test_a_list_by_status_counts_as_expired_what_nobody_fetched(story: Story, written_down: bool) -> None:
    def listed(wanted: Status) -> set[str | None]:
        found = find_manifests(
            story.session, story.city.actor(PAULA), Search(wanted), now=story.now, after=None, limit=50
        )
        assert {each.status for each in found} <= {wanted}
        return {each.number for each in found}

    loaded, forgotten = file_oil(story), file_oil(story)
    drafts.save_draft(
        story.desk(PAULA),
        drafts.DraftRequest(stream="hazardous", consignor=WORKS, id=uuid.uuid4(), body={"lines": []}),
    )
    assert (listed(Status.FILED), listed(Status.EXPIRED)) == ({loaded, forgotten}, set())
    story.act(DAN, loaded, Act.PICKUP)
    story.wait(days=4)
    late = file_oil(story)
    if written_down:
        assert expire(story) == 1
    assert (listed(Status.FILED), listed(Status.EXPIRED)) == ({late}, {forgotten})
    assert (listed(Status.IN_TRANSIT), listed(Status.DRAFT)) == ({loaded}, {None})


def test_each_stream_has_its_own_time(story: Story) -> None:
    """A medical collection is void after a day, a hazardous one after three."""
    oil = file_oil(story)
    filed = story.file(
        PAULA, stream="medical", consignor=CLINIC, consignee=PLANT, legs=[story.leg(VAN, DAN)],
        lines=[LineRequest("841-001-01", 20_000, packages=1, packaging="箱")],
    )  # fmt: skip
    assert filed.number is not None
    story.wait(hours=25)
    assert expire(story) == 1
    assert (status(story, filed.number), status(story, oil)) == (Status.EXPIRED, Status.FILED)


def test_long_lists_are_taken_in_parts(story: Story) -> None:
    numbers = [file_oil(story, 1_000 * turn) for turn in (1, 2, 3)]
    story.wait(days=4)
    assert [expire(story, most=2), expire(story, most=2), expire(story, most=2)] == [2, 1, 0]
    assert {status(story, number) for number in numbers} == {Status.EXPIRED}


def test_a_load_taken_in_time_and_told_late_is_no_longer_expired(story: Story) -> None:
    number = file_oil(story)
    taken_at = story.now + timedelta(days=2)
    story.wait(days=4)
    expire(story)
    told = story.act(DAN, number, Act.PICKUP, at=taken_at, offline=True)
    assert told.status is Status.IN_TRANSIT
    on_the_lorry = select(func.sum(HOLDING.c.grams)).where(HOLDING.c.part == "load.1")
    assert story.session.execute(on_the_lorry).scalar_one() == 500_000
