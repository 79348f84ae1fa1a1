"""The indicators of a month and of a year, and what is behind one figure, in three sizes of city."""

import time
from collections.abc import Callable

from tests.bench.bulk import Bulk, city_of
from tests.bench.ground import Ground
from tests.bench.report import Section, median
from tests.bench.sizes import Sizes
from tests.story import the_law
from zerowaste import clock
from zerowaste.db import Database
from zerowaste.rules.access import Actor
from zerowaste.rules.indicators import indicator
from zerowaste.rules.spans import Span, span
from zerowaste.services.reporting.indicator_behind import Part, Question, behind
from zerowaste.services.reporting.indicators import report_indicators
from zerowaste.vocabulary import Role

AIM_MS = 100
WARM, TIMES = 1, 5
RITA = Actor(0, "bench", Role.REGULATOR, frozenset(), frozenset(), ("3601",))
KEY, PAGE = "JS5", 50


def measure(ground: Ground, sizes: Sizes) -> Section:
    """Every question, asked of each city."""
    cities = [city_of(ground, size) for size in sorted({sizes.small, sizes.middle, sizes.manifests})]
    month, year = last_month(), last_year()
    questions: dict[str, Callable[[Database], object]] = {
        "all indicators of a month, the city and its districts": lambda each: _all(each, month),
        "all indicators of a year": lambda each: _all(each, year),
        f"the first {PAGE} contributions behind {KEY} of a month": lambda each: _behind(each, month),
    }
    took = {name: [_timed(ask, bulk) for bulk in cities] for name, ask in questions.items()}
    rows = [
        (name, *(f"{ms:,.0f}" for ms in found), f"{found[-1] / found[0]:.1f} ×")
        for name, found in took.items()
    ]
    a_month, a_year, behind_one = (found[-1] for found in took.values())
    return Section(
        title="indicators: a month, a year, and what is behind a figure",
        what="The cities of `watch`; a regulator of the whole city; "
        f"median of {TIMES} askings in one process.",
        aim=f"what is behind a figure: < {AIM_MS} ms where a year has {sizes.middle:,} manifests; "
        "nothing grows faster than the city",
        verdict=f"at {cities[-1].manifests:,} manifests **{behind_one:,.0f} ms** behind a figure, "
        f"{a_month:,.0f} ms a month, {a_year:,.0f} ms a year",
        figures={"month": a_month, "year": a_year, "behind": behind_one},
        tables=[(("", *(f"{bulk.manifests:,}: ms" for bulk in cities), "growth"), rows)],
        not_shown="SQLite; a disk that must be read first; drawing the page. A year's figures are added up "
        "from every batch of it: what the yearly publication says is compiled once and kept.",
    )


def last_month() -> Span:
    """The last whole month."""
    today = clock.local_day(clock.now())
    year, before = divmod(today.year * 12 + today.month - 2, 12)
    found = span(f"{year}-{before + 1:02d}")
    assert found
    return found


def last_year() -> Span:
    """The year that the last month lies in: eleven months of it at most are in the simulated history."""
    found = span(str(last_month().year))
    assert found
    return found


def _timed(ask: Callable[[Database], object], bulk: Bulk) -> float:
    """Milliseconds, median."""
    database, took = Database(bulk.url, longest_statement_ms=0), []
    for _ in range(WARM + TIMES):
        began = time.perf_counter()
        ask(database)
        took.append((time.perf_counter() - began) * 1000)
    database.close()
    return median(took[WARM:])


def _all(database: Database, over: Span) -> object:
    with database.session_for(write=False) as session:
        return report_indicators(session, the_law(), RITA, over)


def _behind(database: Database, over: Span) -> object:
    known = indicator(KEY)
    assert known
    with database.session_for(write=False) as session:
        asked = Question(the_law(), RITA, over, known.by)
        return behind(session, asked, Part.NUMERATOR, after=None, limit=PAGE)
