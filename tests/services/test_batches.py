"""Treatments to look at: the latest first, by who may see them; and how a site may treat at all."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlmodel import Session

from tests.cast import ADA, DAN, FAY, OLAF, RITA, RUTH, TESS, Person
from tests.city import NOW, PLANT, SMALL, STATION, City
from tests.graph.drawing import draw
from tests.story import Story
from zerowaste.errors import Refusal
from zerowaste.models.tables import TREATMENT
from zerowaste.services.queries.batches import find_batches, ways_of_treating

# Three batches: two at the plant by the lake, one at the small plant in the old town.
BATCHES = """
    generation > a.lot 100
    a.lot > t.batch 40
    additive > t.batch 5
    t.batch > t.fate 45
    a.lot > u.batch 20
    u.batch > u.product 12
    a.lot > v.batch 40
"""
PLACES = {"t": PLANT, "u": PLANT, "v": SMALL}
IDS = {name: UUID(int=at) for at, name in enumerate(PLACES, 1)}
WHEN = {"t": NOW, "u": NOW, "v": NOW + timedelta(hours=1)}  # t and u at one moment


@pytest.fixture
def treated(session: Session, city: City) -> None:
    drawing = draw(BATCHES)
    drawing.write(session, city, places={"v": SMALL})
    rows = [
        {"id": IDS[name], "site_id": city.sites[place], "operation": "D10", "at": WHEN[name], "head": "",
         "batch_id": drawing.id(f"{name}.batch"), "done": name == "t", "events": 1}
        for name, place in PLACES.items()
    ]  # fmt: skip
    session.execute(insert(TREATMENT), rows)


def names(session: Session, city: City, person: Person, **asked: object) -> list[str]:
    site, after, limit = asked.get("site"), asked.get("after"), asked.get("limit", 10)
    assert site is None or isinstance(site, str)
    assert after is None or isinstance(after, tuple)
    assert isinstance(limit, int)
    found = find_batches(session, city.actor(person), site=site, after=after, limit=limit)
    return [next(name for name, known in IDS.items() if known == each.id) for each in found]


@pytest.mark.usefixtures("treated")
@pytest.mark.parametrize(
    ("person", "seen"),
    [
        (FAY, ["v", "u", "t"]),
        (RITA, ["v", "u", "t"]),
        (ADA, ["v", "u", "t"]),
        (RUTH, ["u", "t"]),  # the lake only
        (TESS, []),
        (OLAF, []),
        (DAN, []),
    ],
)
def test_the_latest_first_for_who_may_see_them(
    session: Session, city: City, person: Person, seen: list[str]
) -> None:
    assert names(session, city, person) == seen


@pytest.mark.usefixtures("treated")
def test_a_page_goes_on_where_the_last_one_ended(session: Session, city: City) -> None:
    last: tuple[datetime, UUID] | None = None
    seen = []
    for _ in IDS:
        (name,) = names(session, city, FAY, after=last, limit=1)
        seen.append(name)
        last = (WHEN[name], IDS[name])
    assert seen == ["v", "u", "t"]
    assert names(session, city, FAY, after=last) == []
    assert names(session, city, FAY, site=SMALL) == ["v"]
    assert names(session, city, FAY, site=STATION) == []


@pytest.mark.usefixtures("treated")
def test_what_went_in_is_the_waste_and_what_is_left_is_told(session: Session, city: City) -> None:
    found = find_batches(session, city.actor(FAY), site=PLANT, after=None, limit=10)
    assert [(each.input_g, each.rest_g, each.done) for each in found] == [(20, 8, False), (40, 0, True)]


def ways(story: Story, person: Person, site: str) -> set[str]:
    return {each.code for each in ways_of_treating(story.desk(person), site)}


def test_a_site_treats_as_its_permits_name_it(session: Session, city: City) -> None:
    story = Story(session, city)
    assert ways(story, FAY, PLANT) == {"R9", "D10", "Y10", "U1", "K1", "K3"}
    assert ways(story, FAY, SMALL) == {"R9"}
    assert ways(story, TESS, STATION) == set()  # it collects and stores; that ends nothing


@pytest.mark.parametrize("site", [PLANT, "N-NOWHERE"])
def test_nobody_asks_for_a_site_that_is_not_his(session: Session, city: City, site: str) -> None:
    with pytest.raises(Refusal, match="not_found"):
        ways_of_treating(Story(session, city).desk(TESS), site)
