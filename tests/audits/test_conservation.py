"""Conservation: what came in less what went out is what is there, to the gram."""

from tests.audits.drawn_city import CLINIC, city_of
from tests.graph.drawing import draw
from zerowaste.audits.conservation import find
from zerowaste.audits.finding import Severity

LINE = "generation > m.yard 100\nm.yard > m.load.1 60\nm.load.1 > m.gate 60\nm.yard > m.load.1 -5"


def test_a_ledger_that_was_left_alone_has_no_finding() -> None:
    assert list(find(city_of(LINE))) == []


def test_a_balance_that_was_changed_is_named() -> None:
    drawing = draw(LINE)
    short, long = find(city_of(drawing, balances={"m.yard": 44, "m.gate": 61}))
    assert (short.subject, short.grams, short.holder) == (
        f"holding:{drawing.id('m.yard')}",
        1,
        CLINIC.holder,
    )
    assert (long.subject, long.grams) == (f"holding:{drawing.id('m.gate')}", -1)
    assert {short.severity, long.severity} == {Severity.ALERT}


def test_an_empty_city_is_in_order() -> None:
    assert list(find(city_of(""))) == []
