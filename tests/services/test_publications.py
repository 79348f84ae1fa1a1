"""A year made public (rule DATA): compiled, read, published once by the authority, and never changed.

Paula, Olaf and a clinic of Paula's: two producers are too few to be told; a third makes the sum public."""

import json
import uuid
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.cast import ADA, OLAF, PAULA, RITA, RUTH, Person
from tests.city import OTHER, STATION, WORKS
from tests.story import Story
from zerowaste.errors import Refusal
from zerowaste.graph.suppression import TOTAL
from zerowaste.models.tables import EVENT, HOLDING, PUBLICATION, SITE
from zerowaste.services.history.replay import replay
from zerowaste.services.history.verify import verify
from zerowaste.services.reporting.publications import (
    DraftRequest,
    Published,
    PublishRequest,
    draft,
    publication,
    publications,
    publish,
    published,
)
from zerowaste.services.reporting.yearly_paper import open_rows, paper_of

OIL = "900-249-08"
CITY = "3601"


@pytest.fixture
def story(session: Any, city: Any) -> Story:
    story = Story(session, city)
    story.lot(PAULA, WORKS, OIL, 500_000)
    story.lot(OLAF, OTHER, OIL, 90_000)
    story.wait(hours=1)
    return story


def third_producer(story: Story) -> None:
    """The station's firm makes oil too: its site is told to be a producer's for a moment."""
    story.session.execute(update(SITE).where(SITE.c.code == STATION).values(organisation_id=3))
    story.lot(PAULA, WORKS, OIL, 10_000)
    last = select(HOLDING.c.id).order_by(HOLDING.c.id.desc()).limit(1)
    moved = story.session.execute(last).scalar_one()
    story.session.execute(
        update(HOLDING).where(HOLDING.c.id == moved).values(site_id=story.city.sites[STATION])
    )
    story.wait(hours=1)


def drafted(story: Story, person: Person = RITA, year: int = 2026) -> Published:
    return draft(story.desk(person), DraftRequest(uuid.uuid4(), year, CITY))[0]


def made_public(story: Story, found: Published, person: Person = RITA) -> Published:
    return publish(story.desk(person), PublishRequest(uuid.uuid4(), found.id, found.sha256, CITY))[0]


def cells(found: Published, subject: str = "generated") -> Mapping[tuple[str, str], int | None]:
    (table,) = (each for each in found.content["tables"] if each["subject"] == subject)
    return {(row, column): grams for row, column, grams in table["cells"]}


def test_two_producers_are_not_told(story: Story) -> None:
    told = cells(drafted(story))
    assert set(told.values()) == {None}


def test_three_producers_make_the_sum_public_and_no_more(story: Story) -> None:
    third_producer(story)
    told = cells(drafted(story))
    assert told["HW08", TOTAL] == 600_000
    assert told["HW08", "360102"] is None  # Paula's alone
    assert told["HW08", "360111"] is None  # what is left of the total is hers too


def test_a_draft_is_not_public(story: Story) -> None:
    found = drafted(story)
    assert found.version is None
    with pytest.raises(Refusal, match="not_found"):
        published(story.session, 2026)
    assert publications(story.session, drafts=False, limit=9) == []
    assert [each.id for each in publications(story.session, drafts=True, limit=9)] == [found.id]


def test_a_published_year_is_frozen_under_its_hash(story: Story) -> None:
    first = made_public(story, drafted(story))
    assert (first.version, first.published_by) == (1, RITA.login)
    assert sha256(first.text.encode()).hexdigest() == first.sha256
    third_producer(story)  # what happens afterwards changes nothing
    assert published(story.session, 2026).text == first.text
    with pytest.raises(Refusal, match="published_already"):
        made_public(story, first)


def test_other_figures_are_a_new_version(story: Story) -> None:
    first = made_public(story, drafted(story))
    third_producer(story)
    second = made_public(story, drafted(story))
    assert second.version == 2
    assert published(story.session, 2026).id == second.id
    assert published(story.session, 2026, 1).text == first.text
    assert first.text != second.text


def test_what_is_published_is_what_was_read(story: Story) -> None:
    found = drafted(story)
    with pytest.raises(Refusal, match="publication_changed"):
        publish(story.desk(RITA), PublishRequest(uuid.uuid4(), found.id, "0" * 64, CITY))


def test_saying_it_twice_is_saying_it_once(story: Story) -> None:
    request = DraftRequest(uuid.uuid4(), 2026, CITY)
    first, made = draft(story.desk(RITA), request)
    again, made_again = draft(story.desk(RITA), request)
    assert (made, made_again) == (True, False)
    assert first == again
    act = PublishRequest(uuid.uuid4(), first.id, first.sha256, CITY)
    assert publish(story.desk(RITA), act)[1]
    assert not publish(story.desk(RITA), act)[1]
    assert publication(story.session, first.id).version == 1


@pytest.mark.parametrize("person", [RUTH, ADA, PAULA], ids=lambda each: each.login)
def test_only_the_authority_of_the_whole_city_speaks(story: Story, person: Person) -> None:
    found = drafted(story)
    with pytest.raises(Refusal, match="forbidden"):
        drafted(story, person)
    with pytest.raises(Refusal, match="forbidden"):
        made_public(story, found, person)


def test_a_year_to_come_cannot_be_compiled(story: Story) -> None:
    with pytest.raises(Refusal, match="invalid"):
        drafted(story, year=2027)


def test_both_acts_are_events_that_replay_and_verify(story: Story) -> None:
    found = made_public(story, drafted(story))
    rows = story.session.execute(
        select(EVENT.c.kind, EVENT.c.actor).where(EVENT.c.subject == "publication").order_by(EVENT.c.number)
    )
    assert [tuple(row) for row in rows] == [("compile", RITA.login), ("publish", RITA.login)]
    story.session.flush()
    assert replay(story.session, story.law) == []
    assert list(verify(story.session, story.law)) == []
    story.session.execute(
        update(PUBLICATION).where(PUBLICATION.c.id == found.id).values(content=json.dumps({"v": 1}))
    )
    assert [each.table for each in replay(story.session, story.law)] == ["publication"]


def test_the_open_figures_say_what_the_paper_says(story: Story) -> None:
    third_producer(story)
    found = made_public(story, drafted(story))
    paper = paper_of(story.law, found)
    rows = list(open_rows(story.law, found))
    generated = [row for row in rows if row[3] == "generated"]
    assert [row[8] for row in generated if row[4] == "HW08" and row[7] == TOTAL] == [600_000]
    assert {row[9] for row in generated if row[8] == ""} == {1}
    (table,) = (each for each in paper.tables if "产生量" in each.title.zh)
    assert table.rows[0][1] == (None, None, 600_000)
    capacity = paper.tables[0]
    assert capacity.title.en == "Permitted capacity"
    assert (1, 1_000_000_000) in [values for _, values in capacity.rows]  # oil by K3, one plant, 1,000 t
