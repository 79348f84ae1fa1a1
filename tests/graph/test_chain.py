"""One chain read from the tables: the same drawings as the rules judge, in both databases."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from tests.city import LORRY, NOW, PLANT, SECOND_LORRY, WORKS, City
from tests.graph.drawing import Drawing, Paper, draw
from zerowaste.graph.chain import Chain, read_chain
from zerowaste.models.tables import HOLDING, MANIFEST
from zerowaste.rules.closure import Tolerance
from zerowaste.vocabulary import Status

TO_THE_FATE = """
    generation > m.yard 1000
    m.yard > m.load.1 1000
    m.load.1 > m.gate 1000
    m.gate > m.accepted 1000
    m.accepted > t.batch 1000
    t.batch > t.fate 750
"""
REFUSED_IN_PART = """
    generation > m.load.1 1000
    m.load.1 > m.gate 1000
    m.gate > m.accepted 600
"""


def tolerance_of(stream: str, edition: int) -> Tolerance:
    assert (stream, edition) == ("hazardous", 1)
    return Tolerance(ppm=30_000, min_g=5)


def chain_of(session: Session, subject: str, **options: Any) -> Chain:
    row = session.execute(select(MANIFEST).where(MANIFEST.c.number == f"2026-{subject}")).one()
    return read_chain(session, row, tolerance_of, now=options.pop("now", NOW), **options)


def read(session: Session, city: City, drawing: Drawing, subject: str = "m", **papers: Paper) -> Chain:
    drawing.write(session, city, papers)
    return chain_of(session, subject)


def sums(chain: Chain) -> tuple[int, int, int, int, int]:
    result = chain.closure
    assert result.origin_g == result.closed_g + result.open_g + result.outside_g + result.variance_g
    return (result.origin_g, result.closed_g, result.open_g, result.outside_g, result.variance_g)


def stages(chain: Chain) -> tuple[bool, bool, bool]:
    return chain.settled, chain.treated, chain.closed


def test_a_single_line_from_the_yard_to_its_fate(session: Session, city: City) -> None:
    """yard → load → gate → accepted → batch → fate, a quarter still in the batch."""
    drawing = draw(TO_THE_FATE)
    chain = read(session, city, drawing)
    assert sums(chain) == (1000, 750, 250, 0, 0)
    assert stages(chain) == (True, False, False)
    assert chain.origins == {drawing.id("m.yard")}
    assert list(chain.nodes) == sorted(drawing.id(name) for name in drawing.nodes)
    assert chain.nodes[drawing.id("m.load.1")].place == LORRY
    assert chain.nodes[drawing.id("t.batch")].place == PLANT


def test_the_rest_is_burnt_and_all_is_closed(session: Session, city: City) -> None:
    chain = read(session, city, draw(TO_THE_FATE + "\nt.batch > t.fate 250"))
    assert sums(chain) == (1000, 1000, 0, 0, 0)
    assert stages(chain) == (True, True, True)


def test_a_filed_manifest_stands_in_its_lots(session: Session, city: City) -> None:
    """Two lots registered, 400 g of one and 300 g of the other meant; 50 g more made by filing."""
    drawing = draw("""
        generation > a.lot 500
        generation > b.lot 300
        generation > m.yard 50
    """)
    paper = Paper(draws={"a.lot": 400, "b.lot": 300})
    chain = read(session, city, drawing, m=paper)
    assert sums(chain) == (750, 0, 750, 0, 0)
    assert chain.declared_g == 750
    assert stages(chain) == (False, False, False)
    assert {node.id: chain.closure.shares[node.id].left_g for node in chain.nodes.values()} == {
        drawing.id("a.lot"): 400,
        drawing.id("b.lot"): 300,
        drawing.id("m.yard"): 50,
    }


def test_a_manifest_nobody_picked_up_in_time_has_nothing_left_to_close(session: Session, city: City) -> None:
    """Expired by the clock, whether or not somebody has written it down."""
    draw("generation > a.lot 500").write(session, city, {"m": Paper(draws={"a.lot": 500})})
    assert stages(chain_of(session, "m")) == (False, False, False)
    late = chain_of(session, "m", now=NOW + timedelta(days=4))
    assert stages(late) == (True, True, True)
    assert (late.declared_g, late.closure.origin_g) == (500, 0)


def test_a_cancelled_manifest_released_everything(session: Session, city: City) -> None:
    paper = Paper(draws={"a.lot": 500}, status=Status.CANCELLED)
    chain = read(session, city, draw("generation > a.lot 500"), m=paper)
    assert stages(chain) == (True, True, True)
    assert (chain.declared_g, chain.closure.origin_g) == (500, 0)


def test_a_draft_promises_nothing(session: Session, city: City) -> None:
    paper = Paper(declared_g=500, status=Status.DRAFT)
    chain = read(session, city, draw("generation > a.lot 500"), m=paper)
    assert stages(chain) == (False, False, False)
    assert (chain.declared_g, sums(chain)) == (500, (0, 0, 0, 0, 0))


def test_a_batch_mixed_from_two_producers_with_lime(session: Session, city: City) -> None:
    r"""p 600 ─┐              ┌→ fate 700
    q 300 ─┼→ batch 1000 ─┤
    lime 100 ┘            └→ residue 300 → r.load.1"""
    drawing = draw("""
        generation > p.load.1 600
        p.load.1 > p.gate 600
        p.gate > p.accepted 600
        generation > q.load.1 300
        q.load.1 > q.gate 300
        q.gate > q.accepted 300
        p.accepted > t.batch 600
        q.accepted > t.batch 300
        additive > t.batch 100
        t.batch > t.fate 700
        t.batch > t.residue 300
        t.residue > r.load.1 300
    """)
    paula = read(session, city, drawing, "p")
    assert sums(paula) == (600, 420, 180, 0, 0)
    assert stages(paula) == (True, True, False)
    assert sums(chain_of(session, "q")) == (300, 210, 90, 0, 0)
    strangers = {drawing.id(name) for name in ("q.load.1", "q.gate", "q.accepted")}
    assert not strangers & set(paula.nodes), "what others put in is a total, not a neighbour"


def test_an_onward_manifest_draws_on_two_lots(session: Session, city: City) -> None:
    r"""p.accepted 300 ─┐
    q.accepted 100 ─┴→ o.load.1 400"""
    drawing = draw("""
        generation > p.load.1 300
        p.load.1 > p.gate 300
        p.gate > p.accepted 300
        generation > q.load.1 150
        q.load.1 > q.gate 150
        q.gate > q.accepted 150
        p.accepted > o.load.1 300
        q.accepted > o.load.1 100
    """)
    onward = read(session, city, drawing, "o")
    assert sums(onward) == (400, 0, 400, 0, 0)
    assert onward.origins == {drawing.id("p.accepted"), drawing.id("q.accepted")}
    quentin = chain_of(session, "q")
    assert quentin.closure.shares[drawing.id("o.load.1")].left_g == 100
    assert quentin.closure.shares[drawing.id("q.accepted")].left_g == 50


def test_refused_mass_at_the_gate_keeps_the_manifest_unsettled(session: Session, city: City) -> None:
    chain = read(session, city, draw(REFUSED_IN_PART))
    assert stages(chain) == (False, False, False)
    assert sums(chain) == (1000, 0, 1000, 0, 0)


def test_refused_mass_on_its_way_home(session: Session, city: City) -> None:
    drawing = draw(REFUSED_IN_PART + "\nm.gate > m.back.1 400")
    chain = read(session, city, drawing)
    assert not chain.settled
    assert chain.nodes[drawing.id("m.back.1")].place == SECOND_LORRY


def test_refused_mass_home_again(session: Session, city: City) -> None:
    """400 g sent back, 398 weighed at home."""
    drawing = draw(
        REFUSED_IN_PART
        + """
        m.gate > m.back.1 400
        m.back.1 > m.returned 398
        m.back.1 > m.back.variance 2
    """
    )
    chain = read(session, city, drawing)
    assert stages(chain) == (True, False, False), "settled, but the waste is in the yard again"
    assert sums(chain) == (1000, 0, 998, 0, 2)
    assert chain.nodes[drawing.id("m.returned")].place == WORKS


def test_refused_mass_sent_onward_settles_with_the_onward_manifest(session: Session, city: City) -> None:
    drawing = draw(
        REFUSED_IN_PART + "\nm.gate > o.load.1 400\no.load.1 > o.gate 400\no.gate > o.accepted 400"
    )
    drawing.write(session, city, {"o": Paper(consignor=PLANT)})
    assert chain_of(session, "m").settled


def test_refused_mass_onward_and_not_decided_there(session: Session, city: City) -> None:
    drawing = draw(REFUSED_IN_PART + "\nm.gate > o.load.1 400\no.load.1 > o.gate 400")
    drawing.write(session, city, {"o": Paper(consignor=PLANT, decided=False)})
    assert not chain_of(session, "m").settled


def test_a_gain_at_the_gate_is_negative_variance(session: Session, city: City) -> None:
    drawing = draw("""
        generation > m.load.1 1000
        m.load.1 > m.gate 1000
        gain > m.gate 20
        m.gate > m.accepted 1020
    """)
    assert sums(read(session, city, drawing)) == (1000, 0, 1020, 0, -20)


def test_a_large_variance_is_settled_by_both_opinions(session: Session, city: City) -> None:
    drawing = draw("""
        generation > m.load.1 1000
        m.load.1 > m.gate 1000
        m.gate > m.accepted 900
        m.gate > m.variance 100
    """)
    chain = read(session, city, drawing)
    assert sums(chain) == (1000, 0, 900, 0, 100)
    assert not chain.settled


def test_a_large_variance_both_sides_have_spoken_of(session: Session, city: City) -> None:
    drawing = draw("""
        generation > m.load.1 1000
        m.load.1 > m.gate 1000
        m.gate > m.variance 100
        m.gate > m.outside 900
    """)
    chain = read(session, city, drawing, m=Paper(opinions="cr"))
    assert sums(chain) == (1000, 0, 0, 900, 100)
    assert stages(chain) == (True, True, True)


def test_a_residue_of_a_residue(session: Session, city: City) -> None:
    drawing = draw("""
        generation > m.load.1 100
        m.load.1 > m.gate 100
        m.gate > m.accepted 100
        m.accepted > t.batch 100
        t.batch > t.fate 80
        t.batch > t.residue 20
        t.residue > u.batch 20
        u.batch > u.fate 15
        u.batch > u.residue 5
    """)
    chain = read(session, city, drawing)
    assert sums(chain) == (100, 95, 5, 0, 0)
    assert stages(chain) == (True, True, False)


def test_an_act_taken_back_leaves_no_trace_in_the_chain(session: Session, city: City) -> None:
    """60 g were put into a batch and taken out again: that edge is none."""
    drawing = draw(TO_THE_FATE + "\nm.accepted > u.batch 60\nm.accepted > u.batch -60")
    chain = read(session, city, drawing)
    assert drawing.id("u.batch") not in chain.nodes
    assert sums(chain) == (1000, 750, 250, 0, 0)


def test_a_capped_chain_says_so_and_calls_the_rest_open(session: Session, city: City) -> None:
    drawing = draw(TO_THE_FATE)
    drawing.write(session, city)
    chain = chain_of(session, "m", cap=3)
    assert chain.truncated
    assert sums(chain) == (1000, 0, 1000, 0, 0)
    assert chain.closure.beyond_g == 1000
    whole = chain_of(session, "m", cap=5)
    assert not whole.truncated
    assert whole.closure.beyond_g == 0


def test_a_balance_changed_behind_the_ledgers_back_does_not_break_the_sums(
    session: Session, city: City
) -> None:
    drawing = draw(TO_THE_FATE)
    drawing.write(session, city)
    session.execute(update(HOLDING).where(HOLDING.c.id == drawing.id("t.batch")).values(grams=240))
    chain = chain_of(session, "m")
    assert sums(chain)[0] == 1000
    assert chain.closure.beyond_g == 10
