"""A colleague of Dan's with a lorry of his own: who comes when Dan cannot, and how he is sent."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from tests.cast import DAN, Person
from tests.city import LAST_DAY, City
from tests.story import Story
from zerowaste.models import Membership, User, Vehicle
from zerowaste.models.tables import MANIFEST
from zerowaste.services import register
from zerowaste.services.acts.custody import Recorded
from zerowaste.services.history import replay, verify
from zerowaste.vocabulary import Act, Role

DICK = Person("dick", "狄接", Role.DRIVER, "carrier")  # drives for Dan's firm too
SPARE_LORRY = "赣A10003"


def hire(session: Session, city: City) -> City:
    """The city with Dick and the spare lorry in it. His password is Dan's, as everybody's is."""
    password = session.get_one(User, city.users[DAN.login]).password
    dick = User(
        login=DICK.login, name=DICK.name, role=DICK.role, password=password,
        fs_uniquifier=f"cast-{DICK.login}", licence_number="360100000002", licence_to=LAST_DAY,
    )  # fmt: skip
    lorry = Vehicle(
        plate=SPARE_LORRY, organisation_id=city.organisations["carrier"],
        streams="hazardous construction kitchen", licence_to=LAST_DAY,
    )  # fmt: skip
    session.add_all([dick, lorry])
    session.flush()
    assert dick.id is not None
    assert lorry.id is not None
    session.add(Membership(user_id=dick.id, organisation_id=city.organisations["carrier"]))
    session.flush()
    register.bump(session)
    users, vehicles = {**city.users, DICK.login: dick.id}, {**city.vehicles, SPARE_LORRY: lorry.id}
    return City(city.organisations, city.sites, vehicles, users)


def replan(story: Story, person: Person, ref: str, *legs: tuple[str, Person], **other: Any) -> Recorded:
    return story.act(person, ref, Act.REPLAN, legs=tuple(story.leg(*leg) for leg in legs), **other)


def row_of(story: Story, ref: str) -> Any:
    return story.session.execute(select(MANIFEST).where(MANIFEST.c.number == ref)).one()


def proved(story: Story) -> bool:
    """The tables are what the events say, and no chain is broken."""
    story.session.flush()
    assert [str(each) for each in replay.replay(story.session, story.law)] == []
    assert [str(each) for each in verify.verify(story.session, story.law)] == []
    return True
