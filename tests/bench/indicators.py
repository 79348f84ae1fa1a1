"""The indicators of a month and of a year, and what is behind one figure, in two sizes of city."""

import time
from collections.abc import Callable

from tests.bench.ground import Ground
from tests.bench.pages import tell
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
WARM = 2
RITA = Actor(0, "bench", Role.REGULATOR, frozenset(), frozenset(), ("3601",))
KEY, PAGE = "JS5", 50


def measure(ground: Ground, sizes: Sizes) -> Section:
    """A simulated year of each size; every question is asked in turn of the small and the large city."""
    urls = [city_told(ground, count) for count in (sizes.small, sizes.browsed)]
    databases = [Database(url) for url in urls]
    month, year = last_month(), last_year()
    questions: list[tuple[str, Callable[[Database], object]]] = [
        ("all indicators of a month, the city and its districts", lambda each: _all(each, month)),
        ("all indicators of a year", lambda each: _all(each, year)),
        (f"the first {PAGE} contributions behind {KEY} of a month", lambda each: _behind(each, month)),
    ]
    rows, figures = [], {}
    for number, (name, ask) in enumerate(questions):
        took = [_timed(ask, database, sizes.opened) for database in databases]
        growth = took[1] / took[0]
        rows.append((name, f"{took[0]:.0f}", f"{took[1]:.0f}", f"{growth:.1f} ×"))
        figures[("month", "year", "behind")[number]] = took[1]
    for database in databases:
        database.close()
    return Section(
        title="indicators: a month, a year, and what is behind a figure",
        what=f"Simulated years of {sizes.small:,} and {sizes.browsed:,} manifests in PostgreSQL; a regulator "
        f"of the whole city; median of {sizes.opened} askings in one process.",
        aim=f"< {AIM_MS} ms for a month of {sizes.browsed:,} manifests a year",
        verdict=f"**{figures['month']:.0f} ms** a month, {figures['year']:.0f} ms a year",
        figures=figures,
        tables=[(("", f"{sizes.small:,}: ms", f"{sizes.browsed:,}: ms", "growth"), rows)],
        not_shown="SQLite; a disk that must be read first; drawing the page.",
    )


def city_told(ground: Ground, manifests: int) -> str:
    """The URL of a city whose last year was simulated with so many manifests; told once in a run."""
    key = -manifests  # beside the copied cities, which count upwards
    if key not in ground.cities:
        url = ground.head()
        tell(url, manifests)
        ground.cities[key] = url
    return str(ground.cities[key])


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


def _timed(ask: Callable[[Database], object], database: Database, times: int) -> float:
    """Milliseconds, median."""
    took = []
    for _ in range(WARM + times):
        began = time.perf_counter()
        ask(database)
        took.append((time.perf_counter() - began) * 1000)
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
