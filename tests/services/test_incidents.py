"""Incidents: told once, seen by who must see them, and no load goes where a plant stands still."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import ADA, DAN, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import LORRY, OTHER, PLANT, WORKS
from tests.story import Story
from zerowaste.errors import Refusal
from zerowaste.models.tables import OUTBOX
from zerowaste.services.acts.incidents import (
    EndRequest,
    IncidentListed,
    IncidentRequest,
    Told,
    end,
    incidents_of,
    report,
)
from zerowaste.services.history.replay import replay
from zerowaste.services.history.verify import verify
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import IncidentKind


@pytest.fixture
def story(session: Any, city: Any) -> Story:
    return Story(session, city)


def told(story: Story, person: Person = FAY, site: str = PLANT, **other: Any) -> Told:
    values = {
        "id": uuid.uuid4(),
        "kind": IncidentKind.FIRE,
        "stops": True,
        "at": story.now,
        "note": "炉膛",
        **other,
    }
    body = {"kind": values["kind"], "stops": values["stops"]}
    return report(story.desk(person), IncidentRequest(site=site, body=body, **values))


def ended(story: Story, incident: uuid.UUID, **other: Any) -> Told:
    values = {"id": uuid.uuid4(), "at": story.now, "note": "", **other}
    request = EndRequest(site=PLANT, incident=incident, body={"incident": str(incident)}, **values)
    return end(story.desk(FAY), request)


def seen(story: Story, person: Person, **other: Any) -> list[IncidentListed]:
    return list(incidents_of(story.session, story.city.actor(person), **other))


def refused(story: Story) -> set[str]:
    oil = LineRequest(waste_code="900-249-08", mass_g=1_000, packages=1, packaging="桶")
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, lines=[oil],
        legs=[story.leg(LORRY, DAN)], dry_run=True,
    )  # fmt: skip
    return {problem.code for problem in filed.errors}


def test_whoever_must_know_sees_it_and_nobody_else(story: Story) -> None:
    incident = told(story).incident
    for person in (FAY, RITA, RUTH, ADA):
        (one,) = seen(story, person)
        assert (one.id, one.site, one.note, one.ended_at) == (incident, PLANT, "炉膛", None)
    for person in (PAULA, TESS, DAN, OLAF):
        assert seen(story, person) == []
    assert story.session.execute(select(OUTBOX.c.organisation_id)).scalars().all() == [None]


def test_no_load_is_filed_for_a_plant_that_stands_still_until_it_is_over(story: Story) -> None:
    assert refused(story) == set()
    incident = told(story).incident
    assert refused(story) == {"site_stopped"}
    story.wait(hours=3)
    ended(story, incident)
    assert refused(story) == set()
    assert seen(story, FAY, lasting=True) == []


def test_one_that_stops_nothing_refuses_nothing(story: Story) -> None:
    told(story, stops=False, kind=IncidentKind.SPILL)
    assert refused(story) == set()


def test_the_same_report_twice_is_one_incident(story: Story) -> None:
    identity = uuid.uuid4()
    assert told(story, id=identity).created
    assert not told(story, id=identity).created
    assert len(seen(story, FAY)) == 1
    with pytest.raises(Refusal, match="id_reused"):
        told(story, id=identity, kind=IncidentKind.OTHER)


def test_it_ends_once_and_not_before_it_began(story: Story) -> None:
    incident = told(story).incident
    with pytest.raises(Refusal, match="invalid"):
        ended(story, incident, at=story.now.replace(year=story.now.year - 1))
    ended(story, incident)
    with pytest.raises(Refusal, match="incident_ended"):
        ended(story, incident)


@pytest.mark.parametrize(("person", "site"), [(OLAF, PLANT), (DAN, PLANT), (RITA, PLANT), (PAULA, OTHER)])
def test_nobody_reports_for_anothers_site(story: Story, person: Person, site: str) -> None:
    with pytest.raises(Refusal, match="forbidden"):
        told(story, person, site)


def test_the_books_prove_it(story: Story) -> None:
    ended(story, told(story).incident)
    story.session.commit()
    assert replay(story.session, story.law) == []
    assert verify(story.session, story.law) == []
