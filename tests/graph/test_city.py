"""The whole city in columns, read from the tables of both databases."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import update
from sqlmodel import Session

from tests.cast import DREW
from tests.city import CLINIC, NOW, PLANT, STATION, WORKS, City
from tests.graph.drawing import Paper, draw
from tests.story import the_law
from zerowaste.graph import columns
from zerowaste.graph.city import NOWHERE, conservation
from zerowaste.graph.city_reading import read_city
from zerowaste.models.tables import HOLDING
from zerowaste.vocabulary import HoldingKind

DRAWN = """
    generation > a.lot 70
    a.lot > m.load.1 60
    m.load.1 > m.gate 60
    m.gate > m.accepted 50
    m.accepted > t.batch 50
    additive > t.batch 5
    t.batch > t.fate 30
    t.batch > t.residue 20
"""


def test_every_holding_and_flow_is_there_once(session: Session, city: City) -> None:
    drawing = draw(DRAWN)
    drawing.write(session, city)
    whole = read_city(session, the_law(), now=NOW)
    known = {node.id: node for node in drawing.nodes.values()}
    nodes = [known.pop(holding) for holding in whole.ids.tolist()]
    assert not known
    assert whole.grams.tolist() == [node.left for node in nodes]
    assert [nodes[i].name for i in np.nonzero(whole.residue)[0]] == ["t.residue"]
    assert [nodes[i].name for i in np.nonzero(whole.site == 0)[0]] == ["m.load.1"]
    edges = {
        (None if a == NOWHERE else nodes[a].name, nodes[b].name, int(grams))
        for a, b, grams in zip(whole.origin, whole.target, whole.moved, strict=True)
    }
    assert edges == {edge[:3] for edge in drawing.edges}
    assert conservation(whole).tolist() == [0] * len(nodes)


@pytest.mark.parametrize("first", [1, 10_000_000])
def test_ids_may_be_few_and_far_between(
    session: Session, city: City, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """Read in several stretches, empty ones among them; far apart, positions are searched for."""
    monkeypatch.setattr(columns, "AT_ONCE", 7 if first == 1 else 3_000_000)
    near = draw(DRAWN)
    far = draw(DRAWN.replace("m.", "n.").replace("t.", "u.").replace("a.", "b."), first=first + 500)
    near.write(session, city)
    far.write(session, city)
    whole = read_city(session, the_law(), now=NOW)
    nodes = [*near.nodes.values(), *far.nodes.values()]
    assert sorted(whole.ids.tolist()) == sorted(node.id for node in nodes)
    assert len(whole.moved) == len(near.edges) + len(far.edges)
    assert not conservation(whole).any()


def test_an_empty_city_reads_as_empty(session: Session, city: City) -> None:
    whole = read_city(session, the_law(), now=NOW)
    assert (len(whole.ids), len(whole.moved), whole.standing, whole.differences) == (0, 0, [], [])
    assert {place.code for place in whole.sites.values()} >= {WORKS, PLANT}


def test_a_changed_balance_shows(session: Session, city: City) -> None:
    drawing = draw(DRAWN)
    drawing.write(session, city)
    session.execute(update(HOLDING).where(HOLDING.c.id == drawing.id("t.fate")).values(grams=31))
    whole = read_city(session, the_law(), now=NOW)
    assert {int(whole.ids[i]): int(conservation(whole)[i]) for i in np.nonzero(conservation(whole))[0]} == {
        drawing.id("t.fate"): -1
    }


def test_what_is_open_is_known_in_words(session: Session, city: City) -> None:
    drawing = draw(DRAWN)
    drawing.write(session, city)
    whole = read_city(session, the_law(), now=NOW)
    open_ = {holding.id: holding for holding in whole.standing}
    assert set(open_) == {drawing.id(name) for name in ("a.lot", "m.gate", "t.batch", "t.residue")}
    gate = open_[drawing.id("m.gate")]
    assert (gate.kind, gate.part, gate.grams, gate.decided) == (HoldingKind.LOAD, "gate", 10, True)
    assert (gate.stream, gate.waste_code, gate.since) == ("hazardous", "900-249-08", NOW)
    assert gate.site == city.sites[PLANT]
    assert not open_[drawing.id("a.lot")].decided


def test_a_gate_that_has_not_spoken_is_undecided(session: Session, city: City) -> None:
    drawing = draw("generation > m.load.1 60\nm.load.1 > m.gate 60")
    drawing.write(session, city, {"m": Paper(decided=False)})
    (gate,) = read_city(session, the_law(), now=NOW).standing
    assert not gate.decided


def test_who_must_pass_waste_on_is_known_by_his_permit(session: Session, city: City) -> None:
    sites = read_city(session, the_law(), now=NOW).sites
    assert [place.code for place in sites.values() if place.collecting] == [STATION]


def test_lines_that_changed_on_the_way(session: Session, city: City) -> None:
    """m lost ten of its kilograms, n a few grams only."""
    drawing = draw("""
        generation > m.load.1 90000
        m.load.1 > m.gate 90000
        m.gate > m.accepted 80000
        m.gate > m.variance 10000
        generation > n.load.1 90000
        n.load.1 > n.gate 90000
        n.gate > n.accepted 89997
        n.gate > n.variance 3
    """)
    ids = drawing.write(session, city, {"m": Paper(opinions="c")})
    (found,) = read_city(session, the_law(), now=NOW).differences
    assert (found.manifest, found.number, found.line) == (ids["m"], "2026-m", 1)
    assert (found.travelling_g, found.received_g, found.opinions) == (90_000, 80_000, "c")


def test_the_last_pickup_where_medical_waste_waits(session: Session, city: City) -> None:
    """Two came to the clinic, one of them a month ago; nothing waits at the works."""
    waiting = draw("generation > a.lot 5")
    waiting.write(session, city, places={"a": CLINIC}, stream="medical", waste_code="841-001-01")
    for number, (days, site) in enumerate([(3, CLINIC), (9, CLINIC), (1, WORKS), (40, CLINIC)], start=1):
        drawing = draw(f"generation > v{number}.load.1 5", first=100 * number)
        drawing.write(
            session,
            city,
            {f"v{number}": Paper(consignor=site, driver=DREW)},
            stream="medical",
            waste_code="841-001-01",
            at=NOW - timedelta(days=days),
        )
    whole = read_city(session, the_law(), now=NOW)
    assert whole.pickups == {(city.sites[CLINIC], "medical"): NOW - timedelta(days=3)}
