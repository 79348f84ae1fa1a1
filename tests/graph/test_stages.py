"""How far everything is closed at once, against one chain at a time."""

from tests.audits.drawn_city import city_of
from tests.graph.drawing import draw
from zerowaste.graph.stages import Marks, unclosed, untreated

CITY = """
    generation > p.load.1 600
    p.load.1 > p.accepted 600
    p.accepted > t.batch 600
    t.batch > t.fate 400
    t.batch > t.residue 200
    t.residue > r.load.1 100
    r.load.1 > u.batch 100
    u.batch > u.fate 100
    generation > q.load.1 50
    q.load.1 > q.accepted 50
    q.accepted > v.batch 50
    v.batch > v.fate 40
    generation > s.load.1 7
    s.load.1 > s.accepted 7
    s.accepted > v.batch 3
    s.accepted > v.batch -3
    s.accepted > w.batch 7
    w.batch > w.fate 7
"""


def marked(marks: Marks) -> set[str]:
    drawing = draw(CITY)
    nodes = sorted(drawing.nodes.values(), key=lambda node: node.id)
    return {node.name for node, mark in zip(nodes, marks, strict=True) if mark}


def test_what_still_has_something_open_below_it() -> None:
    """p's ash waits, q's batch is not done; s is through (its visit to q's batch was taken back)."""
    assert marked(unclosed(city_of(CITY))) == {
        "p.load.1", "p.accepted", "t.batch", "t.residue", "q.load.1", "q.accepted", "v.batch",
    }  # fmt: skip


def test_what_waits_in_residues_does_not_hold_up_the_producer() -> None:
    assert marked(untreated(city_of(CITY))) == {"q.load.1", "q.accepted", "v.batch"}


def test_the_marks_agree_with_the_exact_closure_of_each_chain() -> None:
    drawing = draw(CITY)
    city = city_of(drawing)
    nodes = sorted(drawing.nodes.values(), key=lambda node: node.id)
    for subject in "pqrs":
        first = next(at for at, node in enumerate(nodes) if node.name == f"{subject}.load.1")
        result = drawing.close(subject)
        assert result.closed is not bool(unclosed(city)[first])
        assert result.treated is not bool(untreated(city)[first])
