"""HW-BAL: each site's opening + in − out is its closing."""

import pytest

from tests.audits.drawn_city import PLANT, city_of
from zerowaste.audits.balance import find
from zerowaste.graph.city import site_balances

THROUGH_THE_PLANT = """
    generation > m.yard 100000
    m.yard > m.load.1 100000
    m.load.1 > m.gate 100000
    m.gate > m.accepted 100000
    m.accepted > t.batch 100000
    additive > t.batch 5000
    t.batch > t.fate 80000
    t.batch > t.residue 20000
    t.residue > r.load.1 15000
"""


def test_the_books_of_each_site() -> None:
    clinic, plant = site_balances(city_of(THROUGH_THE_PLANT))
    assert (clinic.came_g, clinic.went_g, clinic.closing_g) == (100_000, 100_000, 0)
    assert (plant.came_g, plant.went_g, plant.closing_g) == (105_000, 15_000, 90_000)
    assert plant.missing_g == 0


def test_books_that_agree_are_no_finding() -> None:
    assert list(find(city_of(THROUGH_THE_PLANT))) == []


@pytest.mark.parametrize(("fate", "missing"), [(79_895, None), (79_894, 106), (80_106, -106)])
def test_more_than_one_in_a_thousand_is_an_alert(fate: int, missing: int | None) -> None:
    found = list(find(city_of(THROUGH_THE_PLANT, balances={"t.fate": fate})))
    assert [finding.grams for finding in found] == ([] if missing is None else [missing])
    assert all((f.rule, f.subject, f.holder) == ("HW-BAL", "site:PLANT", PLANT.holder) for f in found)
