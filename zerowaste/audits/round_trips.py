"""S1, 法典 535: waste goes towards its end; what comes back to where it was goes round to hide something.

A ──900-249-08──▶ B ──900-249-08──▶ C ──900-249-08──▶ A          in two months
"""

from collections.abc import Iterator, Sequence

from zerowaste.audits.finding import Audit, Finding, Grain, Loads, Severity
from zerowaste.graph.city import City
from zerowaste.graph.cycles import cycles
from zerowaste.graph.touched import Lane, month_before

NAME = "round_trips"


def find(city: City) -> Iterator[Finding]:
    """One finding a round and waste code in a month; `grams` can have gone all the way round, the last of it
    in that month and the rest in it or in the one before."""
    for lane in sorted(city.ways):
        ways = city.ways[lane]
        own, before = (frozenset((origin, target) for origin, target, _ in known) for known in ways)
        for sites, grams in cycles((*ways.before, *ways.own)):
            steps = frozenset(_steps(sites))
            if steps <= own or not steps <= before:  # what went round the month before was told then
                yield _finding(city, lane, sites, grams)


def _steps(sites: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple(zip(sites, (*sites[1:], sites[0]), strict=True))


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
            months=(month_before(lane.month), lane.month),
            ways=_steps(sites),
            stream=lane.stream,
            waste_code=lane.waste_code,
        ),
    )


AUDIT = Audit(NAME, Grain.LANE, find)
