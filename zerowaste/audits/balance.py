"""HW-BAL (HJ 1259 附录 C): for every site, opening + in − out = closing, within 0.1 % of what moved.

──105 t──▶ [plant · 90.0 t by its holdings] ──15 t──▶           105 − 15 = 90: in order
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.graph.city import City, site_balances

NAME = "balance"

TOLERANCE_PPM = 1_000
PER_MILLION = 1_000_000


def find(city: City) -> Iterator[Finding]:
    """One finding a site; `grams` is what its books lack (negative: have too much)."""
    for books in city.books if city.books is not None else site_balances(city):
        allowed = (books.opening_g + books.came_g) * TOLERANCE_PPM // PER_MILLION
        if abs(books.missing_g) <= allowed:
            continue
        place = city.sites[books.site]
        yield Finding(
            audit=NAME,
            rule="HW-BAL",
            severity=Severity.ALERT,
            subject=f"site:{place.code}",
            anchor=f"site:{place.code}",
            grams=books.missing_g,
            holder=place.holder,
        )


AUDIT = Audit(NAME, Grain.SITE, find)
