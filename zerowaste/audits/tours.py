"""S4, KW-DAILY: a tour's stops fit into the time it took, at an honest speed and with time to load.

12 stops · 64 km of streets · 09:00 to 09:40                     needs 1 h 28 min at 60 km/h
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Loads, Severity
from zerowaste.graph.city import City

NAME = "tours"


def find(city: City) -> Iterator[Finding]:
    """One finding a tour that was too short for what it says it did."""
    for tour in city.tours:
        yield Finding(
            audit=NAME,
            rule="setting",
            severity=Severity.WARN,
            subject=f"trip:{tour.trip}",
            anchor=f"trip:{tour.trip}",
            grams=tour.grams,
            holder=tour.holder,
            since=tour.began_at,
            lines=((tour.manifest, 1),),
            detail=tour.plate,
            loads=Loads(trip=tour.trip),
        )


AUDIT = Audit(NAME, Grain.TRIP, find)
