"""HW-BAL (HJ 1259 附录 C): for every site, opening + in − out = closing, within 0.1 % of what moved."""

from collections.abc import Iterator

from zerowaste.audits.finding import Finding, Severity
from zerowaste.graph.city import City, site_balances

TOLERANCE_PPM = 1_000
PER_MILLION = 1_000_000


def audit(city: City) -> Iterator[Finding]:
    """One finding a site; `grams` is what its books lack (negative: have too much)."""
    for books in site_balances(city):
        allowed = (books.opening_g + books.came_g) * TOLERANCE_PPM // PER_MILLION
        if abs(books.missing_g) <= allowed:
            continue
        place = city.sites[books.site]
        yield Finding(
            audit="balance",
            rule="HW-BAL",
            severity=Severity.ALERT,
            subject=f"site:{place.code}",
            grams=books.missing_g,
            holder=place.holder,
        )
