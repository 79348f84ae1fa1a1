"""Which ways of treating somebody's papers name."""

from datetime import date

import pytest

from zerowaste.rules.parties import Paper, Term
from zerowaste.rules.permits import operations_named
from zerowaste.vocabulary import Instrument, Period, Unit

TODAY = date(2026, 3, 2)


def term(operation: str, period: Period = Period.YEAR) -> Term:
    return Term(1, "hazardous", "*", operation, period, Unit.GRAM)


def paper(*terms: Term, kind: Instrument = Instrument.PERMIT, until: date = date(2030, 1, 1)) -> Paper:
    return Paper(
        id=1, kind=kind, number="测试-1", organisation_id=1, valid_from=date(2020, 1, 1), valid_to=until,
        site_id=None, counterpart_id=None, terms=terms,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("papers", "named"),
    [
        ([paper(term("D10"), term("R9")), paper(term("D9"))], {"D10", "R9", "D9"}),
        ([paper(term(""))], {""}),  # any
        ([paper(term("D10"), term("", Period.LEVEL))], {"D10"}),  # a storage limit is no leave to treat
        ([paper(term("D10"), kind=Instrument.PLAN)], set()),
        ([paper(term("D10"), until=date(2026, 3, 1))], set()),  # ended yesterday
        ([paper(term("D10"), until=TODAY)], {"D10"}),  # its last day
        ([], set()),
    ],
)
def test_only_permits_of_that_day_name_ways_of_treating(papers: list[Paper], named: set[str]) -> None:
    assert operations_named(papers, TODAY) == named
