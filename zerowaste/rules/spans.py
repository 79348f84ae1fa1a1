"""Periods that are reported on: a calendar year or month of the city."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_SPAN = re.compile(r"(20[0-9]{2})(?:-(0[1-9]|1[0-2]))?")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A year (2026) or a month (2026-10): from `first` to the day before `after`."""

    text: str
    first: date
    after: date

    @property
    def year(self) -> int:
        return self.first.year

    @property
    def monthly(self) -> bool:
        return "-" in self.text

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    def a_year_before(self) -> "Span | None":
        """The same year or month of the year before; None before 2000."""
        return span(f"{self.year - 1}{self.text[4:]}")


def span(text: str) -> Span | None:
    """The period that a text names; None: it names none."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 0)
    if not month:
        return Span(text, date(year, 1, 1), date(year + 1, 1, 1))
    after = date(year + 1, 1, 1) if month == MONTHS else date(year, month + 1, 1)
    return Span(text, date(year, month, 1), after)


def days_of_year(year: int) -> int:
    """365, or 366 in a leap year."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days
