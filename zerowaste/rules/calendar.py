"""The working calendar of the State Council: which days count as working days.

Years written down in `manifests/workdays.csv` follow that file alone; for others the `holidays`
package answers, and for years nobody has announced yet the answer is provisional."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache

import holidays

from zerowaste.rules.stream_files import StreamFileError
from zerowaste.rules.streams import MANIFESTS

_DAY = timedelta(days=1)
_SATURDAY = 5
_FILE = "workdays.csv"


@cache
def _announced() -> Mapping[date, bool]:
    """Day → whether it is worked, where the yearly notice departs from Monday to Friday."""
    found = {}
    with (MANIFESTS / _FILE).open(encoding="utf-8-sig", newline="") as source:
        for line, row in enumerate(csv.DictReader(source), start=2):
            if row["kind"] not in ("holiday", "workday"):
                raise StreamFileError(_FILE, f"line {line}", "kind must be holiday or workday")
            found[date.fromisoformat(row["date"])] = row["kind"] == "workday"
    return found


@cache
def _announced_years() -> frozenset[int]:
    return frozenset(day.year for day in _announced())


@lru_cache(maxsize=64)
def _working_days(year: int) -> frozenset[date]:
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    days = [first + _DAY * offset for offset in range((after - first).days)]
    if year in _announced_years():
        notice = _announced()
        return frozenset(d for d in days if notice.get(d, d.weekday() < _SATURDAY))
    foreseen = holidays.country_holidays("CN", years=year)
    return frozenset(day for day in days if foreseen.is_working_day(day))


def is_working_day(day: date) -> bool:
    """Whether offices work that day (moved weekends included)."""
    return day in _working_days(day.year)


def holidays_within(first: date, count: int) -> int:
    """How many of so many days are Mondays to Fridays on which nobody works."""
    days = (first + _DAY * offset for offset in range(count))
    return sum(day.weekday() < _SATURDAY and not is_working_day(day) for day in days)


@lru_cache(maxsize=8192)
def add_working_days(day: date, count: int) -> date:
    """The last day of a term of so many working days; the day after `day` is day 1."""
    if count < 1:
        raise ValueError("a term has at least one working day")
    left = count
    while left:
        day += _DAY
        left -= is_working_day(day)
    return day
