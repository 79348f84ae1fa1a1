"""The working calendar: published vectors, moved weekends, and years nobody has announced."""

import json
from datetime import date
from pathlib import Path

import pytest

from zerowaste.rules.calendar import add_working_days, holidays_within, is_working_day

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "workday_vectors.json").read_text("utf-8"))


@pytest.mark.parametrize(("event", "count", "last"), VECTORS["vectors"])
def test_the_published_vectors_hold(event: str, count: int, last: str) -> None:
    assert add_working_days(date.fromisoformat(event), count) == date.fromisoformat(last)


@pytest.mark.parametrize(("year", "days"), VECTORS["workdays_per_year"].items())
def test_a_year_has_so_many_working_days(year: str, days: int) -> None:
    first = date(int(year), 1, 1).toordinal()
    last = date(int(year), 12, 31).toordinal()
    assert sum(is_working_day(date.fromordinal(day)) for day in range(first, last + 1)) == days


def test_a_sunday_may_be_worked_and_a_monday_may_be_off() -> None:
    assert is_working_day(date(2026, 10, 10))  # a Saturday, worked for National Day
    assert not is_working_day(date(2026, 10, 5))  # a Monday
    assert is_working_day(date(2026, 10, 8))


def test_years_without_a_notice_come_from_the_package() -> None:
    assert not is_working_day(date(2031, 10, 1))
    assert is_working_day(date(2031, 7, 1))


def test_old_years_come_from_the_package() -> None:
    assert is_working_day(date(2015, 9, 6))  # a Sunday worked for the 70th anniversary parade


def test_a_term_needs_at_least_a_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        add_working_days(date(2026, 1, 1), 0)


def test_holidays_are_weekdays_on_which_nobody_works() -> None:
    assert holidays_within(date(2026, 2, 2), 28) == 6  # Spring Festival, 16 to 20 and 23 February
    assert holidays_within(date(2026, 7, 6), 28) == 0
