"""Years and months that are reported on, and those that still run."""

from datetime import date

import pytest

from zerowaste.rules.spans import Span, span


def told(text: str) -> Span:
    found = span(text)
    assert found
    return found


def test_a_month_that_is_over_is_whole() -> None:
    found = told("2026-02").so_far(date(2026, 3, 1))
    assert (found.first, found.after, found.running) == (date(2026, 2, 1), date(2026, 3, 1), False)
    assert told("2026-02").so_far(date(2026, 2, 28)).running is False
    assert told("2027").so_far(date(2026, 11, 29)) == told("2027")


@pytest.mark.parametrize(
    ("text", "today", "before"),
    [
        ("2026", date(2026, 2, 10), (date(2025, 1, 1), date(2025, 2, 11))),
        ("2026-11", date(2026, 11, 29), (date(2025, 11, 1), date(2025, 11, 30))),
        ("2028", date(2028, 2, 28), (date(2027, 1, 1), date(2027, 3, 1))),
    ],
)
def test_what_still_runs_is_compared_with_the_same_days_a_year_before(
    text: str, today: date, before: tuple[date, date]
) -> None:
    found = told(text).so_far(today)
    assert (found.running, found.last) == (True, today)
    earlier = found.a_year_before()
    assert earlier
    assert (earlier.first, earlier.after) == before


def test_whole_years_are_compared_with_whole_years() -> None:
    assert told("2025").a_year_before() == told("2024")
    assert told("2024-02").a_year_before() == told("2023-02")
    assert told("2000").a_year_before() is None
