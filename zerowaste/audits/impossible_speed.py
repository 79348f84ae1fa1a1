"""转移管理办法 11, 17 (times and places are told as they were): no lorry is faster than the road allows.

loads at A 09:00 ──38 km──▶ loads at B 09:06                     380 km/h as the crow flies
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.graph.city import City
from zerowaste.graph.journeys import Leap, Mover

NAME = "impossible_speed"


def find(city: City) -> Iterator[Finding]:
    """One finding for each pair of sights of one vehicle that no vehicle could have joined."""
    return (leap_found(leap, NAME) for leap in city.leaps if leap.mover is Mover.VEHICLE)


def leap_found(leap: Leap, audit: str) -> Finding:
    """The finding of a leap; its moments tell it apart."""
    return Finding(
        audit=audit,
        rule="setting",
        severity=Severity.TASK,
        subject=f"{leap.mover}:{leap.who}",
        anchor=f"{leap.mover}:{leap.identity}:{leap.day.isoformat()}",
        grams=0,
        holder=leap.holder,
        since=leap.at_before,
        lines=((leap.manifest, 1), (leap.manifest_before, 1)),
        events=leap.events,
        detail=f"{leap.site_before} {leap.at_before:%Y-%m-%dT%H:%MZ} {leap.site} {leap.at:%Y-%m-%dT%H:%MZ}",
    )


AUDIT = Audit(NAME, Grain.DAY, find)
