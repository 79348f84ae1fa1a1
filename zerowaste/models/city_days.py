"""How the databases themselves tell days: which day, and which month, it was in the city at a stored moment,
and how many lie between two.

Moments are stored in UTC; between midnight and eight in the morning the city is a day ahead of it."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from zerowaste.clock import CITY_ZONE

# The city has kept one distance from UTC since 1991; SQLite knows no zones.
_AHEAD = "'+8 hours'"


class city_day(FunctionElement[date]):  # noqa: N801  # reads as the function it is in SQL
    """The city's day at that moment."""

    type = Date()
    inherit_cache = True


class city_month(FunctionElement[date]):  # noqa: N801  # as above
    """The first day of the city's month at that moment."""

    type = Date()
    inherit_cache = True


class days_between(FunctionElement[int]):  # noqa: N801  # as above
    """How many days the second day lies after the first."""

    type = Integer()
    inherit_cache = True


@compiles(city_day, "sqlite")
def _day_in_sqlite(element: city_day, compiler: Any, **how: Any) -> str:
    return f"date({compiler.process(element.clauses, **how)}, {_AHEAD})"


@compiles(city_month, "sqlite")
def _month_in_sqlite(element: city_month, compiler: Any, **how: Any) -> str:
    return f"date({compiler.process(element.clauses, **how)}, {_AHEAD}, 'start of month')"


@compiles(city_day, "postgresql")
def _day_in_postgresql(element: city_day, compiler: Any, **how: Any) -> str:
    return f"CAST(timezone('{CITY_ZONE.key}', {compiler.process(element.clauses, **how)}) AS DATE)"


@compiles(city_month, "postgresql")
def _month_in_postgresql(element: city_month, compiler: Any, **how: Any) -> str:
    local = f"timezone('{CITY_ZONE.key}', {compiler.process(element.clauses, **how)})"
    return f"CAST(date_trunc('month', {local}) AS DATE)"


@compiles(days_between, "sqlite")
def _between_in_sqlite(element: days_between, compiler: Any, **how: Any) -> str:
    first, second = (compiler.process(day, **how) for day in element.clauses)
    return f"CAST(julianday({second}) - julianday({first}) AS INTEGER)"


@compiles(days_between, "postgresql")
def _between_in_postgresql(element: days_between, compiler: Any, **how: Any) -> str:
    first, second = (compiler.process(day, **how) for day in element.clauses)
    return f"(CAST({second} AS DATE) - CAST({first} AS DATE))"
