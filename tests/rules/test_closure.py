"""Closure: what of a mixed graph is one chain's, and how far that chain is closed."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.graph.drawing import Drawing, draw
from zerowaste.rules.closure import (
    Closure,
    Node,
    Tolerance,
    largest_remainder,
    standing,
)
from zerowaste.vocabulary import HoldingKind

TOLERANCE = Tolerance(ppm=20_000, min_g=10)


def sums(result: Closure) -> tuple[int, int, int, int, int]:
    """(origin, closed, open, outside, variance), after checking that they agree."""
    assert result.origin_g == result.closed_g + result.open_g + result.outside_g + result.variance_g
    return (result.origin_g, result.closed_g, result.open_g, result.outside_g, result.variance_g)


def share(drawing: Drawing, result: Closure, name: str) -> Fraction:
    return result.shares[drawing.id(name)].fraction


def test_a_single_line_is_open_where_it_stands_and_closed_at_its_fate() -> None:
    """yard → load → gate → accepted → batch → fate, three quarters of it burnt so far."""
    drawing = draw("""
        m.yard > m.load.1 1000
        m.load.1 > m.gate 1000
        m.gate > m.accepted 1000
        m.accepted > t.batch 1000
        t.batch > t.fate 750
    """)
    result = drawing.close("m")
    assert sums(result) == (1000, 750, 250, 0, 0)
    assert (result.treated, result.closed) == (False, False)
    assert result.shares[drawing.id("t.batch")].left_g == 250


def test_a_lot_split_over_two_treatments_is_closed_when_both_are() -> None:
    r"""accepted ─→ batch t → fate
    └→ batch u → fate"""
    drawing = draw("""
        generation > m.load.1 900
        m.load.1 > m.accepted 900
        m.accepted > t.batch 400
        m.accepted > u.batch 500
        t.batch > t.fate 400
        u.batch > u.fate 500
    """)
    result = drawing.close("m")
    assert sums(result) == (900, 900, 0, 0, 0)
    assert result.treated
    assert result.closed


def test_two_producers_merged_in_one_load_share_it_by_what_they_put_in() -> None:
    r"""p.accepted 300 ─┐
    q.accepted 100 ─┴→ onward load 400 → gate → accepted 400"""
    drawing = draw("""
        generation > p.load.1 300
        p.load.1 > p.accepted 300
        generation > q.load.1 100
        q.load.1 > q.accepted 100
        p.accepted > o.load.1 300
        q.accepted > o.load.1 100
        o.load.1 > o.gate 400
        o.gate > o.accepted 399
        o.gate > o.variance 1
    """)
    paula, quentin = drawing.close("p"), drawing.close("q")
    assert share(drawing, paula, "o.accepted") == Fraction(3, 4)
    assert sums(paula) == (300, 0, 299, 0, 1)  # 299.25 + 0.75
    assert sums(quentin) == (100, 0, 100, 0, 0)  # 99.75 + 0.25
    assert sums(drawing.close("o")) == (400, 0, 399, 0, 1)


def test_lime_dilutes_a_mixed_batch_and_the_residue_goes_to_another_stream() -> None:
    r"""p 600 ─┐            ┌→ fate 500
    q 300 ─┼→ batch ────┼→ product 250
    lime 100 ┘          └→ residue 250 → r.load → r.gate → r.accepted"""
    drawing = draw("""
        generation > p.load.1 600
        generation > q.load.1 300
        p.load.1 > p.accepted 600
        q.load.1 > q.accepted 300
        p.accepted > t.batch 600
        q.accepted > t.batch 300
        additive > t.batch 100
        t.batch > t.fate 500
        t.batch > t.product 250
        t.batch > t.residue 250
        t.residue > r.load.1 250
        r.load.1 > r.gate 250
        r.gate > r.accepted 250
    """)
    paula = drawing.close("p")
    assert share(drawing, paula, "t.batch") == Fraction(600, 1000)
    assert sums(paula) == (600, 450, 150, 0, 0)
    assert paula.treated, "what is open came out of a residue"
    assert not paula.closed
    assert sums(drawing.close("q")) == (300, 225, 75, 0, 0)
    ash = drawing.close("r")
    assert sums(ash) == (250, 0, 250, 0, 0)
    assert not ash.treated, "for the residue's own manifest it is the waste itself"


def test_refused_mass_left_at_the_gate_is_open() -> None:
    """gate ─→ accepted 700, and 300 that nobody took."""
    drawing = draw("""
        generation > m.load.1 1000
        m.load.1 > m.gate 1000
        m.gate > m.accepted 700
    """)
    result = drawing.close("m")
    assert sums(result) == (1000, 0, 1000, 0, 0)
    assert result.shares[drawing.id("m.gate")].left_g == 300


def test_a_gain_at_the_gate_counts_as_negative_variance() -> None:
    """Loaded 1000, weighed 1020 at the gate."""
    drawing = draw("""
        generation > m.load.1 1000
        m.load.1 > m.gate 1000
        gain > m.gate 20
        m.gate > m.accepted 1020
        m.accepted > t.batch 1020
        t.batch > t.fate 1020
    """)
    result = drawing.close("m")
    assert sums(result) == (1000, 1020, 0, 0, -20)
    assert result.closed


def test_a_gain_in_a_mixed_holding_is_shared_like_the_rest() -> None:
    """p 30 and q 10 arrive as 44: of the 4 grams more, 3 are p's and 1 is q's."""
    drawing = draw("""
        generation > p.load.1 30
        generation > q.load.1 10
        p.load.1 > p.accepted 30
        q.load.1 > q.accepted 10
        p.accepted > o.load.1 30
        q.accepted > o.load.1 10
        o.load.1 > o.gate 40
        gain > o.gate 4
        o.gate > o.accepted 44
    """)
    assert sums(drawing.close("p")) == (30, 0, 33, 0, -3)
    assert sums(drawing.close("q")) == (10, 0, 11, 0, -1)


def test_a_gain_with_nothing_else_on_its_own_line_is_all_the_chains() -> None:
    """Nothing was loaded, yet 50 g came."""
    drawing = draw("""
        gain > m.gate 50
        m.gate > m.accepted 50
    """)
    assert sums(drawing.close("m", roots={})) == (0, 0, 50, 0, -50)


def test_a_gain_that_is_not_ours_is_nobodys_business() -> None:
    drawing = draw("""
        generation > m.load.1 10
        gain > o.gate 50
    """)
    assert sums(drawing.close("m")) == (10, 0, 10, 0, 0)


def test_what_left_the_city_is_neither_open_nor_closed() -> None:
    drawing = draw("""
        generation > m.load.1 1000
        m.load.1 > m.gate 1000
        m.gate > m.outside 950
        m.gate > m.variance 50
    """)
    result = drawing.close("m")
    assert sums(result) == (1000, 0, 0, 950, 50)
    assert result.treated
    assert result.closed


def test_a_residue_of_a_residue_keeps_the_chain_open_but_treated() -> None:
    """waste → batch → ash → batch → slag, of which 5 g wait."""
    drawing = draw("""
        generation > m.load.1 100
        m.load.1 > t.batch 100
        t.batch > t.fate 80
        t.batch > t.residue 20
        t.residue > u.batch 20
        u.batch > u.fate 15
        u.batch > u.residue 5
    """)
    result = drawing.close("m")
    assert sums(result) == (100, 95, 5, 0, 0)
    assert result.treated
    assert not result.closed


def test_a_residue_mixed_with_raw_waste_does_not_hide_it() -> None:
    r"""waste ─→ batch t → ash ─┐
    └───────────────→ batch u, open"""
    drawing = draw("""
        generation > m.load.1 100
        m.load.1 > m.accepted 100
        m.accepted > t.batch 60
        t.batch > t.fate 50
        t.batch > t.residue 10
        m.accepted > u.batch 40
        t.residue > u.batch 10
    """)
    assert not drawing.close("m").treated


def test_a_third_of_a_gram_left_is_still_open() -> None:
    """Three producers with a gram each, a batch with a gram left: rounded it is nobody's or
    somebody's, exactly it is a third of everybody's."""
    drawing = draw("""
        generation > p.load.1 1
        p.load.1 > t.batch 1
        others > t.batch 2
        t.batch > t.fate 2
    """)
    result = drawing.close("p")
    assert sums(result) == (1, 1, 0, 0, 0)
    assert not result.closed


def test_grams_that_went_where_nobody_looked_are_open() -> None:
    """The drawing ends at the batch, whose 40 g of output are not in it."""
    drawing = draw("""
        generation > m.load.1 100
        m.load.1 > t.batch 100
    """)
    gone = replace(drawing.nodes["t.batch"], left=60)
    result = Drawing({**drawing.nodes, "t.batch": gone}, drawing.edges).close("m")
    assert sums(result) == (100, 0, 100, 0, 0)
    assert result.beyond_g == 40
    assert not result.treated


def test_shares_stay_exact_through_many_mixtures() -> None:
    """Twenty batches one after the other, each mixed with others' waste, none of it lost."""
    lines = ["generation > m.load.1 1000003", "m.load.1 > t0.batch 1000003"]
    for step in range(20):
        content = 1_000_003 if step == 0 else 900_001 + 7 * step
        lines += [
            f"others > t{step}.batch {7 * step + 1}",
            f"t{step}.batch > t{step}.fate {content + 7 * step + 1 - 900_001 - 7 * (step + 1)}",
            f"t{step}.batch > t{step + 1}.batch {900_001 + 7 * (step + 1)}",
        ]
    drawing = draw("\n".join(lines))
    result = drawing.close("m")
    origin, closed, left, *_ = sums(result)
    assert origin == 1_000_003
    assert min(closed, left) > 0


@pytest.mark.parametrize(
    ("exact", "total", "rounded"),
    [
        ([Fraction(1, 3)] * 3, 1, [1, 0, 0]),
        ([Fraction(1, 2), Fraction(1, 2)], 1, [1, 0]),
        ([Fraction(3, 4), Fraction(1, 4), 2], 3, [1, 0, 2]),
        ([Fraction(-1, 3), Fraction(4, 3)], 1, [0, 1]),
        ([5, -2], 3, [5, -2]),
        ([], 0, []),
    ],
)
def test_rounding_gives_the_missing_grams_where_most_was_cut_off(
    exact: list[Fraction | int], total: int, rounded: list[int]
) -> None:
    assert largest_remainder(exact, total) == rounded


def test_before_pickup_all_stands_in_the_lots() -> None:
    lots = [Node(1, HoldingKind.LOT, 500), Node(2, HoldingKind.LOT, 300)]
    result = standing(lots, {1: 200, 2: 300})
    assert sums(result) == (500, 0, 500, 0, 0)
    assert result.shares[1].fraction == Fraction(2, 5)
    assert not result.treated


def test_with_nothing_standing_there_is_nothing_to_close() -> None:
    assert standing([], {}).closed
