"""S1, 法典 535: waste goes towards its end; what comes back to where it was goes round to hide something.

A ──900-249-08──▶ B ──900-249-08──▶ C ──900-249-08──▶ A          in one month
"""

from collections.abc import Iterator, Sequence

from zerowaste.audits.finding import Audit, Finding, Grain, Loads, Severity
from zerowaste.graph.city import City
from zerowaste.graph.cycles import cycles
from zerowaste.graph.touched import Lane

NAME = "round_trips"


def find(city: City) -> Iterator[Finding]:
    """One finding a round and waste code in a month; `grams` can have gone all the way round."""
    for lane in sorted(city.ways):
        for sites, grams in cycles(city.ways[lane]):
            yield _finding(city, lane, sites, grams)


def _finding(city: City, lane: Lane, sites: Sequence[int], grams: int) -> Finding:
    places = [city.sites[site] for site in sites]
    return Finding(
        audit=NAME,
        rule="setting",
        severity=Severity.TASK,
        subject=f"round:{'>'.join(place.code for place in places)}"[:160],
        anchor=lane.anchor,
        grams=grams,
        holder=places[0].holder,
        place=places[0].code,
        detail=f"{lane.month:%Y-%m} {lane.waste_code}",
        loads=Loads(
            month=lane.month,
            ways=tuple(zip(sites, (*sites[1:], sites[0]), strict=True)),
            stream=lane.stream,
            waste_code=lane.waste_code,
        ),
    )


AUDIT = Audit(NAME, Grain.LANE, find)
