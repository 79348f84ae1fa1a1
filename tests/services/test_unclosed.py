"""What is unclosed: whose, where, how late, and how many chains wait behind it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session

from tests.cast import ADA, DAN, DORA, DREW, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import LORRY, NOW, OTHER, PLANT, STATION, WORKS, City
from tests.graph.drawing import DUE_AFTER, Drawing, Paper, draw
from zerowaste.errors import Refusal
from zerowaste.models.tables import HOLDING
from zerowaste.rules.access import Actor
from zerowaste.services.queries.unclosed import Unclosed, UnclosedPage, duration, unclosed
from zerowaste.vocabulary import Role

# Two producers' waste in one ash lot; a third one's load on the road; a lot in Paula's yard.
CITY_AT_WORK = """
    generation > a.lot 70
    generation > p.yard 600
    p.yard > p.load.1 600
    p.load.1 > p.gate 600
    p.gate > p.accepted 600
    generation > b.lot 300
    b.lot > q.load.1 300
    q.load.1 > q.gate 300
    q.gate > q.accepted 300
    p.accepted > t.batch 600
    q.accepted > t.batch 300
    t.batch > t.fate 600
    t.batch > t.residue 300
    t.residue > r.load.1 100
    r.load.1 > r.gate 100
    r.gate > r.accepted 100
    generation > s.load.1 50
"""
PAPERS = {
    "p": Paper(),
    "q": Paper(consignor=OTHER, driver=DREW),
    "r": Paper(consignor=PLANT, consignee=STATION, driver=DREW),
    "s": Paper(),
}


@pytest.fixture
def at_work(session: Session, city: City) -> Drawing:
    drawing = draw(CITY_AT_WORK)
    drawing.write(session, city, PAPERS, places={"b": OTHER})
    return drawing


def page(session: Session, city: City, person: Person, **asked: Any) -> UnclosedPage:
    return unclosed(session, city.actor(person), now=asked.pop("now", NOW), **asked)


def names(found: UnclosedPage, drawing: Drawing) -> list[str]:
    by_id = {node.id: name for name, node in drawing.nodes.items()}
    return [by_id[item.holding] for item in found.items]


def entry(found: UnclosedPage, drawing: Drawing, name: str) -> Unclosed:
    return next(item for item in found.items if item.holding == drawing.id(name))


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        (ADA, {"a.lot", "s.load.1", "t.residue", "r.accepted"}),
        (RITA, {"a.lot", "s.load.1", "t.residue", "r.accepted"}),
        (RUTH, {"s.load.1", "t.residue", "r.accepted"}),  # the lake: plant and station, and roads to them
        (PAULA, {"a.lot"}),
        (FAY, {"t.residue"}),
        (TESS, {"r.accepted"}),
        (DORA, {"s.load.1"}),
        (DAN, {"s.load.1"}),
        (DREW, set()),
        (OLAF, set()),
    ],
)
def test_everybody_sees_what_concerns_him(
    session: Session, city: City, at_work: Drawing, person: Person, seen: set[str]
) -> None:
    assert set(names(page(session, city, person), at_work)) == seen


def test_a_regulator_of_no_region_sees_nothing(session: Session, at_work: Drawing) -> None:
    nobody = Actor(1, "nobody", Role.REGULATOR, frozenset(), frozenset())
    assert unclosed(session, nobody, now=NOW).items == ()


def test_what_an_entry_says(session: Session, city: City, at_work: Drawing) -> None:
    found = page(session, city, ADA, now=NOW + timedelta(days=3))
    load = entry(found, at_work, "s.load.1")
    assert (load.place, load.holder, load.mass_g) == (LORRY, "单氏运输（测试）", 50)
    assert (load.since, load.due_at, load.overdue) == (NOW, NOW + DUE_AFTER, True)
    assert entry(found, at_work, "t.residue").place == PLANT
    assert entry(found, at_work, "a.lot").place == WORKS
    assert not entry(page(session, city, ADA), at_work, "a.lot").overdue


def test_how_many_chains_stand_behind_each(session: Session, city: City, at_work: Drawing) -> None:
    found = page(session, city, ADA)
    assert entry(found, at_work, "t.residue").chains == 2, "one from a yard, one from a registered lot"
    assert entry(found, at_work, "r.accepted").chains == 2, "the ash's own manifest makes no waste"
    assert entry(found, at_work, "s.load.1").chains == 1
    assert entry(found, at_work, "a.lot").chains == 0, "nobody has filed for it"
    assert all(item.chains_exact for item in found.items)


def test_a_filed_manifest_is_a_chain_behind_its_lot(session: Session, city: City) -> None:
    drawing = draw("generation > a.lot 70\ngeneration > m.yard 5")
    drawing.write(session, city, {"m": Paper(draws={"a.lot": 50}), "n": Paper(draws={"a.lot": 20})})
    found = page(session, city, PAULA)
    assert entry(found, drawing, "a.lot").chains == 2
    assert entry(found, drawing, "m.yard").chains == 1


def test_an_edge_that_was_taken_back_brings_no_chain(session: Session, city: City) -> None:
    drawing = draw("""
        generation > p.load.1 10
        p.load.1 > p.accepted 10
        generation > q.load.1 10
        q.load.1 > q.accepted 10
        p.accepted > t.batch 10
        q.accepted > t.batch 10
        q.accepted > t.batch -10
    """)
    drawing.write(session, city)
    assert entry(page(session, city, FAY), drawing, "t.batch").chains == 1


def test_a_count_that_was_cut_short_says_so(session: Session, at_work: Drawing) -> None:
    from zerowaste.graph.sources import chains_behind

    ash = at_work.id("t.residue")
    short = chains_behind(session, [ash], cap=3)[ash]
    assert (short.chains, short.exact) == (0, False)
    assert chains_behind(session, [ash])[ash].chains == 2
    assert chains_behind(session, []) == {}


def test_the_most_urgent_comes_first_and_what_has_no_due_date_last(
    session: Session, city: City, at_work: Drawing
) -> None:
    due = {"a.lot": None, "s.load.1": NOW + timedelta(hours=5), "t.residue": NOW - timedelta(hours=5)}
    for name, moment in due.items():
        session.execute(update(HOLDING).where(HOLDING.c.id == at_work.id(name)).values(due_at=moment))
    found = page(session, city, ADA)
    assert names(found, at_work) == ["t.residue", "s.load.1", "r.accepted", "a.lot"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_pages_follow_each_other_without_a_gap(
    session: Session, city: City, at_work: Drawing, size: int
) -> None:
    """With two of each kind, and due dates that are the same for all that have one."""
    more = draw("generation > c.lot 1\ngeneration > d.lot 1", first=1000)
    more.write(session, city)
    session.execute(update(HOLDING).where(HOLDING.c.part == "lot").values(due_at=None))
    found, cursor = [], None
    for _ in range(10):
        part = page(session, city, ADA, limit=size, cursor=cursor)
        assert len(part.items) <= size
        found += [item.holding for item in part.items]
        cursor = part.next
        if cursor is None:
            break
    statement = select(HOLDING.c.id).where(HOLDING.c.grams > 0, HOLDING.c.kind.in_(["lot", "load"]))
    assert sorted(found) == sorted(session.execute(statement).scalars())


def test_it_can_be_asked_by_stream_region_and_age(session: Session, city: City, at_work: Drawing) -> None:
    assert page(session, city, ADA, stream="medical").items == ()
    assert len(page(session, city, ADA, stream="hazardous").items) == 4
    assert set(names(page(session, city, ADA, region="360102"), at_work)) == {"a.lot", "s.load.1"}
    later = NOW + timedelta(hours=36)
    assert len(page(session, city, ADA, older_than="36", now=later).items) == 0
    assert len(page(session, city, ADA, older_than="PT35H", now=later).items) == 4
    assert page(session, city, ADA, older_than="P99999W").items == ()


def test_a_region_asked_for_does_not_widen_ones_own(session: Session, city: City, at_work: Drawing) -> None:
    assert names(page(session, city, RUTH, region="360102"), at_work) == ["s.load.1"]
    assert page(session, city, PAULA, region="360111").items == ()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"older_than": "soon"}, "duration_unreadable"),
        ({"older_than": "P"}, "duration_unreadable"),
        ({"older_than": "P1M"}, "duration_unreadable"),
        ({"older_than": "-5"}, "duration_unreadable"),
        ({"region": "36%"}, "region_unreadable"),
        ({"region": ""}, "region_unreadable"),
        ({"cursor": "x1-2"}, "cursor_unknown"),
        ({"cursor": "d999999999999999999-1"}, "cursor_unknown"),
        ({"stream": "no\x00thing"}, "stream_unknown"),
    ],
)
def test_what_cannot_be_read_is_named(session: Session, city: City, asked: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        page(session, city, ADA, **asked)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.path) == (code, next(iter(asked)))


@pytest.mark.parametrize(
    ("written", "hours"),
    [("48", 48), ("P2D", 48), ("PT12H", 12), ("P1DT12H", 36), ("P1W", 168), ("PT90M", 1.5), ("0", 0)],
)
def test_a_span_is_hours_or_iso_8601(written: str, hours: float) -> None:
    assert duration(written) == timedelta(hours=hours)
