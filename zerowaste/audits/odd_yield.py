"""HW-BAL, S8 (manifests/yields.csv, settings): a treatment leaves of each tonne what such treatments leave.

100 t of oil ──R9──▶ 31 t of product                             500 to 950 kg a tonne are usual
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.graph.city import City

NAME = "odd_yield"
PER_MILLION = 1_000_000


def find(city: City) -> Iterator[Finding]:
    """One finding a batch and output; `grams`: by how much it is outside of what is usual."""
    for odd in city.odd_yields:
        usual, place = odd.usual, city.sites[odd.site]
        bound = usual.most_ppm if odd.left_g * PER_MILLION > odd.came_g * usual.most_ppm else usual.least_ppm
        yield Finding(
            audit=NAME,
            rule="setting",
            severity=Severity.TASK,
            subject=f"treatment:{odd.treatment}",
            anchor=f"treatment:{odd.treatment}",
            grams=odd.left_g - odd.came_g * bound // PER_MILLION,
            holder=place.holder,
            since=odd.at,
            place=place.code,
            events=(odd.treatment,),
            detail=f"{usual.operation} {usual.output}",
        )


AUDIT = Audit(NAME, Grain.CHAIN, find)
