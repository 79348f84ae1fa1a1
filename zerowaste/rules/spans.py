"""Periods that are reported on: a calendar year or month of the city."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

_SPAN = re.compile(r"(20[0-9]{2})(?:-(0[1-9]|1[0-2]))?")
MONTHS = 12
_LEAP_DAY = (2, 29)


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

    def so_far(self, today: date) -> "Span":
        """As far as it has come: what still runs ends with today, in its scales and its comparisons too."""
        tomorrow = today + timedelta(days=1)
        return replace(self, after=tomorrow) if self.first < tomorrow < self.after else self

    @property
    def running(self) -> bool:
        """Whether it was cut off before its end."""
        whole = span(self.text)
        return whole is not None and self.after < whole.after

    def a_year_before(self) -> "Span | None":
        """The same days of the year before; None before 2000."""
        before = span(f"{self.year - 1}{self.text[4:]}")
        return before and replace(before, after=_year_before(self.after))


def _year_before(day: date) -> date:
    """The same day; of the 29th of February, the day after the 28th."""
    if (day.month, day.day) == _LEAP_DAY:
        return date(day.year - 1, 3, 1)
    return day.replace(year=day.year - 1)


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
