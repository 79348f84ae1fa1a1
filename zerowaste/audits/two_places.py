"""转移管理办法 11, 17: a driver is with the load he drives, so he is in one place at a time.

driver loads lorry 1 at A 09:50 ┄┄ arrives with lorry 2 at B, 40 km off, 09:56
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain
from zerowaste.audits.impossible_speed import leap_found
from zerowaste.graph.city import City
from zerowaste.graph.journeys import Mover

NAME = "two_places"


def find(city: City) -> Iterator[Finding]:
    """One finding for each pair of sights of one driver with two vehicles."""
    for leap in city.leaps:
        if leap.mover is Mover.DRIVER and not leap.one_vehicle:
            yield leap_found(leap, NAME)


AUDIT = Audit(NAME, Grain.DAY, find)
