"""HW-POINT3 (GB 18597-2023 8.3.5): a storage point never holds more than three tonnes at a time.

[lot 1.8 t] + [lot 1.3 t] at one workshop = 3.1 t
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.graph.city import City

NAME = "point_limit"


def find(city: City) -> Iterator[Finding]:
    """One finding a producer's site and stream; `grams` is what lies there, all of it."""
    for (site, code), lots in city.waiting().items():
        limit = city.stream(code, city.now).point_limit_g
        grams = sum(lot.grams for lot in lots)
        if limit is None or grams <= limit:
            continue
        place = city.sites[site]
        yield Finding(
            audit=NAME,
            rule="HW-POINT3",
            severity=Severity.WARN,
            subject=f"site:{place.code}",
            anchor=f"site:{place.code}",
            detail=code,
            grams=grams,
            holder=place.holder,
            holdings=tuple(lot.id for lot in lots),
            events=tuple(dict.fromkeys(lot.event for lot in lots)),
        )


AUDIT = Audit(NAME, Grain.SITE, find)
